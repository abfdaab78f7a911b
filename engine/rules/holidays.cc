#include "rules/holidays.h"

namespace creneau::rules {
namespace {

struct Anniversary {
  int month;
  int day;
};

constexpr Anniversary kFixed[] = {{1, 1},  {5, 1},  {5, 8},   {7, 14},
                                  {8, 15}, {11, 1}, {11, 11}, {12, 25}};
// Days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
constexpr int kMovable[] = {1, 39, 50};

// The abolition of slavery is kept on another day in each department (Code du travail L. 3422-2).
struct Overseas {
  std::string_view timezone;
  Anniversary day;
};
constexpr Overseas kOverseas[] = {
    {"America/Guadeloupe", {5, 27}}, {"America/Martinique", {5, 22}}, {"America/Cayenne", {6, 10}},
    {"Indian/Reunion", {12, 20}},    {"Indian/Mayotte", {4, 27}},
};

}  // namespace

CivilDate EasterSunday(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int n = h + l - 7 * m + 114;
  return CivilDate{year, n / 31, n % 31 + 1};
}

bool IsPublicHoliday(CivilDate date, std::string_view timezone) {
  for (const Anniversary& day : kFixed) {
    if (date.month == day.month && date.day == day.day) return true;
  }
  for (const Overseas& place : kOverseas) {
    if (place.timezone == timezone && date.month == place.day.month && date.day == place.day.day)
      return true;
  }
  const int since_easter = DaysFromCivil(date) - DaysFromCivil(EasterSunday(date.year));
  for (const int days : kMovable) {
    if (since_easter == days) return true;
  }
  return false;
}

}  // namespace creneau::rules
