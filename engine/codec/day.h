// Days as records have them: since 1970-01-01.
#pragma once

#include <cstdint>

namespace creneau::codec {

// Until 2243: whatever says another one was not written by us.
inline constexpr int32_t kLastDay = 100'000;
constexpr bool IsDay(int32_t day) { return day >= 0 && day <= kLastDay; }

}  // namespace creneau::codec
