// Everything that happens to a reserved or cooling seat by one CAS on its word.

#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {
namespace {

// What a transition makes of a reservation: a new word, or an answer that changes nothing.
struct Decision {
  SeatWord next;
  Outcome outcome = Outcome::kOk;
  bool changes = true;
};

Decision Answer(Outcome outcome) { return Decision{SeatWord(), outcome, false}; }

// The answer to whoever acts on a reservation that has ended; kOk if it has not.
inline Outcome EndedAnswer(SeatWord word, Instant received_at) {
  if (AwaitsConfirm(word.state())) [[likely]] {
    return received_at > InstantOfDeadline(word.deadline_s()) ? Outcome::kHoldExpired
                                                              : Outcome::kOk;
  }
  if (word.state() == SeatState::kCoolingCancelled) return Outcome::kCancelled;
  if (word.state() == SeatState::kCoolingExpired) return Outcome::kHoldExpired;
  return Outcome::kOk;
}

// Steps left for what must always be possible: confirm, cancel, cool, free.
bool HasSteps(SeatWord word) { return word.step() + 8 < limits::kMaxStep; }

}  // namespace

// A seat that has cooled, or a move that came to nothing. The last generation, like the last
// holder, withdraws it.
SeatWord Ledger::Ended(SeatWord word) {
  const bool withdraw = word.last() || word.generation().value == limits::kMaxGeneration;
  return word.NextStep()
      .With(withdraw ? SeatState::kWithdrawn : SeatState::kFree)
      .WithDeadline(0)
      .WithMoves(0)
      .WithExtended(false)
      .WithLast(false);
}

template <typename Next>
Result Ledger::Transition(SeatRef name, EventSink& sink, Next next) {
  Epochs::Guard guard(epochs_);
  Result result;  // the seat is seen in its place: no copies
  SeatView& seat = result.seat;
  for (;;) {
    if (!ResolveTo(&seat, name, sink)) {
      result = Result{Outcome::kUnknownReservation, false, {}};
      return result;
    }
    const Decision decision = next(seat.word);
    if (!decision.changes) {
      result.outcome = decision.outcome;
      result.repeated = decision.outcome == Outcome::kOk;
      return result;
    }
    SeatWord expected = seat.word;
    const SeatWord pending = decision.next.WithPending(true);
    if (!CompareExchange(seat.ref.seat, expected, pending, &guard))
      continue;  // somebody else acted: look again
    Tell(seat.ref.seat, pending, seat.subject, seat.idempotency, sink);
    seat.word = decision.next;
    return result;
  }
}

Result Ledger::Confirm(SeatRef name, Instant received_at, EventSink& sink) {
  return Transition(name, sink, [&](SeatWord word) {
    if (word.state() == SeatState::kConfirmed) return Answer(Outcome::kOk);
    if (const auto ended = EndedAnswer(word, received_at); ended != Outcome::kOk)
      return Answer(ended);
    SeatWord next = word.NextStep().With(SeatState::kConfirmed).WithDeadline(0);
    // Of an offer it says that the office has moved it, and goes on saying so.
    if (word.extended() && word.state() == SeatState::kHeld) next = next.WithExtended(false);
    return Decision{next};
  });
}

Result Ledger::Extend(SeatRef name, Instant received_at, int64_t by_ms, EventSink& sink) {
  return Transition(name, sink, [&](SeatWord word) {
    if (word.state() == SeatState::kConfirmed) return Answer(Outcome::kNotHeld);
    if (const auto ended = EndedAnswer(word, received_at); ended != Outcome::kOk)
      return Answer(ended);
    if (word.state() == SeatState::kOffered) return Answer(Outcome::kNotHeld);
    if (word.extended() || !HasSteps(word)) return Answer(Outcome::kOk);
    const Instant deadline = InstantOfDeadline(word.deadline_s()) + by_ms;
    return Decision{word.NextStep().WithExtended(true).WithDeadline(DeadlineOf(deadline))};
  });
}

Result Ledger::Cancel(SeatRef name, Instant received_at, Instant cooling_until, EventSink& sink) {
  return Transition(name, sink, [&](SeatWord word) {
    if (word.state() == SeatState::kCoolingCancelled) return Answer(Outcome::kOk);
    if (const auto ended = EndedAnswer(word, received_at); ended != Outcome::kOk)
      return Answer(ended);
    return Decision{
        word.NextStep().With(SeatState::kCoolingCancelled).WithDeadline(DeadlineOf(cooling_until))};
  });
}

// One transition of a seat by its number, whoever has it. next(word) gives the new word, or nothing
// to leave it.
template <typename Next>
bool Ledger::Step(SeatId seat, EventSink& sink, Next next) {
  Epochs::Guard guard(epochs_);
  for (;;) {
    SeatWord word = Settle(seat, sink);
    const std::optional<SeatWord> after = next(word);
    if (!after) return false;
    if (!CompareExchange(seat, word, after->WithPending(true), &guard)) continue;
    Finish(seat, after->WithPending(true), sink);
    return true;
  }
}

bool Ledger::Expire(SeatId seat, Instant now, Instant cooling_until, EventSink& sink) {
  return Step(seat, sink, [&](SeatWord word) -> std::optional<SeatWord> {
    if (!AwaitsConfirm(word.state()) || now <= InstantOfDeadline(word.deadline_s()))
      return std::nullopt;
    return word.NextStep().With(SeatState::kCoolingExpired).WithDeadline(DeadlineOf(cooling_until));
  });
}

bool Ledger::EndPast(SeatId seat, Instant now, EventSink& sink) {
  const Slot& slot = SlotOf(PlaceOf(seat).slot);
  const Instant over = StartOf(slot) + slot.minutes.load(std::memory_order_relaxed) * kMsPerMinute;
  return Step(seat, sink, [&](SeatWord word) -> std::optional<SeatWord> {
    if (word.state() != SeatState::kConfirmed || now < over) return std::nullopt;
    return Ended(word).With(SeatState::kWithdrawn);
  });
}

bool Ledger::Free(SeatId seat, Instant now, EventSink& sink) {
  return Step(seat, sink, [&](SeatWord word) -> std::optional<SeatWord> {
    if (!IsCooling(word.state()) || now < InstantOfDeadline(word.deadline_s())) return std::nullopt;
    return Ended(word);
  });
}

// What is withdrawn when it ends is not kept for anybody.
bool Ledger::Aside(SeatId seat, Instant now, EventSink& sink) {
  return Step(seat, sink, [&](SeatWord word) -> std::optional<SeatWord> {
    if (!IsCooling(word.state()) || now < InstantOfDeadline(word.deadline_s()) || !HasSteps(word) ||
        Ended(word).state() == SeatState::kWithdrawn)
      return std::nullopt;
    return Ended(word).With(SeatState::kAside);
  });
}

bool Ledger::FreeAside(SeatId seat, EventSink& sink) {
  return Step(seat, sink, [&](SeatWord word) -> std::optional<SeatWord> {
    if (word.state() != SeatState::kAside) return std::nullopt;
    return Ended(word);
  });
}

bool Ledger::Lengthen(SeatId seat, int64_t by_ms, EventSink& sink) {
  return Step(seat, sink, [&](SeatWord word) -> std::optional<SeatWord> {
    if (!AwaitsConfirm(word.state()) || !HasSteps(word)) return std::nullopt;
    return word.NextStep().WithDeadline(DeadlineOf(InstantOfDeadline(word.deadline_s()) + by_ms));
  });
}

}  // namespace creneau::ledger
