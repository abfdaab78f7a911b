#include "rules/draw_text.h"

#include "absl/strings/str_cat.h"

namespace creneau::rules {

std::string DrawRulesText(std::string_view agenda, std::string_view timezone,
                          const DrawRules& rules) {
  return absl::StrCat(
      "creneau draw rules 1\nagenda ", std::string(agenda), "\ndraw ", rules.id, "\ntimezone ",
      std::string(timezone), "\nentries_from ", FormatLocalMinute(rules.entries_from),
      "\nentries_until ", FormatLocalMinute(rules.entries_until), "\nbeacon ", rules.beacon,
      "\nround ", rules.round, "\nround_at ", FormatLocalMinute(rules.round_at), "\nseats_from ",
      FormatDate(rules.seats_from), "\nseats_until ", FormatDate(rules.seats_until), "\n");
}

}  // namespace creneau::rules
