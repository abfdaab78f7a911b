// The only source of time. Implementations are safe to call from any thread. Simulated ones are in
// tests/.
#pragma once

#include <cstdint>

#include "base/instant.h"

namespace creneau {

class Clock {
 public:
  virtual ~Clock() = default;

  // Wall-clock time. May step when an operator or NTP sets it.
  virtual Instant Now() const = 0;

  // Milliseconds and nanoseconds that only grow, from an arbitrary start: for durations and
  // timeouts.
  virtual int64_t MonotonicNs() const = 0;
};

}  // namespace creneau
