// Weeks as ISO 8601 numbers them: from Monday, the first of a year being the one with its first
// Thursday; 2027-01-01 is in 2026-W53. Attempts count once in each (design 5), and the service
// record is told by them. Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creneau::rules {

struct IsoWeek {
  int year = 1970;
  int week = 1;  // 1 to 53
  friend constexpr auto operator<=>(const IsoWeek&, const IsoWeek&) = default;
};

// `day`: days since 1970-01-01.
IsoWeek IsoWeekOf(int32_t day);
// Its Monday.
int32_t FirstDayOf(IsoWeek week);

std::string FormatIsoWeek(IsoWeek week);  // "2026-W49"
// Only weeks that exist, of the years 1970 to 2199.
std::optional<IsoWeek> ParseIsoWeek(std::string_view text);

}  // namespace creneau::rules
