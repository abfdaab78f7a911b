// Whether wishes fit a draw: a date that can never be drawn is a slip, and whoever makes it had
// better hear of it before the closing. Pure; any thread.
#pragma once

#include <string>

#include "rules/draw_rules.h"
#include "rules/wishes.h"

namespace creneau::rules {

// What is wrong with the dates that were named: one has no seats in this draw, or is on none of the
// weekdays that were named too. Empty: nothing.
std::string WrongWithDates(const Wishes& wishes, const DrawRules& rules);

}  // namespace creneau::rules
