// What LogStats says, counted batch by batch. Count: by one thread at a time; the rest: any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "wal/log.h"
#include "wal/writer.h"

namespace creneau::wal {

class Tally {
 public:
  void Count(uint32_t records, size_t body_bytes, int64_t duration_ns, bool seal) {
    const auto us = static_cast<uint64_t>(duration_ns / 1000);
    Add(batches_, 1);
    Add(seals_, seal ? 1 : 0);
    Add(records_, records);
    Add(record_bytes_, body_bytes);
    Add(written_bytes_, Writer::WrittenBytes(body_bytes));
    Add(duration_us_sum_, us);
    int bucket = 0;
    while (bucket + 1 < LogStats::kBuckets && us > uint64_t{64} << bucket) ++bucket;
    Add(by_duration_[static_cast<size_t>(bucket)], 1);
  }

  uint64_t batches() const { return Get(batches_); }

  LogStats Stats() const {
    LogStats stats;
    stats.batches = Get(batches_);
    stats.seals = Get(seals_);
    stats.records = Get(records_);
    stats.record_bytes = Get(record_bytes_);
    stats.written_bytes = Get(written_bytes_);
    stats.duration_us_sum = Get(duration_us_sum_);
    for (size_t i = 0; i < stats.by_duration.size(); ++i) {
      stats.by_duration[i] = Get(by_duration_[i]);
    }
    return stats;
  }

 private:
  // Counts, and nothing else hangs on them: relaxed.
  using Counter = std::atomic<uint64_t>;
  static void Add(Counter& counter, uint64_t more) {
    counter.fetch_add(more, std::memory_order_relaxed);
  }
  static uint64_t Get(const Counter& counter) { return counter.load(std::memory_order_relaxed); }

  Counter batches_{0}, seals_{0}, records_{0}, record_bytes_{0}, written_bytes_{0},
      duration_us_sum_{0};
  std::array<Counter, LogStats::kBuckets> by_duration_{};
};

}  // namespace creneau::wal
