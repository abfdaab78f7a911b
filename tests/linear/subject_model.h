// One subject's reservations, as a sequential object.
//
//   none → held → confirmed → cancelled → gone        at most one of them held or confirmed
//            └──→ expired → gone                       gone: its seat has cooled and is free again
//
// Each has a name, which never changes, and a place, which changes with a move. What projects on
// it: holds and finds of the subject; acts on and looks at its names; what the steward does to any
// seat, which concerns the subject where it is the one that has that seat, and must then fit (a
// seat it holds cannot be freed, a hold past its deadline cannot refuse to expire).
//
// An answer happens at one moment, with one exception that is the ledger's contract: a move answers
// with where the reservation is after it, by then perhaps confirmed, moved on or ended by others.
// It is two steps, the move and the look; a move that found nothing afterwards may have happened.
//
// A hold that was refused (slot-taken, nothing-left) is here a moment at which the subject had no
// reservation; whether the slot was full is the slot's affair (slot_model.h).
#pragma once

#include <utility>
#include <vector>

#include "tests/linear/history.h"

namespace creneau::linear {

struct Reservation {
  // generation 0 and slot -1: not known yet. cooled: kFree.
  SeatRef name;
  SeatRef at;
  int slot = -1;
  ledger::SeatState state = ledger::SeatState::kHeld;
  bool extended = false;
  uint32_t moves = 0;
  uint32_t deadline_s = 0;
  friend bool operator==(const Reservation&, const Reservation&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Reservation& r) {
    return H::combine(std::move(h), r.name.seat.value, r.name.generation.value, r.at.seat.value,
                      r.at.generation.value, r.slot, static_cast<int>(r.state), r.extended, r.moves,
                      r.deadline_s);
  }
  bool live() const { return ledger::IsReserved(state); }
  // Of what is not held, as the ledger has it: one of the moves was the office's.
  bool by_office() const { return extended && state != ledger::SeatState::kHeld; }
  uint32_t own_moves() const { return moves - (by_office() ? 1 : 0); }
};

class SubjectModel {
 public:
  using State = std::vector<Reservation>;
  enum class Part { kWhole, kMoved, kShown, kGone };
  struct Step {
    Span span;
    const Operation* operation = nullptr;
    Part part = Part::kWhole;
  };

  explicit SubjectModel(int who) : who_(who) {}
  std::vector<Step> Project(const History& history) const;
  void Next(const State& state, const Step& step, std::vector<State>* out) const;

 private:
  void Hold(const State& state, const Operation& operation, std::vector<State>* out) const;
  void Act(const State& state, const Operation& operation, size_t i, std::vector<State>* out) const;
  void Move(const State& state, const Step& step, size_t i, std::vector<State>* out) const;
  void Steward(const State& state, const Operation& operation, std::vector<State>* out) const;
  void Lost(const State& state, const Operation& operation, std::vector<State>* out) const;

  int who_;
};

}  // namespace creneau::linear
