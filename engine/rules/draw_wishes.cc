#include "rules/draw_wishes.h"

#include "absl/strings/str_cat.h"

namespace creneau::rules {

std::string WrongWithDates(const Wishes& wishes, const DrawRules& rules) {
  for (const CivilDate date : wishes.dates) {
    if (date < rules.seats_from || date > rules.seats_until)
      return absl::StrCat("names ", FormatDate(date), ", and this draw gives seats from ",
                          FormatDate(rules.seats_from), " to ", FormatDate(rules.seats_until));
    const LocalMinute midnight{DaysFromCivil(date) * 24 * 60};
    if (!wishes.Take(midnight) && !wishes.Take(LocalMinute{midnight.value + kNoon}))
      return absl::StrCat("names ", FormatDate(date), ", which is on none of the weekdays named");
  }
  return "";
}

}  // namespace creneau::rules
