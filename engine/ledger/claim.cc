// Free words and summaries: taking a seat's bit and giving it back.

#include <bit>

#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

SeatPlace Ledger::PlaceOf(SeatId seat) const {
  const uint32_t block =
      block_slots_[seat.value / limits::kSeatsPerBlock].load(std::memory_order_acquire);
  return SeatPlace{SlotId{block / limits::kBlocksPerSlot},
                   block % limits::kBlocksPerSlot * limits::kSeatsPerBlock +
                       seat.value % limits::kSeatsPerBlock};
}

std::optional<SeatTime> Ledger::TimeOf(SeatId seat) const {
  // Acquire: whoever sees the seats made sees their slots.
  if (seat.value >= seats_made_.load(std::memory_order_acquire)) return std::nullopt;
  const Slot& slot = SlotOf(PlaceOf(seat).slot);
  return SeatTime{slot.agenda, slot.start, StartOf(slot),
                  static_cast<int>(slot.minutes.load(std::memory_order_relaxed))};
}

SeatId Ledger::SeatAt(const Slot& slot, uint32_t number) const {
  const uint32_t block =
      slot.Block(number / limits::kSeatsPerBlock).load(std::memory_order_relaxed);
  return SeatId{block * limits::kSeatsPerBlock + number % limits::kSeatsPerBlock};
}

namespace {

// The first set bit from a random place on, within those that are there: two who come at once
// seldom want the same.
[[gnu::always_inline]] inline uint32_t PickBit(uint64_t bits, uint64_t random) {
  const auto width = static_cast<uint32_t>(std::bit_width(bits));
  uint64_t from = random & (std::bit_ceil(width) - 1);  // below twice the width
  if (from >= width) from -= width;
  return static_cast<uint32_t>(std::countr_zero(bits >> from << from));
}

}  // namespace

// What a claim will need when it has the bit is fetched while the bit is waited for.
inline void Ledger::FetchFor(const Calendar& calendar, size_t position, uint64_t free,
                             uint32_t number, SeatId seat) const {
  __builtin_prefetch(&seats_[seat.value], 1);
  touched_.Prefetch(seat.value / limits::kSeatsPerBlock);
  static_assert(limits::kSeatsPerBlock == 8);
  const bool untouched = (free >> number / 8 * 8 & 0xff) == 0xff;
  if (untouched && position + 1 < calendar.entries().size())
    FetchNext(calendar.entries()[position + 1].slot, seat.value / limits::kSeatsPerBlock);
}

// Whoever takes the first seat of a block fetches what those will need who take the first ones of
// the next: that slot, and the seats after these, which are the next slot's if the two were made
// together. For reading: who comes next may be on another core.
[[gnu::noinline]] void Ledger::FetchNext(SlotId next, uint32_t block) const {
  const Slot& slot = SlotOf(next);
  __builtin_prefetch(&slot.free);
  const uint32_t seat = (block + 1) % limits::kMaxBlocks * limits::kSeatsPerBlock;
  for (uint32_t i = 0; i < limits::kSeatsPerBlock; i += 2) __builtin_prefetch(&seats_[seat + i]);
}

inline Ledger::Claimed Ledger::ClaimInSlot(Calendar& calendar, Channel channel, size_t position,
                                           uint64_t random) {
  Slot& slot = SlotOf(calendar.entries()[position].slot);
  Atomic<uint64_t>& free = slot.free[static_cast<size_t>(channel)];
  __builtin_prefetch(&free, 1);  // for writing, so that it comes once and not twice
  uint64_t seen = free.load();
  while (seen != 0) {
    const uint32_t number = PickBit(seen, random);
    const uint64_t bit = uint64_t{1} << number;
    FetchFor(calendar, position, seen, number, SeatAt(slot, number));
    const uint64_t before = free.fetch_and(~bit);
    if ((before & ~bit) == 0)
      calendar.summary(channel).Clear(position, [&] { return free.load() != 0; });
    // Looked up again: its block may have been made after the bits were first read.
    if ((before & bit) != 0) [[likely]]
      return Claimed{&slot, SeatAt(slot, number)};
    seen = before & ~bit;
  }
  calendar.summary(channel).Clear(position, [&] { return free.load() != 0; });
  return Claimed{};
}

// The earliest free seat of those that start in [earliest, latest].
inline Ledger::Claimed Ledger::Claim(Calendar& calendar, const HoldArgs& args) {
  const size_t end = calendar.entries().size();
  size_t position = calendar.Find(args.channel, args.earliest);
  while (position < end && calendar.entries()[position].starts_at <= args.latest) {
    const Claimed claimed = ClaimInSlot(calendar, args.channel, position, args.random);
    if (claimed.slot != nullptr) [[likely]]
      return claimed;
    position = calendar.summary(args.channel).Find(position + 1);
  }
  return ClaimByLook(calendar, args);
}

namespace {

// So many bits: neighbours where there are some.
uint64_t PickBits(uint64_t bits, size_t count, uint64_t random) {
  uint64_t runs = bits;
  for (size_t i = 1; i < count; ++i) runs &= bits >> i;
  if (runs != 0) return ((uint64_t{1} << count) - 1) << PickBit(runs, random);
  uint64_t picked = 0;
  for (size_t i = 0; i < count; ++i) picked |= uint64_t{1} << PickBit(bits & ~picked, random);
  return picked;
}

}  // namespace

// All at once or none, so that nobody finds taken what is given back a moment later.
Ledger::ClaimedParty Ledger::ClaimSeats(Calendar& calendar, size_t position,
                                        const PartyArgs& args) {
  Slot& slot = SlotOf(calendar.entries()[position].slot);
  Atomic<uint64_t>& free = slot.free[static_cast<size_t>(args.channel)];
  uint64_t seen = free.load();
  while (static_cast<size_t>(std::popcount(seen)) >= args.count) {
    const uint64_t seats = PickBits(seen, args.count, args.random);
    if (!free.compare_exchange_strong(seen, seen & ~seats)) continue;
    if (seen == seats)
      calendar.summary(args.channel).Clear(position, [&] { return free.load() != 0; });
    return ClaimedParty{&slot, seats};
  }
  return ClaimedParty{};
}

// The earliest slot with so many free seats, or that which is asked for. Where the summary leads to
// none the words themselves are read, as ClaimByLook does.
Ledger::ClaimedParty Ledger::ClaimParty(Calendar& calendar, const PartyArgs& args) {
  const auto& entries = calendar.entries();
  if (args.slot) {
    const size_t position = calendar.PositionOf(*args.slot);
    if (position == Calendar::kNone || entries[position].starts_at < args.earliest ||
        entries[position].starts_at > args.latest)
      return ClaimedParty{};
    return ClaimSeats(calendar, position, args);
  }
  const size_t until = calendar.FirstFrom(args.latest + 1);
  for (size_t i = calendar.Find(args.channel, args.earliest); i < until;
       i = calendar.summary(args.channel).Find(i + 1)) {
    const ClaimedParty claimed = ClaimSeats(calendar, i, args);
    if (claimed.slot != nullptr) return claimed;
  }
  for (size_t i = calendar.FirstFrom(args.earliest); i < until; ++i) {
    const ClaimedParty claimed = ClaimSeats(calendar, i, args);
    if (claimed.slot != nullptr) return claimed;
  }
  return ClaimedParty{};
}

// The summary says nothing is left. Somebody who stopped between freeing a seat and saying so must
// not make that the answer, so the words themselves are read, once for each freeing.
[[gnu::noinline]] Ledger::Claimed Ledger::ClaimByLook(Calendar& calendar, const HoldArgs& args) {
  const auto channel = static_cast<size_t>(args.channel);
  const uint64_t freeings = agendas_[calendar.agenda().value].freeings[channel].load();
  const size_t first = calendar.FirstFrom(args.earliest);
  const size_t until = calendar.FirstFrom(args.latest + 1);
  if (calendar.KnownEmpty(args.channel, first, until, freeings)) return Claimed{};
  for (size_t i = first; i < until; ++i) {
    if (SlotOf(calendar.entries()[i].slot).free[channel].load() == 0) continue;
    const Claimed claimed = ClaimInSlot(calendar, args.channel, i, args.random);
    if (claimed.slot != nullptr) return claimed;
  }
  calendar.NoteEmpty(args.channel, first, until, freeings);
  return Claimed{};
}

// A seat of the slot asked for, if that starts in [earliest, latest].
[[gnu::noinline]] Ledger::Claimed Ledger::ClaimNamed(Calendar& calendar, Channel channel,
                                                     LocalMinute slot, Instant earliest,
                                                     Instant latest, uint64_t random) {
  const size_t position = calendar.PositionOf(slot);
  if (position == Calendar::kNone) return Claimed{};
  const Instant start = calendar.entries()[position].starts_at;
  if (start < earliest || start > latest) return Claimed{};
  return ClaimInSlot(calendar, channel, position, random);
}

// The seat's word says free, and this thread alone may say so to others.
void Ledger::GiveBit(SeatId seat, Channel channel) {
  const SeatPlace place = PlaceOf(seat);
  GiveBits(SlotOf(place.slot), channel, uint64_t{1} << place.number);
}

// The same where the slot is known.
void Ledger::GiveBits(Slot& slot, Channel channel, uint64_t bits) {
  const uint64_t before = slot.free[static_cast<size_t>(channel)].fetch_or(bits);
  CHECK((before & bits) == 0);  // a bit set twice would be a seat given twice
  AgendaState& agenda = agendas_[slot.agenda.value];
  agenda.freeings[static_cast<size_t>(channel)].fetch_add(1);
  // Loaded after the word was set: if this is the old calendar, the new one starts with all bits
  // set.
  if (Calendar* calendar = agenda.calendar.load()) {
    const size_t position = calendar->PositionOf(slot.start);
    if (position != Calendar::kNone) calendar->summary(channel).Set(position);
  }
}

}  // namespace creneau::ledger
