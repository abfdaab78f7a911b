#include "rules/iso_week.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace creneau::rules {
namespace {

constexpr int32_t kDaysPerWeek = 7;

// Monday is 0; 1970-01-05 was one.
int32_t WeekdayOf(int32_t day) { return ((day - 4) % kDaysPerWeek + kDaysPerWeek) % kDaysPerWeek; }
int32_t MondayOf(int32_t day) { return day - WeekdayOf(day); }

// The fourth of January is in the first week of its year, always.
int32_t FirstMondayOf(int year) { return MondayOf(DaysFromCivil({year, 1, 4})); }

}  // namespace

IsoWeek IsoWeekOf(int32_t day) {
  const int32_t thursday = MondayOf(day) + 3;
  const int year = CivilFromDays(thursday).year;
  return {year, (MondayOf(day) - FirstMondayOf(year)) / kDaysPerWeek + 1};
}

int32_t FirstDayOf(IsoWeek week) {
  return FirstMondayOf(week.year) + (week.week - 1) * kDaysPerWeek;
}

std::string FormatIsoWeek(IsoWeek week) {
  return absl::StrCat(week.year, "-W", absl::Dec(week.week, absl::kZeroPad2));
}

std::optional<IsoWeek> ParseIsoWeek(std::string_view text) {
  const auto number = [text](size_t at, size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  if (text.size() != 8 || text.substr(4, 2) != "-W") return std::nullopt;
  const IsoWeek week{number(0, 4), number(6, 2)};
  if (week.year < 1970 || week.year > 2199 || week.week < 1 || week.week > 53) return std::nullopt;
  // Not every year has a 53rd.
  if (IsoWeekOf(FirstDayOf(week)) != week) return std::nullopt;
  return week;
}

}  // namespace creneau::rules
