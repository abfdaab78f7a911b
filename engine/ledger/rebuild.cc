// What is derived from the seats, once all are in place: free words, the index, the count of holds,
// the seats with a deadline. Slot by slot, so that several threads can share the slots out.

#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/tally.h"

namespace creneau::ledger {
namespace {

constexpr uint32_t kSeatsPerLine = 2;  // of a cache

}  // namespace

// A seat that is not free.
absl::Status Ledger::RebuildSeat(SeatId id, SeatWord word, const Slot& slot) {
  if (IsStewards(word.state())) touched_.Add(id.value / limits::kSeatsPerBlock);
  const bool answers =
      word.state() == SeatState::kCoolingCancelled || word.state() == SeatState::kCoolingExpired;
  const SeatRef ref{id, word.generation()};
  if (word.moves() > 0 && (IsReserved(word.state()) || answers)) {
    const IndexKey name = IndexKey::OfName(IndexValue(cold_[id.value].origin.load()).ref());
    index_.MakeRoom(name);
    index_.Insert(name, ref);
  }
  if (!IsReserved(word.state())) return absl::OkStatus();
  const IndexKey key = IndexKey::Of(ImageOf(id, word).subject);
  index_.MakeRoom(key);
  if (const IndexValue other = index_.Insert(key, ref); !other.empty()) {
    return absl::DataLossError(absl::StrFormat(
        "one subject has two live reservations: seats %d and %d (the second in slot %s)",
        other.ref().seat.value, id.value, FormatLocalMinute(slot.start)));
  }
  return absl::OkStatus();
}

// Whether the calendar in force wants other seats than there are: Trim would have work to do.
// `likely`: where its entry may be; then, of the one behind it.
bool Ledger::IsUntrimmed(const Slot& slot, const SlotTally& tally, size_t* likely) const {
  std::array<uint8_t, kChannels> target{};
  if (const Calendar* calendar = CalendarOf(slot.agenda)) {
    const auto& entries = calendar->entries();
    const bool there = *likely < entries.size() && entries[*likely].start == slot.start;
    const size_t position = there ? *likely : calendar->PositionOf(slot.start);
    if (position != Calendar::kNone) {
      target = entries[position].seats;
      *likely = position + 1;
    }
  }
  for (size_t c = 0; c < kChannels; ++c) {
    if (tally.channel[c].staying() != target[c]) return true;
  }
  return false;
}

absl::Status Ledger::RebuildSlot(SlotId id, Rebuilt* rebuilt, size_t* likely) {
  Slot& slot = SlotOf(id);
  SlotTally tally;
  tally.made = slot.seats_made.load();
  std::array<uint64_t, kChannels> free{};
  std::array<SeatId, limits::kSeatsPerSlot> taken;
  size_t count = 0;
  for (uint32_t number = 0; number < tally.made; ++number) {
    const SeatId seat = SeatAt(slot, number);
    if (number % limits::kSeatsPerBlock == 0 && !written_.Has(seat)) {
      const uint32_t seats = std::min(limits::kSeatsPerBlock, tally.made - number);
      tally.AddUnwritten(seats);
      free[static_cast<size_t>(SeatWord().channel())] |= ((uint64_t{1} << seats) - 1) << number;
      number += seats - 1;
      continue;
    }
    // The next slot's mostly follow on this one's, and none is fetched by the time that it is read.
    if (number % kSeatsPerLine == 0 && seat.value < limits::kMaxSeats - limits::kSeatsPerSlot)
      Prefetch({SeatId{seat.value + limits::kSeatsPerSlot}, {}});
    const SeatWord word = WordOf(seat);
    tally.Add(word);
    if (word.state() == SeatState::kFree) {
      free[static_cast<size_t>(word.channel())] |= uint64_t{1} << number;
      continue;
    }
    taken[count++] = seat;
    // A slot's entries are fetched together: each is a cache miss of its own.
    if (IsReserved(word.state())) index_.Prefetch(IndexKey::Of(ImageOf(seat, word).subject));
  }
  for (size_t c = 0; c < kChannels; ++c) slot.free[c].store(free[c], std::memory_order_relaxed);
  SeatCounts& counts = rebuilt->counts;
  counts.in_calendar += tally.made;
  for (size_t i = 0; i < count; ++i) {
    const SeatWord word = WordOf(taken[i]);
    if (word.state() == SeatState::kWithdrawn) --counts.in_calendar;
    if (word.state() == SeatState::kHeld) ++counts.held;
    if (word.state() == SeatState::kConfirmed) ++counts.confirmed;
    if (absl::Status status = RebuildSeat(taken[i], word, slot); !status.ok()) return status;
  }
  if (IsUntrimmed(slot, tally, likely)) rebuilt->untrimmed.push_back(id);
  return absl::OkStatus();
}

void Ledger::BeginRebuild() {
  epochs_.ForgetCount();
  helped_holds_.store(0);
  index_.Reset(reserved_);
  written_.NoteRebuild();
  seats_.Want(Pages::kHuge);
  // Of one that was in use, clues have been taken away that its words give again.
  for (size_t a = 0; a < agendas_.size(); ++a) {
    if (Calendar* calendar = agendas_[a].calendar.load()) {
      calendar->HintAll();
      for (Atomic<uint64_t>& freeings : agendas_[a].freeings) freeings.fetch_add(1);
    }
  }
}

absl::Status Ledger::RebuildSlots(uint32_t from, uint32_t until, Rebuilt* rebuilt) {
  Epochs::Guard guard(epochs_);
  CHECK(until <= slots_made_.load());
  // Counted here: what other threads count may share a line of the cache with `rebuilt`.
  Rebuilt here;
  size_t likely = 0;
  for (uint32_t s = from; s < until; ++s) {
    if (absl::Status status = RebuildSlot(SlotId{s}, &here, &likely); !status.ok()) return status;
  }
  AddHolds(static_cast<int64_t>(here.counts.held), &guard);
  rebuilt->Add(here);
  return absl::OkStatus();
}

absl::Status Ledger::Rebuild() {
  Rebuilt rebuilt;
  BeginRebuild();
  return RebuildSlots(0, slots_made(), &rebuilt);
}

}  // namespace creneau::ledger
