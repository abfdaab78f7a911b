// The machine's clocks. Any thread.
#pragma once

#include <cstdint>

#include "env/clock.h"

namespace creneau::env {

class PosixClock : public Clock {
 public:
  Instant Now() const override;
  int64_t MonotonicNs() const override;
};

}  // namespace creneau::env
