// The letter that an office hands to somebody who has no computer, or sends by post: what was
// booked, how to cancel it, what is kept. In French, like everything that citizens read on paper.
// It carries the reservation's key, so it is its holder's alone.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"
#include "rules/agenda.h"

namespace creneau::rules {

struct LetterFacts {
  std::string_view reservation;  // its name
  std::string_view key;
  Channel channel = Channel::kDesk;  // in which it was asked for
  Instant starts_at;
  int minutes = 0;
  int moves_left = 0;
};

// Plain text, UTF-8, a line for each paragraph and empty lines between; ends with a newline.
std::string LetterOf(const Agenda& agenda, const Zone& zone, const LetterFacts& facts);

}  // namespace creneau::rules
