#include "tests/linear/seat_model.h"

#include <algorithm>

namespace creneau::linear {
namespace {

using ledger::SeatState;
using ledger::SeatWord;

SeatWord Idle(Generation generation, SeatState state) {
  return SeatWord(static_cast<uint64_t>(generation.value) << 47).With(state);
}

SeatWord Ended(SeatWord word) {
  return Idle(word.generation(), word.last() ? SeatState::kWithdrawn : SeatState::kFree);
}

bool IsStewards(Verb verb) {
  return verb == Verb::kExpire || verb == Verb::kFree || verb == Verb::kLengthen ||
         verb == Verb::kAside || verb == Verb::kUnaside;
}

bool IsTaken(SeatWord word) {
  return ledger::IsReserved(word.state()) || ledger::IsCooling(word.state());
}

bool IsMove(Verb verb) { return verb == Verb::kMove || verb == Verb::kDisplace; }

// Whether it moved, or may have: who is told that there is no such reservation can have moved it
// before it was given up.
bool Moved(const Operation& o) { return o.outcome == Outcome::kOk && !o.repeated; }
bool MayHaveMoved(const Operation& o) {
  return Moved(o) || o.lost || o.outcome == Outcome::kUnknownReservation;
}

}  // namespace

SeatModel::SeatModel(SeatId seat, const History& history) : seat_(seat) {
  for (const Operation& o : history) {
    const bool moves = IsMove(o.verb);
    may_skip_ = may_skip_ || (moves && o.slot == SlotOf(seat)) ||
                (o.seats > 1 && (o.slot < 0 || o.slot == SlotOf(seat)));
    if (IsMove(o.verb) && MayHaveMoved(o)) moves_.push_back(&o);
    if (o.shown.any && o.shown.at.seat == seat) shown_.push_back(o.shown.at.generation);
  }
  std::sort(shown_.begin(), shown_.end());
  shown_.erase(std::unique(shown_.begin(), shown_.end()), shown_.end());
}

// Whether a move's answer surely shows where it came to itself. Three moves can lead to a slot, out
// of it and back: the answer of the first, if it is under way as long, may show what the third did.
bool SeatModel::ShowsItsOwn(const Operation& o) const {
  if (!Moved(o) || !o.shown.any || o.shown.slot != o.slot || o.shown.word.step() != 0) return false;
  return std::none_of(moves_.begin(), moves_.end(), [&o](const Operation* other) {
    return other != &o && other->name == o.name && other->slot == o.slot &&
           other->called < o.returned && o.called < other->returned &&
           (!other->shown.any || other->shown.at == o.shown.at);
  });
}

void SeatModel::ProjectMove(const Operation& o, Span span, std::vector<Step>* steps) const {
  const bool here = o.shown.any && o.shown.at.seat == seat_;
  if (MayHaveMoved(o)) {
    const bool sure = ShowsItsOwn(o);
    Span may = span;
    may.duty = Duty::kMay;
    if (SlotOf(seat_) == o.slot && (here || !sure))
      steps->push_back({sure ? span : may, &o, Part::kArrived, sure});
    if (!(here && sure)) steps->push_back({may, &o, Part::kLeft, false});
  }
  if (here) steps->push_back({span, &o, Part::kShown, true});
}

std::vector<SeatModel::Step> SeatModel::Project(const History& history) const {
  std::vector<Step> steps;
  for (const Operation& o : history) {
    const Span span{o.called, o.returned, Duty::kMust, -1};
    if (IsMove(o.verb)) {
      ProjectMove(o, span, &steps);
    } else if (o.verb == Verb::kTrim) {
      Span may = span;
      may.duty = Duty::kMay;
      const bool acted = o.withdrawn + o.kept + o.restored > 0;
      if (o.slot == SlotOf(seat_) && acted) steps.push_back({may, &o, Part::kTrimmed, false});
    } else if (IsStewards(o.verb)) {
      if (o.seat == seat_) steps.push_back({span, &o, Part::kWhole, false});
    } else if (o.shown.any && o.shown.at.seat == seat_) {
      steps.push_back({span, &o, Part::kWhole, false});
    }
  }
  return steps;
}

bool SeatModel::FollowsOn(const State& state, Generation generation, SeatState from) const {
  if (state.word.state() != from) return false;
  const uint32_t before = state.word.generation().value;
  return generation.value == before + 1 || (may_skip_ && generation.value > before);
}

// The answer shows the seat as the operation left it.
void SeatModel::Change(const State& state, const Operation& o, std::vector<State>* out) const {
  const SeatWord now = o.shown.word;
  if (o.verb == Verb::kHold || o.verb == Verb::kOffer) {
    const bool offer = o.verb == Verb::kOffer;
    const SeatWord held = Idle(now.generation(), offer ? SeatState::kOffered : SeatState::kHeld)
                              .WithChannel(now.channel())
                              .WithDeadline(ledger::DeadlineOf(o.until));
    if (FollowsOn(state, now.generation(), offer ? SeatState::kAside : SeatState::kFree) &&
        now == held)
      out->push_back({now, o.shown.who, true});
    return;
  }
  if (!IsTaken(state.word) || state.who != o.shown.who ||
      state.word.generation() != now.generation())
    return;
  if (!state.known) return out->push_back({now, state.who, true});
  SeatWord next = state.word.NextStep();
  if (o.verb == Verb::kConfirm) {
    next = next.With(SeatState::kConfirmed)
               .WithDeadline(0)
               .WithExtended(ledger::MovedByOffice(state.word));
  } else if (o.verb == Verb::kCancel) {
    next = next.With(SeatState::kCoolingCancelled).WithDeadline(ledger::DeadlineOf(o.until));
  } else {
    const Instant deadline = ledger::InstantOfDeadline(state.word.deadline_s()) + o.by_ms;
    next = next.WithExtended(true).WithDeadline(ledger::DeadlineOf(deadline));
  }
  if (ledger::IsReserved(state.word.state()) && next == now) out->push_back({now, state.who, true});
}

// The answer shows the seat as it was met.
void SeatModel::See(const State& state, const Operation& o, std::vector<State>* out) const {
  const SeatWord now = o.shown.word;
  if (!IsTaken(state.word) || state.who != o.shown.who) return;
  if (state.known ? state.word == now : state.word.generation() == now.generation())
    out->push_back({now, state.who, true});
}

void SeatModel::Steward(const State& state, const Operation& o, std::vector<State>* out) const {
  const SeatWord word = state.word;
  const Instant deadline = ledger::InstantOfDeadline(word.deadline_s());
  if (!state.known) {
    // What it is now is not known, so nothing that is answered can be wrong but for its being free.
    out->push_back(state);
    if (o.yes && o.verb == Verb::kFree) {
      out->back() = {Idle(word.generation(), SeatState::kFree), -1, true};
      out->push_back({Idle(word.generation(), SeatState::kWithdrawn), -1, true});
    }
    if (o.yes && o.verb == Verb::kAside)
      out->back() = {Idle(word.generation(), SeatState::kAside), -1, true};
    return;
  }
  bool can = false;
  State next = state;
  if (o.verb == Verb::kExpire) {
    can = ledger::AwaitsConfirm(word.state()) && o.now > deadline;
    if (can)
      next.word = word.NextStep()
                      .With(SeatState::kCoolingExpired)
                      .WithDeadline(ledger::DeadlineOf(o.until));
  } else if (o.verb == Verb::kLengthen) {
    can = ledger::AwaitsConfirm(word.state());
    if (can) next.word = word.NextStep().WithDeadline(ledger::DeadlineOf(deadline + o.by_ms));
  } else if (o.verb == Verb::kUnaside) {
    can = word.state() == SeatState::kAside;
    if (can) next = {Idle(word.generation(), SeatState::kFree), -1, true};
    if (!o.yes) can = false;  // an offer that came to nothing may have had it in its hand
  } else {
    can = ledger::IsCooling(word.state()) && o.now >= deadline;
    if (o.verb == Verb::kAside && word.last()) can = false;
    if (can) next = {Ended(word), -1, true};
    if (can && o.verb == Verb::kAside) next.word = next.word.With(SeatState::kAside);
  }
  if (can != o.yes) return;
  out->push_back(o.yes ? next : state);
}

void SeatModel::Trimmed(const State& state, std::vector<State>* out) const {
  const SeatWord word = state.word;
  if (ledger::IsNobodys(word.state())) {
    out->push_back({Idle(word.generation(), SeatState::kWithdrawn), -1, true});
  } else if (word.state() == SeatState::kWithdrawn) {
    out->push_back({Idle(Generation{word.generation().value + 1}, SeatState::kFree), -1, true});
  } else if (state.known) {
    out->push_back({word.NextStep().WithLast(!word.last()), state.who, true});
  }
}

// A move came here. Where its answer surely shows the seat at its first step, that is the word.
void SeatModel::Arrived(const State& state, const Step& step, std::vector<State>* out) const {
  const Operation& o = *step.operation;
  const SeatWord now = o.shown.word;
  if (step.here) {
    if (FollowsOn(state, now.generation()) && ledger::IsReserved(now.state()) && now.moves() > 0)
      out->push_back({now, o.who, true});
    return;
  }
  if (state.word.state() != SeatState::kFree) return;
  const auto arrive = [&](Generation generation) {
    if (FollowsOn(state, generation))
      out->push_back({Idle(generation, SeatState::kHeld), o.who, false});
  };
  // Generations beyond the next are met only where moves came to nothing, and then told by what
  // other answers show of the seat; without anything shown the next one is taken.
  const Generation next{state.word.generation().value + 1};
  arrive(next);
  for (const Generation generation : shown_) {
    if (generation > next) arrive(generation);
  }
}

void SeatModel::Next(const State& state, const Step& step, std::vector<State>* out) const {
  const Operation& o = *step.operation;
  switch (step.part) {
    case Part::kArrived:
      return Arrived(state, step, out);
    case Part::kLeft:
      if (state.who != o.who || !ledger::IsReserved(state.word.state())) return;
      return out->push_back({state.word.NextStep()
                                 .With(SeatState::kCoolingMoved)
                                 .WithDeadline(ledger::DeadlineOf(o.until)),
                             state.who, state.known});
    case Part::kTrimmed:
      return Trimmed(state, out);
    case Part::kShown:
      return See(state, o, out);
    case Part::kWhole:
      break;
  }
  if (IsStewards(o.verb)) return Steward(state, o, out);
  const bool changes =
      o.outcome == Outcome::kOk && !o.repeated && o.verb != Verb::kLook && o.verb != Verb::kFind;
  return changes ? Change(state, o, out) : See(state, o, out);
}

}  // namespace creneau::linear
