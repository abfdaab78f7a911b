// A moment in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored as POSIX does. A
// plain value; any thread. Comes from env/clock.h and nowhere else, so that a simulated clock
// governs everything.
#pragma once

#include <compare>
#include <cstdint>

namespace creneau {

struct Instant {
  int64_t ms = 0;

  friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
  constexpr Instant operator+(int64_t later_ms) const { return Instant{ms + later_ms}; }
  constexpr Instant operator-(int64_t earlier_ms) const { return Instant{ms - earlier_ms}; }
  constexpr int64_t operator-(Instant other) const { return ms - other.ms; }
};

inline constexpr int64_t kNsPerMs = 1'000'000;
inline constexpr int64_t kMsPerSecond = 1000;
inline constexpr int64_t kMsPerMinute = 60 * kMsPerSecond;
inline constexpr int64_t kMsPerHour = 60 * kMsPerMinute;
inline constexpr int64_t kMsPerDay = 24 * kMsPerHour;

}  // namespace creneau
