// How many confirmations a second the log can be relied upon for, and how many holds may be live
// because of it (design 6, P3): records per batch ÷ recent p99 of the time that a batch takes.
// Never the throughput that was seen, which is low when few people ask, whatever the disk can do.
//
// Fixed memory, no clock, no log: counts and now in, a verdict out. A value; one thread at a time.
// The owner looks four times a second, and pushes an empty barrier whenever that is wanted: without
// batches nobody would notice that the disk has become slow, and where the bound has come down to
// nothing nobody would ever notice that it is quick again.
#pragma once

#include <array>
#include <cstdint>

#include "base/instant.h"
#include "base/limits.h"

namespace creneau::surge {

// What wal::LogStats counts, since the log was opened. Seals are batches like others here.
struct BatchCounts {
  static constexpr int kBuckets = 16;
  // By the time their write took: at most 64us << i, the last one above all.
  std::array<uint64_t, kBuckets> by_duration{};
  uint64_t duration_us_sum = 0;
};

struct Capacity {
  double batch_p99_us = 0;  // rounded up to the end of its bucket
  double confirms_per_s = 0;
  // How many holds may be live in the whole engine, over all agendas, policies and offers. For
  // whoever takes holds as well: at this number or above it, none is taken.
  uint64_t hold_bound = 0;
  // The disk is what makes the bound lower than it is at best.
  bool disk_is_slow = false;
  // There has been no batch for a second, and none is under way.
  bool probe_wanted = false;
};

// Capacity with batches that take that long.
double ConfirmsPerSecond(double batch_p99_us);

// All could be confirmed within ten seconds, with half of that in reserve: so a confirmation waits
// seconds at worst while capacity stays what it is, and a hold of 300 s outlasts a fall of capacity
// to a thirtieth.
//
// No least number: with batches of more than five minutes it is 0. A hold taken then could not be
// confirmed in time (P3), nor even be answered, since it waits for the same disk. Nobody starves by
// that: what finds out that the disk is back is the probe, which needs no hold.
uint64_t HoldBound(double confirms_per_s);

class BatchWindow {
 public:
  // Begins when the log is opened: what the first look finds counted is recent. `in_flight_ms` is
  // how long the batch under way has taken so far (0: none), which counts as soon as that is longer
  // than the p99 of those that ended. Without any batch in the window the last p99 known stays.
  Capacity Look(const BatchCounts& counts, int64_t in_flight_ms, Instant now);

 private:
  static constexpr int64_t kStepMs = 1'000;
  static constexpr size_t kSteps = limits::kBatchWindowMs / kStepMs;
  static_assert(limits::kBatchWindowMs % kStepMs == 0);

  struct Snapshot {
    Instant at;
    BatchCounts counts;
  };

  const BatchCounts& Before(Instant now) const;

  // One more than the steps: a window begins at a snapshot that is as old as the window or older.
  std::array<Snapshot, kSteps + 1> snapshots_{};
  size_t taken_ = 0;
  uint64_t batches_ = 0;  // at the last look
  Instant changed_at_;    // when that number was seen to grow
  double p99_us_ = limits::kAssumedBatchMs * 1e3;
};

}  // namespace creneau::surge
