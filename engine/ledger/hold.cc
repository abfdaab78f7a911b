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
  Result result;
  result.outcome = HoldTo(&result.seat, args, sink);
  return result;
}

// The seat is seen in the place of the answer: a copy of what was just written waits for the
// writing.
Outcome Ledger::HoldTo(SeatView* view, const HoldArgs& args, EventSink& sink) {
  Epochs::Guard guard(epochs_);
  const IndexKey key = IndexKey::Of(args.subject);
  index_.MakeRoom(key);
  // Who has a reservation is told so by the index, after the claim. Who can have none may have got
  // the last seat just now, by another request.
  const auto refuse = [&](Outcome outcome) {
    const auto live = LiveOf(key, sink);
    if (!live) return outcome;
    *view = *live;
    return Outcome::kAlreadyReserved;
  };
  Calendar* calendar = CalendarOf(args.agenda);
  if (calendar == nullptr) return refuse(Outcome::kNothingLeft);
  const Claimed claimed = args.slot ? ClaimNamed(*calendar, args.channel, *args.slot, args.earliest,
                                                 args.latest, args.random)
                                    : Claim(*calendar, args);
  if (claimed.slot == nullptr)
    return refuse(args.slot ? Outcome::kSlotTaken : Outcome::kNothingLeft);

  // From here the seat is this thread's alone until the index decides.
  const SeatId mine = claimed.seat;
  const SeatWord before = WordOf(mine).RaisedTo(first_generation_);
  CHECK(before.state() == SeatState::kFree && !before.pending());
  WritePayload(mine, args.subject, args.idempotency);
  const uint32_t deadline = AwaitsConfirm(args.into) ? DeadlineOf(args.deadline) : 0;
  const SeatWord held = before.NextGeneration().With(args.into).WithDeadline(deadline);
  const SeatWord claimed_word = held.ClaimedFor(args.into).WithStep(before.step());
  // Release: whoever comes through the index and finishes this hold reads the payload.
  seats_[mine.value].word.store(claimed_word.bits(), std::memory_order_release);

  const SeatRef ref = WholeRef(mine, claimed_word.generation());
  if (const IndexValue other = index_.Insert(key, ref); !other.empty()) [[unlikely]] {
    if (const auto lost = LostTo(other, key, ref, sink)) {
      seats_[mine.value].word.store(before.bits(), std::memory_order_release);
      GiveBit(mine, before.channel());
      *view = *lost;
      return Outcome::kAlreadyReserved;
    }
  }
  SeatWord expected = claimed_word;
  // If this fails, somebody who met the index entry has done it.
  CompareExchange(mine, expected, held.WithPending(true), &guard);
  Tell(mine, held.WithPending(true), args.subject, args.idempotency, sink);

  view->ref = view->origin = ref;
  view->word = held;
  view->subject = args.subject;
  view->idempotency = args.idempotency;
  SeeSlot(*claimed.slot, view);
  return Outcome::kOk;
}

// As HoldTo, but that the seat is taken by its word, not by its bit: that comes before the payload.
Result Ledger::OfferAside(SeatId seat, const OfferArgs& args, EventSink& sink) {
  Epochs::Guard guard(epochs_);
  const IndexKey key = IndexKey::Of(args.subject);
  index_.MakeRoom(key);
  const uint32_t deadline = AwaitsConfirm(args.into) ? DeadlineOf(args.deadline) : 0;
  SeatWord before, claimed_word;
  for (bool claimed = false; !claimed;) {
    SeatWord expected = Settle(seat, sink);
    if (expected.state() != SeatState::kAside) return Result{Outcome::kSlotTaken, false, {}};
    before = expected.RaisedTo(first_generation_);
    claimed_word = before.NextGeneration()
                       .ClaimedFor(args.into)
                       .WithExtended(true)
                       .WithStep(before.step())
                       .WithDeadline(deadline);
    claimed = CompareExchange(seat, expected, claimed_word);
  }
  WritePayload(seat, args.subject, args.idempotency);
  const SeatRef ref = WholeRef(seat, claimed_word.generation());
  if (const auto lost = LostTo(index_.Insert(key, ref), key, ref, sink)) {
    // Nobody has come to it by the index. The steward may have looked meanwhile, and seen nothing.
    SeatWord expected = claimed_word;
    CHECK(CompareExchange(seat, expected, before));
    touched_.Add(seat.value / limits::kSeatsPerBlock);
    return Result{Outcome::kAlreadyReserved, false, *lost};
  }
  const SeatWord arrived = claimed_word.Arrived();
  SeatWord expected = claimed_word;
  CompareExchange(seat, expected, arrived.WithPending(true), &guard);
  Tell(seat, arrived.WithPending(true), args.subject, args.idempotency, sink);
  Result result;
  result.seat.ref = result.seat.origin = ref;
  result.seat.word = arrived;
  result.seat.subject = args.subject;
  result.seat.idempotency = args.idempotency;
  SeeSlot(SlotOf(PlaceOf(seat).slot), &result.seat);
  return result;
}

// `other` was in the way in the index. Nothing: it is not any more, and `mine` is the subject's
// now. Otherwise the reservation that the subject has.
[[gnu::noinline]] std::optional<SeatView> Ledger::LostTo(IndexValue other, const IndexKey& subject,
                                                         SeatRef mine, EventSink& sink) {
  for (; !other.empty(); other = index_.Insert(subject, mine)) {
    if (auto live = LiveSeat(other, sink)) return live;
  }
  return std::nullopt;
}

}  // namespace creneau::ledger
