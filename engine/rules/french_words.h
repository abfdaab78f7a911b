// How an office writes in French, for the notice and for letters: « mardi 1er décembre 2026, 9 h
// 20 ». Within rules only. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"

namespace creneau::rules::french {

inline constexpr std::array<const char*, 7> kDays = {"lundi",    "mardi",  "mercredi", "jeudi",
                                                     "vendredi", "samedi", "dimanche"};

// Signs that stand apart from their word stay on its line.
std::string Set(std::string_view text);
std::string Many(int64_t count, const char* one, const char* more);
std::string Clock(int minutes);  // after midnight: "9 h 20"
std::string Moment(Instant instant, const Zone& zone);
std::string Place(Channel channel);  // where its seats are asked for: "par téléphone"

}  // namespace creneau::rules::french
