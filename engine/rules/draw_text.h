// A draw's rules as the file that is published (proof/DRAW.md, rules.txt), whose SHA-256 goes into
// the seed. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/draw_rules.h"

namespace creneau::rules {

std::string DrawRulesText(std::string_view agenda, std::string_view timezone,
                          const DrawRules& rules);

struct PublishedDraw {
  std::string agenda;
  std::string timezone;  // one that is known here
  DrawRules rules;
};
// What DrawRulesText was given. Nothing of any other text: `line` is then the first one, from 1,
// that it does not write so, and `what` says what was expected there.
std::optional<PublishedDraw> ReadDrawRules(std::string_view text, size_t* line, std::string* what);

// One that can stand in that file: printable, and not longer than limits::kDrawTextBytes.
bool IsDrawLine(std::string_view text);

// entries_from < entries_until < round_at, and then on later days the seats.
bool IsInOrder(const DrawRules& rules);

}  // namespace creneau::rules
