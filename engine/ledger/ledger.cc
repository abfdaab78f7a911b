#include "ledger/ledger.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace creneau::ledger {

std::string_view SeatStateName(SeatState state) {
  switch (state) {
    case SeatState::kFree:
      return "free";
    case SeatState::kClaimed:
      return "claimed";
    case SeatState::kMoving:
      return "moving";
    case SeatState::kHeld:
      return "held";
    case SeatState::kConfirmed:
      return "confirmed";
    case SeatState::kCoolingCancelled:
      return "cooling-cancelled";
    case SeatState::kCoolingExpired:
      return "cooling-expired";
    case SeatState::kCoolingMoved:
      return "cooling-moved";
    case SeatState::kOffered:
      return "offered";
    case SeatState::kWithdrawn:
      return "withdrawn";
    case SeatState::kAside:
      return "aside";
    case SeatState::kJoining:
      return "joining";
    case SeatState::kLeading:
      return "leading";
  }
  CHECK(false);
}

Ledger::Ledger()
    : seats_(limits::kMaxSeats, Pages::kHuge),
      cold_(limits::kMaxSeats),
      block_slots_(limits::kMaxBlocks),
      slots_(limits::kMaxSlots, Pages::kHuge),
      agendas_(limits::kMaxAgendas),
      touched_(limits::kMaxBlocks),
      index_(epochs_, *this) {}

Ledger::~Ledger() {
  for (size_t i = 0; i < agendas_.size(); ++i) {
    const std::unique_ptr<Calendar> owned(agendas_[i].calendar.load());
  }
}

void Ledger::TakeTouched(const std::function<void(SeatId, SeatWord)>& each) {
  const size_t blocks = seats_made_.load(std::memory_order_acquire) / limits::kSeatsPerBlock;
  touched_.Take(blocks, [&](size_t block) {
    for (uint32_t i = 0; i < limits::kSeatsPerBlock; ++i) {
      const SeatId seat{static_cast<uint32_t>(block) * limits::kSeatsPerBlock + i};
      const SeatWord word{seats_[seat.value].word.load()};  // in the one order: inbox.h
      if (IsStewards(word.state())) each(seat, word);
    }
  });
}

void Ledger::TouchSeats(const std::function<bool()>& stop) {
  constexpr size_t kAtOnce = 65'536;  // seats in a huge page: one fault of the system's
  const size_t made = seats_made_.load(std::memory_order_acquire);
  for (size_t from = 0; from < made && !stop(); from += kAtOnce)
    seats_.Touch(from, std::min(kAtOnce, made - from), Pages::kHuge);
  if (stop()) return;
  ProvideFor(0);
}

SeatWord Ledger::WordOf(SeatId seat) const {
  return SeatWord(seats_[seat.value].word.load(std::memory_order_acquire));
}

std::vector<Ledger::SlotCount> Ledger::Slots(AgendaId agenda, Instant earliest, Instant latest,
                                             size_t limit) {
  std::vector<SlotCount> out;
  const Epochs::Guard guard(epochs_);
  const Calendar* calendar = CalendarOf(agenda);
  if (calendar == nullptr) return out;
  const auto& entries = calendar->entries();
  for (size_t i = calendar->FirstFrom(earliest); i < entries.size() && out.size() < limit; ++i) {
    const CalendarEntry& entry = entries[i];
    if (entry.starts_at > latest) break;
    SlotCount count{entry.start, entry.starts_at, entry.minutes, {},
                    entry.seats, entry.listed,    entry.shifted};
    const Slot& slot = SlotOf(entry.slot);
    for (size_t c = 0; c < kChannels; ++c) {
      count.free[c] =
          static_cast<uint8_t>(std::popcount(slot.free[c].load(std::memory_order_relaxed)));
    }
    out.push_back(count);
  }
  return out;
}

std::vector<LocalMinute> Ledger::FreeNear(AgendaId agenda, Channel channel, LocalMinute start,
                                          Instant earliest, Instant latest, size_t limit) {
  std::vector<LocalMinute> out;
  const Epochs::Guard guard(epochs_);
  Calendar* calendar = CalendarOf(agenda);
  if (calendar == nullptr) return out;
  const auto& entries = calendar->entries();
  const size_t first = calendar->FirstFrom(earliest);
  const size_t until = calendar->FirstFrom(latest + 1);
  size_t after = calendar->PositionOf(start);
  if (after == Calendar::kNone || after < first) after = first;
  if (after > until) after = until;
  size_t before = after;
  const auto take = [&](size_t i) {
    const uint64_t free = SlotOf(entries[i].slot).free[static_cast<size_t>(channel)].load();
    if (free != 0 && entries[i].start != start) out.push_back(entries[i].start);
  };
  // Outwards from the slot asked for; a bounded look, since this helps and promises nothing.
  for (int looked = 0; looked < 2'000 && out.size() < limit; ++looked) {
    const bool more_after = after < until;
    const bool more_before = before > first;
    if (!more_after && !more_before) break;
    if (more_after) take(after++);
    if (more_before && out.size() < limit) take(--before);
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool Ledger::AnyFree(AgendaId agenda, Channel channel, Instant earliest, Instant latest) {
  const Epochs::Guard guard(epochs_);
  Calendar* calendar = CalendarOf(agenda);
  if (calendar == nullptr) return false;
  const auto& entries = calendar->entries();
  Bitmap& summary = calendar->summary(channel);
  for (size_t i = summary.Find(calendar->FirstFrom(earliest)); i < entries.size();
       i = summary.Find(i + 1)) {
    if (entries[i].starts_at > latest) break;
    const Atomic<uint64_t>& word = SlotOf(entries[i].slot).free[static_cast<size_t>(channel)];
    if (word.load() != 0) return true;
    summary.Clear(i, [&] { return word.load() != 0; });
  }
  return false;
}

std::optional<Instant> Ledger::StartOf(AgendaId agenda, LocalMinute slot) {
  const Epochs::Guard guard(epochs_);
  const Calendar* calendar = CalendarOf(agenda);
  if (calendar == nullptr) return std::nullopt;
  const size_t position = calendar->PositionOf(slot);
  if (position == Calendar::kNone) return std::nullopt;
  return calendar->entries()[position].starts_at;
}

std::array<ChannelCount, kChannels> Ledger::Count(AgendaId agenda, Instant from, Instant until) {
  std::array<ChannelCount, kChannels> counts{};
  const Epochs::Guard guard(epochs_);
  const Calendar* calendar = CalendarOf(agenda);
  if (calendar == nullptr) return counts;
  const auto& entries = calendar->entries();
  for (size_t i = calendar->FirstFrom(from); i < entries.size(); ++i) {
    if (entries[i].starts_at > until) break;
    const Slot& slot = SlotOf(entries[i].slot);
    for (size_t c = 0; c < kChannels; ++c) counts[c].published += entries[i].seats[c];
    const uint32_t made = slot.seats_made.load(std::memory_order_acquire);
    for (uint32_t number = 0; number < made; ++number) {
      const SeatWord word = WordOf(SeatAt(slot, number));
      ChannelCount& count = counts[static_cast<size_t>(word.channel())];
      if (word.state() == SeatState::kFree) ++count.free;
      if (word.state() == SeatState::kHeld) ++count.held;
      if (word.state() == SeatState::kConfirmed) ++count.confirmed;
      if (IsCooling(word.state())) ++count.cooling;
      if (word.state() == SeatState::kOffered) ++count.offered;
      if (word.state() == SeatState::kAside) ++count.aside;
    }
  }
  return counts;
}

SeatCounts Ledger::CountSeats() const {
  SeatCounts counts;
  for (uint32_t s = 0; s < slots_made_.load(); ++s) {
    const uint32_t made = slots_[s].seats_made.load(std::memory_order_acquire);
    for (uint32_t number = 0; number < made; ++number) {
      const SeatState state = WordOf(SeatAt(slots_[s], number)).state();
      if (state != SeatState::kWithdrawn) ++counts.in_calendar;
      if (state == SeatState::kHeld) ++counts.held;
      if (state == SeatState::kConfirmed) ++counts.confirmed;
    }
  }
  return counts;
}

uint64_t Ledger::live_holds() const {
  const int64_t sum = epochs_.counted() + helped_holds_.load(std::memory_order_relaxed);
  return sum < 0 ? 0 : static_cast<uint64_t>(sum);
}

// With the thread's own guard where it is at hand, whoever's hold it is: only the sum says
// something.
void Ledger::AddHolds(int64_t change, Epochs::Guard* guard) {
  if (guard != nullptr) {
    guard->Count(change);
  } else {
    helped_holds_.fetch_add(change, std::memory_order_relaxed);
  }
}

}  // namespace creneau::ledger
