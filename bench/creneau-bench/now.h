// The bench's one clock: monotonic nanoseconds, straight from the vDSO, since it is read several
// times a request. Any thread.
#pragma once

#include <time.h>

#include <cstdint>

namespace creneau::bench {

inline int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline void SleepNs(int64_t ns) {
  const timespec wait{ns / 1'000'000'000, ns % 1'000'000'000};
  nanosleep(&wait, nullptr);
}

}  // namespace creneau::bench
