#include "surge/capacity.h"

#include <algorithm>
#include <numeric>

namespace creneau::surge {
namespace {

uint64_t BatchesIn(const BatchCounts& counts) {
  return std::accumulate(counts.by_duration.begin(), counts.by_duration.end(), uint64_t{0});
}

double EndOf(size_t bucket) { return static_cast<double>(uint64_t{64} << bucket); }

// The p99 of the batches between two looks, of which there is at least one.
double P99Between(const BatchCounts& before, const BatchCounts& after) {
  const uint64_t batches = BatchesIn(after) - BatchesIn(before);
  const uint64_t rank = batches - batches / 100;
  constexpr size_t kLast = BatchCounts::kBuckets - 1;
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < kLast; ++bucket) {
    seen += after.by_duration[bucket] - before.by_duration[bucket];
    if (seen >= rank) return EndOf(bucket);
  }
  // Above all bounds. Those that are took no more than all batches together, on average.
  const uint64_t above = after.by_duration[kLast] - before.by_duration[kLast];
  const uint64_t all_us = after.duration_us_sum - before.duration_us_sum;
  return std::max(EndOf(kLast - 1), static_cast<double>(all_us) / static_cast<double>(above));
}

}  // namespace

double ConfirmsPerSecond(double batch_p99_us) {
  constexpr double kMost = limits::kConfirmsPerSecond;
  return std::min(kMost, limits::kRecordsPerBatch * 1e6 / std::max(batch_p99_us, 1.0));
}

uint64_t HoldBound(double confirms_per_s) {
  return static_cast<uint64_t>(confirms_per_s * limits::kConfirmAllMs / kMsPerSecond / 2);
}

// The newest snapshot that is as old as the window, or the oldest that there is.
const BatchCounts& BatchWindow::Before(Instant now) const {
  const size_t oldest = taken_ - std::min(taken_, snapshots_.size());
  size_t i = taken_ - 1;
  while (i > oldest && now - snapshots_[i % snapshots_.size()].at < limits::kBatchWindowMs) --i;
  return snapshots_[i % snapshots_.size()].counts;
}

Capacity BatchWindow::Look(const BatchCounts& counts, int64_t in_flight_ms, Instant now) {
  if (taken_ == 0) {
    snapshots_[taken_++].at = now;  // of a log that has written nothing yet
    changed_at_ = now - limits::kBatchProbeMs;
  }
  const uint64_t batches = BatchesIn(counts);
  if (batches > batches_) changed_at_ = now;
  batches_ = batches;
  const BatchCounts& before = Before(now);
  if (batches > BatchesIn(before)) p99_us_ = P99Between(before, counts);
  if (now - snapshots_[(taken_ - 1) % snapshots_.size()].at >= kStepMs)
    snapshots_[taken_++ % snapshots_.size()] = {now, counts};

  Capacity capacity;
  capacity.batch_p99_us = std::max(p99_us_, static_cast<double>(in_flight_ms) * 1e3);
  capacity.confirms_per_s = ConfirmsPerSecond(capacity.batch_p99_us);
  capacity.hold_bound = HoldBound(capacity.confirms_per_s);
  capacity.disk_is_slow = capacity.confirms_per_s < limits::kConfirmsPerSecond;
  capacity.probe_wanted = in_flight_ms == 0 && now - changed_at_ >= limits::kBatchProbeMs;
  return capacity;
}

}  // namespace creneau::surge
