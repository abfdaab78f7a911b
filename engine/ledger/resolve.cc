// Helping: whoever meets something half done finishes it first; then names are followed to seats.

#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

[[gnu::always_inline]] inline bool Ledger::CompareExchange(SeatId seat, SeatWord& expected,
                                                           SeatWord desired, Epochs::Guard* guard) {
  uint64_t bits = expected.bits();
  const SeatWord before = expected;
  // Publishes the payload with the word, and sees the payload that came with the expected one. In
  // the one total order, for what the steward is told (inbox.h).
  if (!seats_[seat.value].word.compare_exchange_strong(bits, desired.bits())) {
    expected = SeatWord(bits);
    return false;
  }
  const bool was_held = before.state() == SeatState::kHeld;
  const bool is_held = desired.state() == SeatState::kHeld;
  if (was_held != is_held) AddHolds(is_held ? 1 : -1, guard);
  return true;
}

inline SeatImage Ledger::ImageOf(SeatId id, SeatWord word) const {
  SeatImage image{id, word.WithPending(false), {}, 0};
  if (IsVacant(word.state())) return image;
  const Seat& seat = seats_[id.value];
  image.subject.lo = seat.subject_lo.load(std::memory_order_acquire);
  image.subject.hi = seat.subject_hi.load(std::memory_order_acquire);
  image.idempotency = seat.idempotency.load(std::memory_order_acquire);
  return image;
}

// The seat's word once nothing is pending on it.
inline SeatWord Ledger::Settle(SeatId seat, EventSink& sink) {
  for (;;) {
    const SeatWord word = WordOf(seat);
    if (!word.pending()) [[likely]]
      return word;
    Finish(seat, word, sink);
  }
}

// Brings a decided transition into the log's queue and clears its mark. `word` is pending.
[[gnu::noinline, gnu::cold]] void Ledger::Finish(SeatId seat, SeatWord word, EventSink& sink) {
  if (word.state() == SeatState::kCoolingMoved) return FinishMovedAway(seat, word, sink);
  if (word.state() == SeatState::kLeading)
    return FinishParty(WholeRef(seat, word.generation()), sink);
  if (IsArrival(word)) return FinishMove(seat, word.generation(), sink);
  const SeatImage image = ImageOf(seat, word);
  Tell(seat, word, image.subject, image.idempotency, sink);
}

// The event of a marked word, and its mark goes; unless somebody else has done it.
[[gnu::always_inline]] inline void Ledger::Tell(SeatId seat, SeatWord word, const Subject& subject,
                                                uint64_t idempotency, EventSink& sink) {
  // A payload that was read is that of `word` only if the word is still the same afterwards.
  if (WordOf(seat) != word) return;
  const Event event(SeatImage{seat, word.WithPending(false), subject, idempotency});
  sink.Push(event);
  ClearMark(seat, word);
}

// Exactly one thread wins this, and does what must be done once. True for that one.
inline bool Ledger::ClearMark(SeatId seat, SeatWord word) {
  SeatWord expected = word;
  if (!CompareExchange(seat, expected, word.WithPending(false))) return false;
  if (word.state() == SeatState::kFree) GiveBit(seat, word.channel());
  if (IsStewards(word.state())) touched_.Add(seat.value / limits::kSeatsPerBlock);
  return true;
}

// False: the seat has gone on from `word`.
[[gnu::always_inline]] inline bool Ledger::ViewOf(SeatId seat, SeatWord word,
                                                  SeatView* view) const {
  const SeatImage image = ImageOf(seat, word);
  const uint64_t origin =
      word.moves() > 0 ? cold_[seat.value].origin.load(std::memory_order_acquire) : 0;
  // A seat that is nobody's has its last holder's generation still, but its payload may be the next
  // one's already.
  const SeatWord now = WordOf(seat);
  if (now != word) [[unlikely]] {
    if (now.generation() != word.generation() || IsNobodys(now.state())) return false;
  }
  const SeatRef ref = WholeRef(seat, word.generation());
  view->ref = ref;
  view->origin = word.moves() > 0 ? IndexValue(origin).ref() : ref;
  view->word = word;
  // One by one, as they were read: see WholeRef.
  view->subject.lo = image.subject.lo;
  view->subject.hi = image.subject.hi;
  view->idempotency = image.idempotency;
  SeeSlot(SlotOf(PlaceOf(seat).slot), view);
  return true;
}

inline void Ledger::SeeSlot(const Slot& slot, SeatView* view) {
  view->agenda = slot.agenda;
  view->start = slot.start;
  view->starts_at = StartOf(slot);
  view->minutes = static_cast<int>(slot.minutes.load(std::memory_order_relaxed));
}

// The live reservation that an index entry stands for, finished where it was half done; nothing
// when the entry is dead.
std::optional<SeatView> Ledger::LiveSeat(IndexValue value, EventSink& sink) {
  if (value.empty()) return std::nullopt;
  const SeatRef ref = value.ref();
  for (;;) {
    SeatWord word = WordOf(ref.seat);
    if (word.generation() != ref.generation) return std::nullopt;
    if (word.state() == SeatState::kClaimed) {
      // Decided by the index entry we came through; its owner has not said so yet.
      CompareExchange(ref.seat, word, word.Arrived().WithPending(true));
    } else if (word.state() == SeatState::kMoving) {
      FinishMove(ref.seat, ref.generation, sink);
    } else if (word.pending()) {
      Finish(ref.seat, word, sink);
    } else if (IsReserved(word.state())) {
      if (SeatView view; ViewOf(ref.seat, word, &view)) return view;
    } else if (word.state() == SeatState::kJoining) {
      FinishPartyOf(ref.seat, word, sink);
    } else if (word.state() == SeatState::kLeading && !word.extended()) {
      FinishParty(ref, sink);
    } else {
      return std::nullopt;
    }
  }
}

namespace {

// A reservation that has ended is in the way of its subject's next one until its event is in the
// queue. Its name answers for its holder while the last seat cools.
Holding::Life LifeOf(SeatWord word, bool as_name) {
  using enum Holding::Life;
  const Holding::Life ended = word.pending() && !as_name ? kEnding : kDead;
  switch (word.state()) {
    case SeatState::kClaimed:
    case SeatState::kMoving:
    case SeatState::kHeld:
    case SeatState::kConfirmed:
    case SeatState::kOffered:
    case SeatState::kJoining:
      return kLive;
    case SeatState::kLeading:  // of a party that has been refused it waits for its caller
      return word.extended() ? kDead : kLive;
    case SeatState::kCoolingCancelled:
    case SeatState::kCoolingExpired:
    case SeatState::kCoolingMoved:
      return as_name ? kLive : ended;
    case SeatState::kFree:
    case SeatState::kAside:
    case SeatState::kWithdrawn:
      return ended;
  }
  CHECK(false);
}

}  // namespace

// For the index.
Holding Ledger::HoldingOf(SeatRef ref, bool as_name) const {
  const SeatWord word = WordOf(ref.seat);
  if (word.generation() != ref.generation) return Holding();
  Holding holding{LifeOf(word, as_name), {}, ref};
  if (holding.life == Holding::Life::kDead) return Holding();
  const Seat& seat = seats_[ref.seat.value];
  holding.subject.lo = seat.subject_lo.load(std::memory_order_acquire);
  holding.subject.hi = seat.subject_hi.load(std::memory_order_acquire);
  // A claimed word's are no moves.
  if (word.moves() > 0 && !IsClaim(word.state()))
    holding.origin = IndexValue(cold_[ref.seat.value].origin.load(std::memory_order_acquire)).ref();
  // Once the seat is nobody's, its payload may be the next holder's already.
  const SeatWord now = WordOf(ref.seat);
  const bool given_back = IsNobodys(now.state()) && !now.pending();
  return now.generation() == ref.generation && !given_back ? holding : Holding();
}

std::optional<Subject> Ledger::HolderOf(SeatRef seat) const {
  const Holding holding = HoldingOf(seat, /*as_name=*/false);
  return holding.life == Holding::Life::kLive ? std::optional(holding.subject) : std::nullopt;
}

void Ledger::Prefetch(SeatRef ref) const { __builtin_prefetch(&seats_[ref.seat.value]); }

// What a name stands for: the seat itself in that generation, or where the reservation moved to.
// Held, confirmed or cooling (after a cancellation or lapse); nothing once the seat has cooled.
[[gnu::always_inline]] inline bool Ledger::ResolveTo(SeatView* view, SeatRef name,
                                                     EventSink& sink) {
  if (name.seat.value >= seats_made_.load(std::memory_order_acquire)) return false;
  const auto answers = [](SeatState state) {
    return IsReserved(state) || state == SeatState::kCoolingCancelled ||
           state == SeatState::kCoolingExpired;
  };
  for (SeatRef at = name;;) {
    const SeatWord word = Settle(at.seat, sink);
    // The name of a seat that was moved to is that of its origin, not its own.
    if (word.generation() == at.generation && answers(word.state()) && ViewOf(at.seat, word, view))
      return view->origin == name;
    const IndexValue forward = ForwardOf(name);
    if (forward.empty() || forward.ref() == at) return false;
    at = forward.ref();
  }
}

std::optional<SeatView> Ledger::Resolve(SeatRef name, EventSink& sink) {
  if (SeatView view; ResolveTo(&view, name, sink)) return view;
  return std::nullopt;
}

// Where a reservation that was moved is now, by the index. Seldom asked: not to be made part of the
// caller, whose every round would begin with the name's hash.
[[gnu::noinline]] IndexValue Ledger::ForwardOf(SeatRef name) {
  return index_.Get(IndexKey::OfName(name));
}

void Ledger::EachReserved(SlotId id, EventSink& sink,
                          const std::function<void(const SeatView&)>& each) {
  const Epochs::Guard guard(epochs_);
  const Slot& slot = SlotOf(id);
  const uint32_t made = slot.seats_made.load(std::memory_order_acquire);
  for (uint32_t number = 0; number < made; ++number) {
    const SeatId seat = SeatAt(slot, number);
    const SeatWord word = Settle(seat, sink);
    SeatView view;
    if (IsReserved(word.state()) && ViewOf(seat, word, &view)) each(view);
  }
}

std::optional<SeatView> Ledger::Look(SeatRef name, EventSink& sink) {
  const Epochs::Guard guard(epochs_);
  return Resolve(name, sink);
}

// The subject's live reservation. An entry that comes to nothing, ended or moved on between the two
// looks, says nothing: only that there is none does.
std::optional<SeatView> Ledger::LiveOf(const IndexKey& subject, EventSink& sink) {
  for (;;) {
    const IndexValue entry = index_.Get(subject);
    if (entry.empty()) return std::nullopt;
    if (auto live = LiveSeat(entry, sink)) return live;
  }
}

std::optional<SeatView> Ledger::Find(const Subject& subject, EventSink& sink) {
  const Epochs::Guard guard(epochs_);
  return LiveOf(IndexKey::Of(subject), sink);
}

void Ledger::WillFind(const Subject& subject) const {
  const Epochs::Guard guard(epochs_);
  index_.Prefetch(IndexKey::Of(subject));
}

}  // namespace creneau::ledger
