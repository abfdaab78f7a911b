// One seat's chain, as a sequential object: its word without the pending mark.
//
//   free g → held g+1 → confirmed → cooling → free g+1 | withdrawn → free g+2 ...
//
// Every answer that shows a reservation in this seat must be the word at one moment, step for step:
// a transition that nobody was told of would leave a gap. What the steward did or refused must fit.
// From answers one cannot tell which seat a move left, nor what a trim did to which seat: those are
// steps that may have been (the subject's model knows of the former, the slot's of the latter). A
// move or a party that came to nothing spends a generation of a seat in the slot it was for, so
// generations may be skipped where the history has moves into the slot, and nowhere else.
#pragma once

#include <utility>
#include <vector>

#include "tests/linear/history.h"

namespace creneau::linear {

class SeatModel {
 public:
  struct State {
    ledger::SeatWord word;  // of a free or withdrawn seat the generation alone is kept
    int who = -1;           // reserved or cooling: whose
    bool known = true;  // false: reserved or cooling in this generation, in a word not yet shown
    friend bool operator==(const State&, const State&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const State& s) {
      return H::combine(std::move(h), s.word.bits(), s.who, s.known);
    }
  };
  enum class Part { kWhole, kArrived, kLeft, kShown, kTrimmed };
  struct Step {
    Span span;
    const Operation* operation = nullptr;
    Part part = Part::kWhole;
    bool here = false;  // of an arrival: its answer surely shows the seat as it came
  };

  // The history that seats are projected from, which outlives this: which moves may skip
  // generations, and which answers show another move's seat.
  SeatModel(SeatId seat, const History& history);
  std::vector<Step> Project(const History& history) const;
  void Next(const State& state, const Step& step, std::vector<State>* out) const;

 private:
  bool ShowsItsOwn(const Operation& move) const;
  void ProjectMove(const Operation& operation, Span span, std::vector<Step>* steps) const;
  bool FollowsOn(const State& state, Generation generation,
                 ledger::SeatState from = ledger::SeatState::kFree) const;
  void Change(const State& state, const Operation& operation, std::vector<State>* out) const;
  void See(const State& state, const Operation& operation, std::vector<State>* out) const;
  void Steward(const State& state, const Operation& operation, std::vector<State>* out) const;
  void Trimmed(const State& state, std::vector<State>* out) const;
  void Arrived(const State& state, const Step& step, std::vector<State>* out) const;

  SeatId seat_;
  bool may_skip_ = false;
  std::vector<Generation> shown_;        // of this seat, by any answer
  std::vector<const Operation*> moves_;  // of anybody, that moved or may have
};

}  // namespace creneau::linear
