// Time that passes by so much whenever somebody looks: what makes a device slow, or quick. Any
// thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "env/posix/posix_clock.h"

namespace creneau::tests {

class LoadedClock final : public Clock {
 public:
  Instant Now() const override { return clock_.Now(); }
  int64_t MonotonicNs() const override {
    return now_ns_.fetch_add(step_ns.load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
  std::atomic<int64_t> step_ns{1'000};

 private:
  env::PosixClock clock_;
  mutable std::atomic<int64_t> now_ns_{0};
};

}  // namespace creneau::tests
