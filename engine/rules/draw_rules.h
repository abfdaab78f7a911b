// What an agenda says of its draw (policy "draw", design 5): who may enter when, which seats are
// given, and where the randomness comes from that nobody here can choose. All of it is published
// before the first entry. A plain value.
#pragma once

#include <string>

#include "base/ids.h"
#include "base/text.h"

namespace creneau::rules {

struct DrawRules {
  std::string id;      // IsName; an agenda never uses one twice
  std::string beacon;  // the public source of a number that nobody can know beforehand, in words
  std::string round;   // which of its numbers, in words
  // At the office. entries_from < entries_until < round_at: when that number is public.
  LocalMinute entries_from;
  LocalMinute entries_until;
  LocalMinute round_at;
  // Whose web seats are given, both inclusive; after the round.
  CivilDate seats_from;
  CivilDate seats_until;
  friend bool operator==(const DrawRules&, const DrawRules&) = default;
};

}  // namespace creneau::rules
