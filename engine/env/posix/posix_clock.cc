#include "env/posix/posix_clock.h"

#include <ctime>

#include "base/check.h"
#include "base/instant.h"

namespace creneau::env {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

timespec Read(clockid_t clock) {
  timespec now;
  CHECK(::clock_gettime(clock, &now) == 0);
  return now;
}

}  // namespace

Instant PosixClock::Now() const {
  const timespec now = Read(CLOCK_REALTIME);
  return Instant{int64_t{now.tv_sec} * kMsPerSecond + now.tv_nsec / kNsPerMs};
}

int64_t PosixClock::MonotonicNs() const {
  const timespec now = Read(CLOCK_MONOTONIC);
  return int64_t{now.tv_sec} * kNsPerSecond + now.tv_nsec;
}

}  // namespace creneau::env
