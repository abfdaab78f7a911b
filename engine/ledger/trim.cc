// Bringing a slot's seats to what the calendar in force says: by claims and transitions like any
// other.

#include "base/check.h"
#include "ledger/ledger.h"
#include "ledger/tally.h"

namespace creneau::ledger {

// A free seat, if this thread gets its bit, leaves the calendar at once.
bool Ledger::WithdrawFree(SeatId seat, Channel channel, EventSink& sink) {
  const SeatPlace place = PlaceOf(seat);
  const uint64_t bit = uint64_t{1} << place.number;
  if ((SlotOf(place.slot).free[static_cast<size_t>(channel)].fetch_and(~bit) & bit) == 0)
    return false;
  SeatWord word = WordOf(seat);
  CHECK(word.state() == SeatState::kFree && !word.pending());
  const SeatWord withdrawn = word.NextStep().With(SeatState::kWithdrawn).WithPending(true);
  CHECK(CompareExchange(seat, word, withdrawn));
  Finish(seat, withdrawn, sink);
  return true;
}

// So does one that was set aside and that nobody has been offered.
bool Ledger::WithdrawAside(SeatId seat, Channel channel, EventSink& sink) {
  SeatWord word = Settle(seat, sink);
  if (word.state() != SeatState::kAside || word.channel() != channel) return false;
  const SeatWord withdrawn = word.NextStep().With(SeatState::kWithdrawn).WithPending(true);
  if (!CompareExchange(seat, word, withdrawn)) return false;
  Finish(seat, withdrawn, sink);
  return true;
}

// Sets or takes back the mark that a seat is withdrawn when it ends.
bool Ledger::MarkLast(SeatId seat, Channel channel, bool last, bool cooling, EventSink& sink) {
  for (;;) {
    SeatWord word = Settle(seat, sink);
    const bool fits = cooling ? IsCooling(word.state()) : IsReserved(word.state());
    if (!fits || word.channel() != channel || word.last() == last ||
        word.step() + 8 >= limits::kMaxStep)
      return false;
    const SeatWord marked = word.NextStep().WithLast(last).WithPending(true);
    if (!CompareExchange(seat, word, marked)) continue;
    Finish(seat, marked, sink);
    return true;
  }
}

// A withdrawn seat comes back, in a new generation, perhaps in another channel.
bool Ledger::Restore(SeatId seat, Channel channel, EventSink& sink) {
  SeatWord word = Settle(seat, sink);
  if (word.state() != SeatState::kWithdrawn ||
      word.generation().value + 1 >= limits::kMaxGeneration)
    return false;
  const SeatWord free =
      word.NextGeneration().With(SeatState::kFree).WithChannel(channel).WithPending(true);
  if (!CompareExchange(seat, word, free)) return false;
  Finish(seat, free, sink);
  return true;
}

// Seats nobody has go first, those kept for an offer last of them, then those that are cooling; a
// reserved one stays its holder's to the end.
void Ledger::TakeAway(const SlotTally& before, const Slot& slot, Channel channel, uint32_t excess,
                      TrimCounts& counts, EventSink& sink) {
  const auto each = [&](auto act, uint32_t& count) {
    for (uint32_t number = 0; number < before.made && excess > 0; ++number) {
      if (!act(SeatAt(slot, number))) continue;
      --excess;
      ++count;
    }
  };
  each([&](SeatId seat) { return WithdrawFree(seat, channel, sink); }, counts.withdrawn);
  each([&](SeatId seat) { return WithdrawAside(seat, channel, sink); }, counts.withdrawn);
  each([&](SeatId seat) { return MarkLast(seat, channel, true, /*cooling=*/true, sink); },
       counts.withdrawn);
  each([&](SeatId seat) { return MarkLast(seat, channel, true, /*cooling=*/false, sink); },
       counts.kept);
}

// Those on their way out stay, then those that have gone come back.
void Ledger::BringBack(const SlotTally& before, const Slot& slot, Channel channel, uint32_t need,
                       TrimCounts& counts, EventSink& sink) {
  const auto each = [&](auto act) {
    for (uint32_t number = 0; number < before.made && need > 0; ++number) {
      if (!act(SeatAt(slot, number))) continue;
      --need;
      ++counts.restored;
    }
  };
  each([&](SeatId seat) { return MarkLast(seat, channel, false, /*cooling=*/false, sink); });
  each([&](SeatId seat) { return MarkLast(seat, channel, false, /*cooling=*/true, sink); });
  each([&](SeatId seat) { return Restore(seat, channel, sink); });
}

uint32_t Ledger::TakeFree(SlotId id, Channel channel, uint32_t most, EventSink& sink) {
  const Epochs::Guard guard(epochs_);
  const Slot& slot = SlotOf(id);
  const Atomic<uint64_t>& free = slot.free[static_cast<size_t>(channel)];
  uint32_t taken = 0;
  for (uint32_t number = slot.seats_made.load(std::memory_order_acquire); number-- > 0;) {
    if (taken == most) break;
    if ((free.load() >> number & 1) != 0 && WithdrawFree(SeatAt(slot, number), channel, sink))
      ++taken;
  }
  return taken;
}

TrimCounts Ledger::Trim(SlotId id, EventSink& sink) {
  const Epochs::Guard guard(epochs_);
  const Slot& slot = SlotOf(id);
  std::array<uint8_t, kChannels> target{};
  if (const Calendar* calendar = CalendarOf(slot.agenda)) {
    const size_t position = calendar->PositionOf(slot.start);
    if (position != Calendar::kNone) target = calendar->entries()[position].seats;
  }
  TrimCounts counts;
  const SlotTally before = TallyOf(slot);
  for (const Channel channel : kAllChannels) {
    const auto c = static_cast<size_t>(channel);
    const uint32_t staying = before.channel[c].staying();
    if (staying > target[c]) TakeAway(before, slot, channel, staying - target[c], counts, sink);
  }
  for (const Channel channel : kAllChannels) {
    const auto c = static_cast<size_t>(channel);
    const uint32_t staying = before.channel[c].staying();
    if (staying < target[c]) BringBack(before, slot, channel, target[c] - staying, counts, sink);
  }
  const SlotTally after = TallyOf(slot);
  for (size_t c = 0; c < kChannels; ++c) {
    const uint32_t staying = after.channel[c].staying();
    counts.left += staying > target[c] ? staying - target[c] : target[c] - staying;
  }
  return counts;
}

}  // namespace creneau::ledger
