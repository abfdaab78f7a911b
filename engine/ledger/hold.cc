// Hold: a free seat becomes somebody's.

#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

void Ledger::WritePayload(SeatId id, const Subject& subject, uint64_t idempotency) {
  Seat& seat = seats_[id.value];
  // Release: a reader of the previous owner's payload who gets this one instead must also see that
  // the word has gone on.
  seat.subject_lo.store(subject.lo, std::memory_order_release);
  seat.subject_hi.store(subject.hi, std::memory_order_release);
  seat.idempotency.store(idempotency, std::memory_order_release);
}

Result Ledger::Hold(const HoldArgs& args, EventSink& sink) {
  const Epochs::Guard guard(epochs_);
  const IndexKey key = IndexKey::Of(args.subject);
  index_.MakeRoom(key);
  // What comes later is looked up while the memory of the subject's entry is fetched.
  Calendar* calendar = CalendarOf(args.agenda);
  Calendar::Range range;
  Candidate at{Calendar::kNone, 0};
  if (calendar != nullptr) {
    range = calendar->Between(args.earliest, args.latest);
    size_t position = args.slot ? calendar->PositionOf(*args.slot)
                                : calendar->summary(args.channel).Find(range.first);
    if (position < range.first) position = Calendar::kNone;
    at = Foresee(*calendar, args.channel, position, range.until, args.random);
  }
  if (const auto live = LiveOf(key, sink)) {
    return Result{Outcome::kAlreadyReserved, false, *live};
  }
  // Whoever got the last seat may be the subject itself, by another request at the same moment.
  const auto refuse = [&](Outcome outcome) {
    if (const auto live = LiveOf(key, sink)) return Result{Outcome::kAlreadyReserved, false, *live};
    return Result{outcome, false, {}};
  };
  if (calendar == nullptr) return Result{Outcome::kNothingLeft, false, {}};
  if (args.slot && at.position >= range.until) return Result{Outcome::kSlotTaken, false, {}};
  const auto claimed = args.slot ? ClaimInSlot(*calendar, args.channel, at, args.random)
                                 : Claim(*calendar, args.channel, range, at, args.random);
  if (!claimed) return refuse(args.slot ? Outcome::kSlotTaken : Outcome::kNothingLeft);

  // From here the seat is this thread's alone until the index decides.
  const SeatWord before = WordOf(*claimed);
  CHECK(before.state() == SeatState::kFree && !before.pending());
  WritePayload(*claimed, args.subject, args.idempotency);
  const SeatWord claimed_word = before.NextGeneration()
                                    .With(SeatState::kClaimed)
                                    .WithStep(before.step())
                                    .WithDeadline(DeadlineOf(args.deadline));
  // Release: whoever comes through the index and finishes this hold reads the payload.
  seats_[claimed->value].word.store(claimed_word.bits(), std::memory_order_release);

  if (auto lost = DecideHold(key, SeatRef{*claimed, claimed_word.generation()}, sink)) {
    seats_[claimed->value].word.store(before.bits(), std::memory_order_release);
    GiveBit(*claimed, before.channel());
    return *lost;
  }
  const SeatWord held = claimed_word.With(SeatState::kHeld).WithStep(0);
  SeatWord expected = claimed_word;
  // If this fails, somebody who met the index entry has done it.
  CompareExchange(*claimed, expected, held.WithPending(true));
  Tell(*claimed, held.WithPending(true), args.subject, args.idempotency, sink);

  const SeatPlace place = PlaceOf(*claimed);
  const Slot& slot = SlotOf(place.slot);
  const SeatRef ref{*claimed, held.generation()};
  return Result{
      Outcome::kOk, false,
      SeatView{ref, ref, held, args.subject, args.idempotency, slot.agenda, slot.start,
               StartOf(slot), static_cast<int>(slot.minutes.load(std::memory_order_relaxed))}};
}

// The subject's entry in the index. Nothing: this seat is the subject's now. Otherwise the
// answer to give.
std::optional<Result> Ledger::DecideHold(const IndexKey& subject, SeatRef mine, EventSink& sink) {
  for (;;) {
    const IndexValue other = index_.Insert(subject, mine);
    if (other.empty()) return std::nullopt;
    if (const auto live = LiveSeat(other, sink))
      return Result{Outcome::kAlreadyReserved, false, *live};
  }
}

}  // namespace creneau::ledger
