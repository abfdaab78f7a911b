// French public holidays, computed (Code du travail L. 3133-1; L. 3422-2 for the abolition of
// slavery overseas). Pure; any thread.
#pragma once

#include <string_view>

#include "base/text.h"

namespace creneau::rules {

// Easter Sunday in the Gregorian calendar (Meeus, "Astronomical Algorithms", chapter 8).
CivilDate EasterSunday(int year);

// Whether the office is closed for a public holiday. The time zone tells where it is: overseas
// departments have one of their own (20 December in Réunion).
bool IsPublicHoliday(CivilDate date, std::string_view timezone);

}  // namespace creneau::rules
