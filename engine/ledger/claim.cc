// Free words and summaries: taking a seat's bit and giving it back.

#include <bit>

#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

Ledger::SeatPlace Ledger::PlaceOf(SeatId seat) const {
  const uint32_t block =
      block_slots_[seat.value / limits::kSeatsPerBlock].load(std::memory_order_acquire);
  return SeatPlace{SlotId{block / limits::kBlocksPerSlot},
                   block % limits::kBlocksPerSlot * limits::kSeatsPerBlock +
                       seat.value % limits::kSeatsPerBlock};
}

SeatId Ledger::SeatAt(const Slot& slot, uint32_t number) const {
  const uint32_t block =
      slot.blocks[number / limits::kSeatsPerBlock].load(std::memory_order_relaxed);
  return SeatId{block * limits::kSeatsPerBlock + number % limits::kSeatsPerBlock};
}

namespace {

// The first set bit after a random place: two who come at once seldom want the same.
uint32_t PickBit(uint64_t bits, uint64_t random) {
  const int turn = static_cast<int>(random % 64);
  return static_cast<uint32_t>((std::countr_zero(std::rotr(bits, turn)) + turn) % 64);
}

}  // namespace

// Where a claim will begin, looked at before it is known whether there will be one: the memory that
// it needs is fetched meanwhile. `position` may be beyond the range.
Ledger::Candidate Ledger::Foresee(const Calendar& calendar, Channel channel, size_t position,
                                  size_t until, uint64_t random) const {
  Candidate candidate{position, 0};
  if (position >= until) return candidate;
  const Slot& slot = SlotOf(calendar.entries()[position].slot);
  const Atomic<uint64_t>& free = slot.free[static_cast<size_t>(channel)];
  __builtin_prefetch(&free, 1);  // for writing, so that it comes once and not twice
  candidate.free = free.load();
  if (candidate.free != 0) {
    const uint32_t number = PickBit(candidate.free, random);
    const SeatId seat = SeatAt(slot, number);
    __builtin_prefetch(&seats_[seat.value], 1);
    touched_.Prefetch(seat.value / limits::kSeatsPerBlock);
    const bool untouched = (candidate.free >> number / 8 * 8 & 0xff) == 0xff;
    static_assert(limits::kSeatsPerBlock == 8);
    if (untouched && position + 1 < until)
      FetchNext(calendar.entries()[position + 1].slot, seat.value / limits::kSeatsPerBlock);
  }
  return candidate;
}

// Whoever takes the first seat of a block fetches what those will need who take the first ones of
// the next: that slot, and the seats after these, which are the next slot's if the two were made
// together. For reading: who comes next may be on another core.
void Ledger::FetchNext(SlotId next, uint32_t block) const {
  const Slot& slot = SlotOf(next);
  __builtin_prefetch(&slot);
  __builtin_prefetch(&slot.blocks);
  const uint32_t seat = (block + 1) % limits::kMaxBlocks * limits::kSeatsPerBlock;
  for (uint32_t i = 0; i < limits::kSeatsPerBlock; i += 2) __builtin_prefetch(&seats_[seat + i]);
}

std::optional<SeatId> Ledger::ClaimInSlot(Calendar& calendar, Channel channel,
                                          const Candidate& candidate, uint64_t random) {
  const size_t position = candidate.position;
  Slot& slot = SlotOf(calendar.entries()[position].slot);
  Atomic<uint64_t>& free = slot.free[static_cast<size_t>(channel)];
  uint64_t seen = candidate.free;
  while (seen != 0) {
    const uint32_t number = PickBit(seen, random);
    const uint64_t bit = uint64_t{1} << number;
    const uint64_t before = free.fetch_and(~bit);
    if ((before & ~bit) == 0)
      calendar.summary(channel).Clear(position, [&] { return free.load() != 0; });
    if ((before & bit) != 0) return SeatAt(slot, number);
    seen = before & ~bit;
  }
  calendar.summary(channel).Clear(position, [&] { return free.load() != 0; });
  return std::nullopt;
}

// The earliest free seat of the range: `at` is where the summary says that it may be, and
// afterwards where the seat is.
std::optional<SeatId> Ledger::Claim(Calendar& calendar, Channel channel, Calendar::Range range,
                                    Candidate& at, uint64_t random) {
  const Bitmap& summary = calendar.summary(channel);
  while (at.position < range.until) {
    if (const auto seat = ClaimInSlot(calendar, channel, at, random)) return seat;
    at = Foresee(calendar, channel, summary.Find(at.position + 1), range.until, random);
  }
  return ClaimByLook(calendar, channel, range, at, random);
}

// The summary says nothing is left. Somebody who stopped between freeing a seat and saying so must
// not make that the answer, so the words themselves are read, once for each freeing.
std::optional<SeatId> Ledger::ClaimByLook(Calendar& calendar, Channel channel,
                                          Calendar::Range range, Candidate& at, uint64_t random) {
  const uint64_t freeings =
      agendas_[calendar.agenda().value].freeings[static_cast<size_t>(channel)].load();
  if (calendar.KnownEmpty(channel, range.first, range.until, freeings)) return std::nullopt;
  for (size_t i = range.first; i < range.until; ++i) {
    at = Foresee(calendar, channel, i, range.until, random);
    if (at.free == 0) continue;
    if (const auto seat = ClaimInSlot(calendar, channel, at, random)) return seat;
  }
  calendar.NoteEmpty(channel, range.first, range.until, freeings);
  return std::nullopt;
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
