// HoldParty: several subjects, a seat for each in one slot, one decision, one record.
//
//   claim     k bits of one free word → payloads → leader's word := leading(generation+1), with the
//             party's seats noted beside it → the others' words := joining(generation+1), each with
//             the leader noted beside it
//   announce  the members' index entries, by subject in ascending order
//   decide    CAS the leader's word: + mark, if all entries are there [yes]; or + extended, if one
//             of the members has a reservation [no]
//   yes       push one event for all → each member's word to its target, without a mark → the
//             leader's likewise, last
//   no        each member's seat is free, its generation spent → the leader's likewise, by the
//             caller alone
//
// An entry stands for nothing but what its seat's word says, so one that is inserted by somebody
// who comes late is dead. Whoever meets an entry of a party that is not over takes it from there to
// its end: all that is needed stands in the seats. Two parties with members in common meet at the
// least subject of which one has the entry and the other wants it: whoever helps goes from a
// subject to greater ones only, and so never round in a circle (Harris, Fraser, Pratt, "A practical
// multi-word compare-and-swap operation", 2002).
//
// A member's word leaves `joining` after the decision only: after the push where that was yes, and
// the leader's after all of theirs. So whoever sees one that has left it need not push, and whoever
// sees the leader gone on need not do anything. Where the answer is no the leader's seat waits for
// the caller, who could not tell otherwise what was decided; its entry is dead meanwhile.

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {
namespace {

using Order = std::array<uint8_t, limits::kPartyMax>;

// The members by subject.
Order BySubject(const PartyArgs& args) {
  CHECK(args.count >= 2 && args.count <= args.members.size());
  Order order;
  std::iota(order.begin(), order.end(), uint8_t{0});
  const auto subject = [&](uint8_t i) -> const Subject& { return args.members[i].subject; };
  std::sort(order.begin(), order.begin() + args.count,
            [&](uint8_t a, uint8_t b) { return subject(a) < subject(b); });
  for (size_t i = 1; i < args.count; ++i) CHECK(subject(order[i - 1]) < subject(order[i]));
  return order;
}

// The numbers of a party's seats within the slot, lowest first.
template <typename Each>
void ForEachSeat(uint64_t seats, Each each) {
  for (; seats != 0; seats &= seats - 1) each(static_cast<uint32_t>(std::countr_zero(seats)));
}

}  // namespace

// Whether somebody of the party has a reservation; the answer then.
bool Ledger::AnyReserved(const PartyArgs& args, PartyResult* result, EventSink& sink) {
  for (size_t i = 0; i < args.count; ++i) {
    const auto live = LiveOf(IndexKey::Of(args.members[i].subject), sink);
    if (!live) continue;
    result->outcome = Outcome::kAlreadyReserved;
    result->member = i;
    result->seats[i] = *live;
    return true;
  }
  return false;
}

PartyResult Ledger::HoldParty(const PartyArgs& args, EventSink& sink) {
  const Epochs::Guard guard(epochs_);
  const Order order = BySubject(args);
  for (size_t i = 0; i < args.count; ++i) index_.MakeRoom(IndexKey::Of(args.members[i].subject));
  for (;;) {
    PartyResult result;
    if (AnyReserved(args, &result, sink)) return result;
    Calendar* const calendar = CalendarOf(args.agenda);
    const ClaimedParty claimed = calendar != nullptr ? ClaimParty(*calendar, args) : ClaimedParty();
    if (claimed.slot == nullptr) {
      // Perhaps by themselves: another request for the same party.
      if (!AnyReserved(args, &result, sink))
        result.outcome = args.slot ? Outcome::kSlotTaken : Outcome::kNothingLeft;
      return result;
    }
    // The seats by number are the members by subject.
    size_t next = 0;
    ForEachSeat(claimed.seats, [&](uint32_t number) {
      const uint8_t member = order[next++];
      SeatView& seat = result.seats[member];
      seat.ref.seat = SeatAt(*claimed.slot, number);
      seat.subject = args.members[member].subject;
      seat.idempotency = args.members[member].idempotency;
      SeeSlot(*claimed.slot, &seat);
    });
    const SeatWord leading = PrepareParty(args, order, claimed, &result);
    const SeatRef leader = result.seats[order[0]].ref;
    FinishParty(leader, sink);
    SeatWord now = WordOf(leader.seat);
    if (now != leading.WithExtended(true)) return result;
    const SeatWord ended = Ended(now.WithStep(0)).WithPending(true);
    CHECK(CompareExchange(leader.seat, now, ended));
    Finish(leader.seat, ended, sink);
  }
}

// Writes everything that others need to finish it. Completes what the caller is shown when it comes
// true; the leader's word.
SeatWord Ledger::PrepareParty(const PartyArgs& args,
                              const std::array<uint8_t, limits::kPartyMax>& order,
                              const ClaimedParty& claimed, PartyResult* result) {
  const uint32_t deadline = AwaitsConfirm(args.into) ? DeadlineOf(args.deadline) : 0;
  const SeatId leader = result->seats[order[0]].ref.seat;
  SeatWord leading;
  for (size_t i = 0; i < args.count; ++i) {
    SeatView& seat = result->seats[order[i]];
    const SeatId id = seat.ref.seat;
    const SeatWord before = WordOf(id).RaisedTo(first_generation_);
    CHECK(before.state() == SeatState::kFree && !before.pending());
    WritePayload(id, seat.subject, seat.idempotency);
    const SeatWord word = before.NextGeneration()
                              .ClaimedFor(args.into)
                              .With(i == 0 ? SeatState::kLeading : SeatState::kJoining)
                              .WithStep(before.step())
                              .WithDeadline(deadline);
    if (i == 0) {
      leading = word;
      cold_[id.value].cooling.store(claimed.seats, std::memory_order_release);
    } else {
      const SeatRef joined = WholeRef(leader, leading.generation());
      cold_[id.value].intent.store(IndexValue(joined).bits(), std::memory_order_release);
    }
    seat.ref = seat.origin = WholeRef(id, word.generation());
    seat.word = word.Arrived();
    // Release: whoever comes through the index and finishes it reads what was written before.
    seats_[id.value].word.store(word.bits(), std::memory_order_release);
  }
  return leading;
}

// Drives a party to its end, whatever that is. Anybody, any number of times.
void Ledger::FinishParty(SeatRef leader, EventSink& sink) {
  for (;;) {
    const SeatWord word = WordOf(leader.seat);
    if (word.generation() != leader.generation || word.state() != SeatState::kLeading) return;
    if (word.pending()) {
      RecordParty(leader, word, sink);
    } else if (word.extended()) {
      return DisbandParty(leader, word, sink);
    } else {
      DecideParty(leader, word, sink);
    }
  }
}

// Of a seat that joins: what it joins, taken to its end.
[[gnu::noinline, gnu::cold]] void Ledger::FinishPartyOf(SeatId seat, SeatWord word,
                                                        EventSink& sink) {
  const SeatRef leader = LeaderOf(seat);
  if (WordOf(seat) == word) FinishParty(leader, sink);
}

SeatRef Ledger::LeaderOf(SeatId seat) const {
  return IndexValue(cold_[seat.value].intent.load(std::memory_order_acquire)).ref();
}

// Whether the seat's word is that of one that still joins this leader; the seat's image then, as
// the party's record has it.
bool Ledger::StillJoins(SeatRef leader, SeatId seat, SeatWord word, SeatImage* image) const {
  if (word.state() != (seat == leader.seat ? SeatState::kLeading : SeatState::kJoining))
    return false;
  *image = ImageOf(seat, word);
  image->word = word.Arrived().WithPending(false);
  const bool mine =
      seat == leader.seat ? word.generation() == leader.generation : LeaderOf(seat) == leader;
  // Payload and leader are this word's only if it is still the same after they were read.
  return mine && WordOf(seat) == word;
}

// Announces who has not been, and decides. `word` is the leader's.
void Ledger::DecideParty(SeatRef leader, SeatWord word, EventSink& sink) {
  const Slot& slot = SlotOf(PlaceOf(leader.seat).slot);
  uint64_t seats = cold_[leader.seat.value].cooling.load(std::memory_order_acquire);
  for (; seats != 0; seats &= seats - 1) {
    const SeatId seat = SeatAt(slot, static_cast<uint32_t>(std::countr_zero(seats)));
    const SeatWord joining = WordOf(seat);
    const SeatImage image = ImageOf(seat, joining);
    // Until it is decided all of them join it, and what was read is theirs.
    if (WordOf(leader.seat) != word) return;
    const IndexKey key = IndexKey::Of(image.subject);
    const IndexValue mine(WholeRef(seat, joining.generation()));
    for (IndexValue other = index_.Insert(key, mine.ref()); !other.empty() && other != mine;
         other = index_.Insert(key, mine.ref())) {
      if (!LiveSeat(other, sink)) continue;  // it has ended: its place is free
      CompareExchange(leader.seat, word, word.WithExtended(true));  // decides: no
      return;
    }
  }
  CompareExchange(leader.seat, word, word.WithPending(true));  // decides: yes
}

void Ledger::RecordParty(SeatRef leader, SeatWord word, EventSink& sink) {
  const Slot& slot = SlotOf(PlaceOf(leader.seat).slot);
  const uint64_t seats = cold_[leader.seat.value].cooling.load(std::memory_order_acquire);
  PartyHeld event;
  std::array<SeatWord, limits::kPartyMax> joining;
  bool told = false;  // one has left, so the record is in the queue
  ForEachSeat(WordOf(leader.seat) == word ? seats : 0, [&](uint32_t number) {
    const SeatId seat = SeatAt(slot, number);
    joining[event.count] = WordOf(seat);
    if (StillJoins(leader, seat, joining[event.count], &event.seats[event.count])) {
      ++event.count;
    } else {
      told = true;
    }
  });
  if (WordOf(leader.seat) != word) return;
  if (!told) sink.PushParty(event);
  // The leader, whose seat is the first, comes last.
  for (size_t i = event.count; i-- > 0;) {
    const SeatImage& image = event.seats[i];
    if (!CompareExchange(image.seat, joining[i], image.word)) continue;
    if (IsStewards(image.word.state())) touched_.Add(image.seat.value / limits::kSeatsPerBlock);
  }
}

// Their generations are spent, because others have seen them.
void Ledger::DisbandParty(SeatRef leader, SeatWord word, EventSink& sink) {
  const Slot& slot = SlotOf(PlaceOf(leader.seat).slot);
  const uint64_t seats = cold_[leader.seat.value].cooling.load(std::memory_order_acquire);
  if (WordOf(leader.seat) != word) return;
  ForEachSeat(seats, [&](uint32_t number) {
    const SeatId seat = SeatAt(slot, number);
    SeatWord joining = WordOf(seat);
    SeatImage image;
    if (seat == leader.seat || !StillJoins(leader, seat, joining, &image)) return;
    const SeatWord ended = Ended(joining.WithStep(0)).WithPending(true);
    if (CompareExchange(seat, joining, ended)) Finish(seat, ended, sink);
  });
}

}  // namespace creneau::ledger
