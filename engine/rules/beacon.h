// What a public source of random numbers gives, and how it is written: in one way, so that nobody
// who writes it down can choose. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"

namespace creneau::rules {

// Numbers without leading zeros, one space between; or 16 and more lower-case hexadecimal digits.
// limits::kBeaconChars at most.
bool IsBeaconValue(std::string_view text);

// A source that is one of drand's, whatever the case of its letters.
bool IsDrand(std::string_view beacon);

// Whether `round` is the number of the round that drand makes public at that moment, of those that
// `beacon` names by its chain: one that is public before could be known by whoever fixes the list.
// Empty: it is, or the source is another one, of which only people can tell. Otherwise what is
// wrong, and which round it is.
std::string WrongWithRound(std::string_view beacon, std::string_view round, Instant round_at);

// What no value of a draw by that source can be; empty: nothing is wrong with its form. Of a draw
// everybody knows the list when the value is public, so there must be nothing to choose: numbers
// stand in ascending order, and hexadecimal digits are all 64, as drand's are. Whether the round
// gave it, nothing here can tell: drand's signature is one over BLS12-381, which no library of ours
// checks, and a lottery signs nothing. Whoever verifies the draw looks the round up.
std::string_view WrongWithDrawValue(std::string_view beacon, std::string_view value);

}  // namespace creneau::rules
