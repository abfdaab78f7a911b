// One slot's free seats, as a sequential object: how many may be claimed, and whether the slot is
// in the calendar. A claim needs one; `slot-taken` and `nothing-left` need a moment without any.
//
// The ledger promises less than that, and what it promises is what is checked (ledger.h, design 3):
//
// - A claim is made before the subject's index entry decides. Who loses there gives the seat back;
//   while it is in that hand nobody else finds it. So a hold that was answered `already-reserved`,
//   and a move for each other act on the same reservation that it met, may have taken a seat for a
//   moment: two steps, the second of which must follow within the operation.
// - A party's seats are in its hand until all its members are in the index; met there by another
//   one with a common member it gives them back and looks again, and may then find none, or others.
// - A seat is free by its word first; then whoever took the mark off sets its bit. That may be
//   somebody who helped, still at it when the one that freed the seat has its answer. So a freed
//   seat is there at the latest when all have returned who were at work when its freeing returned
//   (and for a seat given back by a move that came to nothing, once more so: the helper may be
//   helped).
// - `nothing-left` looks at the slots one after the other: each was empty at a moment, not all at
// one.
//   It need not see a seat whose bit is set but not counted as a freeing yet; its giver is then
//   still at work, and nothing recorded here reads a free word without claiming, so that is one
//   moment too.
// - `hold any` goes by a summary that is a hint while others work on the slot: that it passed over
// an
//   earlier slot is held against it only where nobody else worked on that slot meanwhile.
// - A publication is no single moment: its calendar comes into force, then each slot is trimmed,
// seat
//   by seat. What a trim withdraws may have been free or cooling, what it restores gone or on its
//   way out, and a seat freed afterwards may leave instead: these are steps that may have been.
//
// So a seat more claimed than there are is always seen, and a refusal without cause wherever none
// of the above explains it; the tests count how often they are (README.md).
#pragma once

#include <utility>
#include <vector>

#include "tests/linear/history.h"

namespace creneau::linear {

class SlotModel {
 public:
  struct State {
    int free = 0;
    bool listed = true;
    friend bool operator==(const State&, const State&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const State& s) {
      return H::combine(std::move(h), s.free, s.listed);
    }
  };
  enum class What { kTake, kGive, kNone, kList, kUnlist };
  struct Step {
    Span span;
    const Operation* operation = nullptr;
    What what = What::kTake;
  };

  explicit SlotModel(int slot) : slot_(slot) {}
  std::vector<Step> Project(const History& history) const;
  void Next(const State& state, const Step& step, std::vector<State>* out) const;

 private:
  void ProjectHold(const History& history, const Operation& o, std::vector<Step>* steps) const;
  void ProjectMove(const History& history, const Operation& o, std::vector<Step>* steps) const;

  int slot_;
};

}  // namespace creneau::linear
