// What a helper does for others, held against what his agenda lets one do in a week (`helper_cap`):
// what he books at a desk, the places he takes in its waitlist and the entries he makes in its
// draws count together. One at a time, as long as the turn lasts, so that nobody passes the cap
// with two requests at once. Any thread.
#pragma once

#include <optional>

#include "booking/act.h"
#include "booking/actor.h"
#include "booking/answers.h"
#include "booking/desk_counts.h"

namespace creneau::booking {

class HelperTurn {
 public:
  // Of anybody else of the staff nothing is counted.
  HelperTurn(DeskCounts& counts, const AgendaInfo& agenda, const Actor& actor, Instant now);

  // From when on he may do so many more; nothing: now.
  std::optional<Instant> CappedUntil(uint32_t more = 1) const;
  // Before they are made: a crash in between costs the helper these, and gives nobody more.
  void Count(Act& act, uint32_t made = 1) { Tell(static_cast<int>(made), act); }
  // They were not made.
  void TakeBack(Act& act, uint32_t made = 1) { Tell(-static_cast<int>(made), act); }

  bool is_helper() const { return helper_; }
  const DeskCounts::Turn& turn() const { return turn_; }

 private:
  void Tell(int change, Act& act);

  DeskCounts& counts_;
  const AgendaInfo& agenda_;
  const DeskCounts::Turn turn_;
  const bool helper_;
  codec::HelperCount count_;
};

}  // namespace creneau::booking
