// Move: two seats, one decision, one record (ledger.h explains the order).

#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

// bits 0-25 the seat moved away from, 26-29 the state to arrive in, 32-54 the sequence the old
// seat's word must have.
uint64_t MoveIntent::bits() const {
  static_assert(limits::kMaxSeats <= 1u << 26);
  return from.value | static_cast<uint64_t>(target) << 26 | from_sequence << 32;
}

MoveIntent MoveIntent::FromBits(uint64_t bits) {
  return MoveIntent{SeatId{static_cast<uint32_t>(bits & ((1u << 26) - 1))}, bits >> 32,
                    static_cast<SeatState>(bits >> 26 & 0xf)};
}

Result Ledger::Move(const MoveArgs& args, EventSink& sink) { return MoveTo(args, nullptr, sink); }

Result Ledger::MoveByOffice(const MoveArgs& args, std::optional<Channel> channel,
                            Instant offer_deadline, EventSink& sink) {
  const OfficeMove office{channel, offer_deadline};
  return MoveTo(args, &office, sink);
}

// Three moves in all, two of them the holder's: what the two bits of `moves` can say.
bool Ledger::MayMove(SeatWord word, const OfficeMove* office) {
  static_assert(kMostMoves <= 3);
  if (word.step() + 4 >= limits::kMaxStep) return false;
  return office != nullptr ? !MovedByOffice(word) : OwnMoves(word) < limits::kMaxMoves;
}

// `office`: null where its holder moves it.
Result Ledger::MoveTo(const MoveArgs& args, const OfficeMove* office, EventSink& sink) {
  const Epochs::Guard guard(epochs_);
  index_.MakeRoom(IndexKey::OfName(args.name));
  for (;;) {
    const auto from = Resolve(args.name, sink);
    if (!from) return Result{Outcome::kUnknownReservation, false, {}};
    if (args.from && from->ref != *args.from) return Result{Outcome::kNotHeld, false, *from};
    const SeatState state = from->word.state();
    if (state == SeatState::kCoolingCancelled) return Result{Outcome::kCancelled, false, *from};
    if (state == SeatState::kCoolingExpired ||
        (AwaitsConfirm(state) && args.received_at > InstantOfDeadline(from->word.deadline_s()))) {
      return Result{Outcome::kHoldExpired, false, *from};
    }
    if (from->start == args.slot) return Result{Outcome::kOk, true, *from};
    if (!MayMove(from->word, office)) return Result{Outcome::kMovesUsed, false, *from};
    const auto prepared = PrepareMove(*from, args, office);
    if (!prepared) {
      // The seat asked for may be taken by this very reservation, in a move that is not decided.
      const IndexValue entry = index_.Get(IndexKey::Of(from->subject));
      if (entry == IndexValue(from->ref)) return Result{Outcome::kSlotTaken, false, *from};
      LiveSeat(entry, sink);
      continue;
    }
    const SeatRef to = prepared->to;
    if (!index_.Replace(IndexKey::Of(from->subject), from->ref, to)) {
      // Another act on this reservation came first: the new seat is still private and goes back as
      // it was. If that act was a move that is not decided, it is helped to its end, since nothing
      // but its end makes way for this one.
      seats_[to.seat.value].word.store(prepared->before.bits(), std::memory_order_release);
      GiveBit(to.seat, prepared->before.channel());
      LiveSeat(index_.Get(IndexKey::Of(from->subject)), sink);
      continue;
    }
    FinishMove(to.seat, to.generation, sink);
    // It may have been moved on since, or have ended: the answer is where it now is. If another act
    // came first and the move was given up, the next round finds what is true then.
    const auto now = Resolve(args.name, sink);
    if (!now) return Result{Outcome::kUnknownReservation, false, {}};
    if (WentThrough(*from, to, *now)) return Result{Outcome::kOk, false, *now};
  }
}

// Whether the reservation, once at `from` and now at `now`, has been at `to`. The seat there cannot
// tell any more: given up, it may already be somebody else's.
bool Ledger::WentThrough(const SeatView& from, SeatRef to, const SeatView& now) const {
  // Moved on: each seat on the way says from where it was moved to.
  SeatRef at = now.ref;
  for (uint32_t moves = now.word.moves(); at != to; --moves) {
    if (moves <= from.word.moves() + 1) return false;
    const MoveIntent last =
        MoveIntent::FromBits(cold_[at.seat.value].intent.load(std::memory_order_acquire));
    // Once the seat is free, somebody else may be writing the intent of a later move into it.
    const SeatWord word = WordOf(at.seat);
    if (word.generation() != at.generation || IsNobodys(word.state())) return false;
    at = SeatRef{last.from, last.generation()};
  }
  return true;
}

// Claims a seat in the slot asked for and writes down in it everything that others need to finish
// the move.
std::optional<Ledger::PreparedMove> Ledger::PrepareMove(const SeatView& from, const MoveArgs& args,
                                                        const OfficeMove* office) {
  Calendar* calendar = CalendarOf(from.agenda);
  CHECK(calendar != nullptr);
  const bool offered = office != nullptr;
  const Channel channel = offered && office->channel ? *office->channel : from.word.channel();
  const Claimed claimed =
      ClaimNamed(*calendar, channel, args.slot, args.earliest, args.latest, args.random);
  if (claimed.slot == nullptr) return std::nullopt;
  const SeatId to = claimed.seat;
  const SeatWord before = WordOf(to).RaisedTo(first_generation_);
  CHECK(before.state() == SeatState::kFree && !before.pending());
  WritePayload(to, from.subject, from.idempotency);
  ColdSeat& cold = cold_[to.value];
  cold.origin.store(IndexValue(from.origin).bits(), std::memory_order_release);
  const SeatState target = offered ? SeatState::kOffered : from.word.state();
  cold.intent.store(MoveIntent{from.ref.seat, from.word.sequence(), target}.bits(),
                    std::memory_order_release);
  const bool sooner = args.held_cooling_until && from.word.state() == SeatState::kHeld;
  cold.cooling.store(DeadlineOf(sooner ? *args.held_cooling_until : args.cooling_until),
                     std::memory_order_release);
  const SeatWord moving =
      before.NextGeneration()
          .With(SeatState::kMoving)
          .WithStep(before.step())
          .WithMoves(from.word.moves() + 1)
          .WithExtended(offered || from.word.extended())
          .WithDeadline(offered ? DeadlineOf(office->deadline) : from.word.deadline_s());
  seats_[to.value].word.store(moving.bits(), std::memory_order_release);
  return PreparedMove{SeatRef{to, moving.generation()}, before};
}

// Drives a move that the index knows of to its end, whatever that is. Anybody, any number of times.
void Ledger::FinishMove(SeatId to, Generation generation, EventSink& sink) {
  for (;;) {
    const SeatWord word = WordOf(to);
    if (word.generation() != generation) return;
    if (word.state() == SeatState::kMoving) {
      DecideMove(to, word, sink);
    } else if (IsArrival(word)) {
      RecordMove(to, word, sink);
    } else {
      break;
    }
  }
  // The new seat's mark is gone, so the record is in the queue: only the old seat's mark may be
  // left.
  const MoveIntent intent =
      MoveIntent::FromBits(cold_[to.value].intent.load(std::memory_order_acquire));
  const SeatWord old_word = WordOf(intent.from);
  // Once the seat is free, somebody else may be writing the intent of a later move into it.
  const SeatWord now = WordOf(to);
  if (now.generation() != generation || now.state() == SeatState::kFree) return;
  if (old_word.sequence() == intent.from_sequence + 1 && old_word.pending() &&
      old_word.state() == SeatState::kCoolingMoved) {
    ClearMark(intent.from, old_word);
  }
}

// One step of a move that is not decided, or decided and not yet seen at the new seat.
void Ledger::DecideMove(SeatId to, SeatWord word, EventSink& sink) {
  const ColdSeat& cold = cold_[to.value];
  const MoveIntent intent = MoveIntent::FromBits(cold.intent.load(std::memory_order_acquire));
  const auto cooling = static_cast<uint32_t>(cold.cooling.load(std::memory_order_acquire));
  SeatWord old_word = WordOf(intent.from);
  if (WordOf(to) != word) return;
  if (old_word.sequence() == intent.from_sequence) {
    const SeatWord left = old_word.NextStep().With(SeatState::kCoolingMoved).WithDeadline(cooling);
    CompareExchange(intent.from, old_word, left.WithPending(true));  // decides: yes
  } else if (old_word.sequence() == intent.from_sequence + 1 &&
             old_word.state() == SeatState::kCoolingMoved) {
    // Left by this move and no other: only one can be announced in the index (CopyInto).
    CompareExchange(to, word, word.With(intent.target).WithStep(0).WithPending(true));
  } else {
    // The old seat has gone another way. (Or the move has been finished and gone on, in which case
    // nothing here succeeds: the new seat's word is not `word` any more.)
    AbortMove(to, word, intent, sink);
  }
}

void Ledger::RecordMove(SeatId to, SeatWord word, EventSink& sink) {
  const ColdSeat& cold = cold_[to.value];
  const MoveIntent intent = MoveIntent::FromBits(cold.intent.load(std::memory_order_acquire));
  const SeatWord old_word = WordOf(intent.from);
  Event event;
  event.is_move = true;
  event.seat = ImageOf(to, word);
  event.from = ImageOf(intent.from, old_word);
  event.origin = IndexValue(cold.origin.load(std::memory_order_acquire)).ref();
  // While the new seat has its mark, the old one keeps its own: what was read is the move's.
  if (WordOf(to) != word) return;
  CHECK(old_word.state() == SeatState::kCoolingMoved && old_word.pending());
  sink.Push(event);
  Forward(event.origin, SeatRef{intent.from, old_word.generation()},
          SeatRef{to, word.generation()});
  ClearMark(to, word);
  ClearMark(intent.from, old_word);
}

// The index first, so that the subject is never without the entry of the seat it still has; then
// the new seat, whose generation is spent because others have seen it.
void Ledger::AbortMove(SeatId to, SeatWord word, const MoveIntent& intent, EventSink& sink) {
  const SeatImage image = ImageOf(to, word);
  if (WordOf(to) != word) return;
  index_.Replace(IndexKey::Of(image.subject), SeatRef{to, word.generation()},
                 SeatRef{intent.from, intent.generation()});
  const SeatWord ended = Ended(word.WithStep(0)).WithPending(true);
  if (CompareExchange(to, word, ended)) Finish(to, ended, sink);
}

// A mark on a seat that was moved away from. If it is the move's own, and that is not recorded yet,
// the subject's index entry tells where it goes. Otherwise the move is in the queue, and the mark
// is left over from it or set by a later transition of this seat: its plain event is, for the
// former, one more that is not newer.
void Ledger::FinishMovedAway(SeatId seat, SeatWord word, EventSink& sink) {
  Event event;
  event.seat = ImageOf(seat, word);
  if (WordOf(seat) != word) return;
  const auto goes_to = [&](SeatRef to) {
    const MoveIntent intent =
        MoveIntent::FromBits(cold_[to.seat.value].intent.load(std::memory_order_acquire));
    const SeatWord arriving = WordOf(to.seat);
    const bool open = arriving.state() == SeatState::kMoving || IsArrival(arriving);
    return open && arriving.generation() == to.generation && intent.from == seat &&
           intent.from_sequence + 1 == word.sequence();
  };
  const IndexValue to = index_.GetWhere(IndexKey::Of(event.seat.subject), goes_to);
  if (!to.empty()) return FinishMove(to.ref().seat, to.ref().generation, sink);
  sink.Push(event);
  ClearMark(seat, word);
}

// Under its first name the reservation is found where it is now. Only ever forwards: a helper who
// comes late leaves what is newer.
void Ledger::Forward(SeatRef name, SeatRef previous, SeatRef now) {
  const IndexKey key = IndexKey::OfName(name);
  for (;;) {
    const IndexValue seen = index_.Get(key);
    if (seen.empty()) {
      if (index_.Insert(key, now).empty()) return;
    } else if (seen != IndexValue(previous) || index_.Replace(key, previous, now)) {
      return;
    }
  }
}

}  // namespace creneau::ledger
