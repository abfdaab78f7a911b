// Days as records have them: since 1970-01-01.
#pragma once

#include <cstdint>

namespace creneau::codec {

// Of the clock: until 2243. Whatever says another one was not written by us.
inline constexpr int32_t kLastDay = 100'000;
constexpr bool IsDay(int32_t day) { return day >= 0 && day <= kLastDay; }

// Of somebody who says a date: all that ParseDate reads, from 1900-01-01 to 2199-12-31.
constexpr bool IsSaidDay(int32_t day) { return day >= -25'567 && day <= 84'005; }

}  // namespace creneau::codec
