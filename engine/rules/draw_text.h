// A draw's rules as the file that is published (proof/DRAW.md, rules.txt), whose SHA-256 goes into
// the seed. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "rules/draw_rules.h"

namespace creneau::rules {

std::string DrawRulesText(std::string_view agenda, std::string_view timezone,
                          const DrawRules& rules);

}  // namespace creneau::rules
