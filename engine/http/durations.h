// How long something took, counted in buckets for a histogram. Written by one thread, read by any;
// relaxed, since no other memory hangs on it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace creneau::http {

class Durations {
 public:
  // Upper bounds of the buckets, included; what took longer is in one more.
  static constexpr std::array<int64_t, 12> kBoundsMs = {1,   2,   5,   10,   25,   50,
                                                        100, 250, 500, 1000, 2500, 10'000};

  // A clock that was set back makes it negative: 0.
  void Count(int64_t ms) {
    ms = std::max<int64_t>(ms, 0);
    const auto* const at = std::lower_bound(kBoundsMs.begin(), kBoundsMs.end(), ms);
    counts_[static_cast<size_t>(at - kBoundsMs.begin())].fetch_add(1, std::memory_order_relaxed);
    sum_ms_.fetch_add(static_cast<uint64_t>(ms), std::memory_order_relaxed);
  }

  uint64_t count(size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }
  uint64_t sum_ms() const { return sum_ms_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<uint64_t>, kBoundsMs.size() + 1> counts_{};
  std::atomic<uint64_t> sum_ms_{0};
};

}  // namespace creneau::http
