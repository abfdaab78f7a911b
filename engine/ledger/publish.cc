// Publication: what a new calendar takes, and putting it in force.

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/tally.h"

namespace creneau::ledger {

Ledger::SlotTally Ledger::TallyOf(const Slot& slot) const {
  SlotTally tally;
  tally.made = slot.seats_made.load(std::memory_order_acquire);
  for (uint32_t number = 0; number < tally.made; ++number) tally.Add(WordOf(SeatAt(slot, number)));
  return tally;
}

// Adds to the plan what one slot takes. `change` is null where the slot is not in the new calendar.
void Ledger::PlanSlot(const Slot& slot, const std::array<uint8_t, kChannels>& target,
                      PublicationPlan& plan, SlotChange* change) const {
  const SlotTally tally = TallyOf(slot);
  uint32_t pool = tally.restorable;
  for (size_t c = 0; c < kChannels; ++c) {
    const SlotTally::OfChannel& of = tally.channel[c];
    if (target[c] >= of.staying()) {
      const uint32_t need = target[c] - of.staying();
      plan.added += need;
      const uint32_t kept_again = std::min(need, of.last);
      const uint32_t restored = std::min(need - kept_again, pool);
      pool -= restored;
      const uint32_t made = need - kept_again - restored;
      if (change != nullptr) change->fresh[c] = static_cast<uint8_t>(made);
      continue;
    }
    const uint32_t excess = of.staying() - target[c];
    const uint32_t at_once = std::min(excess, of.free + of.cooling + of.aside);
    plan.withdrawn += at_once;
    if (excess > at_once) {
      plan.kept += excess - at_once;
      if (plan.displaced.empty() || plan.displaced.back() != slot.start)
        plan.displaced.push_back(slot.start);
    }
  }
}

PublicationPlan Ledger::Plan(AgendaId agenda, uint32_t version,
                             const std::vector<SlotTarget>& targets, Instant now) {
  PublicationPlan plan;
  plan.change.agenda = agenda;
  plan.change.version = version;
  const SlotsByStart& known = slots_by_start_[agenda];
  uint32_t next_slot = slots_made_.load();
  uint32_t next_block = seats_made_.load() / limits::kSeatsPerBlock;
  SlotsByStart leaving = known;
  for (const SlotTarget& target : targets) {
    SlotChange change{SlotId{}, target.start, target.starts_at, target.minutes, target.seats,
                      {},       next_block,   target.listed,    target.shifted};
    uint32_t made = 0;
    if (const auto at = known.find(target.start); at != known.end()) {
      change.slot = at->second;
      made = SlotOf(at->second).seats_made.load();
      if (target.starts_at > now) PlanSlot(SlotOf(at->second), target.seats, plan, &change);
      leaving.erase(target.start);
    } else {
      change.slot = SlotId{next_slot++};
      change.fresh = target.seats;
      for (const uint8_t seats : target.seats) plan.added += seats;
    }
    uint32_t after = made;
    for (const uint8_t seats : change.fresh) after += seats;
    if (after > limits::kSeatsPerSlot) plan.overfull.push_back(target.start);
    next_block += BlocksFor(after) - BlocksFor(made);
    plan.change.slots.push_back(change);
  }
  for (const auto& [start, slot] : leaving) {
    if (StartOf(SlotOf(slot)) > now) PlanSlot(SlotOf(slot), {}, plan, nullptr);
  }
  plan.no_room = next_slot > limits::kMaxSlots || next_block > limits::kMaxBlocks;
  return plan;
}

void Ledger::MakeSlot(AgendaId agenda, const SlotChange& change) {
  if (change.slot.value >= slots_made_.load()) {
    CHECK(change.slot.value == slots_made_.load());
    Slot& slot = SlotOf(change.slot);
    slot.agenda = agenda;
    slot.start = change.start;
    slots_made_.store(change.slot.value + 1);
    SlotsByStart& known = slots_by_start_[agenda];
    known.insert_or_assign(known.end(), change.start, change.slot);  // mostly by start: the last
  }
  Slot& slot = SlotOf(change.slot);
  CHECK(slot.agenda == agenda && slot.start == change.start);
  slot.starts_at_ms.store(change.starts_at.ms, std::memory_order_relaxed);
  slot.minutes.store(change.minutes, std::memory_order_relaxed);
}

absl::Status Ledger::Check(const CalendarChange& change) const {
  const auto wrong = [&](const SlotChange& slot, const char* what) {
    return absl::DataLossError(absl::StrFormat("calendar %d of agenda number %d, slot %s: %s",
                                               change.version, change.agenda.value,
                                               FormatLocalMinute(slot.start), what));
  };
  if (change.agenda.value >= limits::kMaxAgendas)
    return absl::DataLossError(
        absl::StrFormat("agenda number %d is beyond those there are", change.agenda.value));
  uint32_t next_slot = slots_made_.load();
  uint32_t next_block = seats_made_.load() / limits::kSeatsPerBlock;
  const SlotChange* before = nullptr;
  for (const SlotChange& slot : change.slots) {
    if (before != nullptr && (slot.start <= before->start || slot.starts_at <= before->starts_at)) {
      return wrong(slot, "does not begin after the one before it");
    }
    before = &slot;
    const bool known = slot.slot.value < slots_made_.load();
    if (!known && slot.slot.value != next_slot++) return wrong(slot, "its number was skipped");
    const Slot& old = SlotOf(slot.slot);
    if (known && (old.agenda != change.agenda || old.start != slot.start))
      return wrong(slot, "its number is that of another slot");
    const uint32_t made = known ? old.seats_made.load() : 0;
    uint32_t after = made;
    for (const uint8_t fresh : slot.fresh) after += fresh;
    if (after > limits::kSeatsPerSlot) return wrong(slot, "it has more seats than a slot can have");
    if (BlocksFor(after) > BlocksFor(made) && slot.first_block != next_block)
      return wrong(slot, "its seats' numbers do not follow on those before them");
    next_block += BlocksFor(after) - BlocksFor(made);
  }
  if (next_slot > limits::kMaxSlots || next_block > limits::kMaxBlocks)
    return absl::DataLossError("a calendar with more slots or seats than there are numbers for");
  return absl::OkStatus();
}

void Ledger::MakeSeats(const SlotChange& change, bool recovering) {
  Slot& slot = SlotOf(change.slot);
  uint32_t number = slot.seats_made.load();
  uint32_t block = change.first_block;
  for (size_t c = 0; c < kChannels; ++c) {
    for (uint32_t i = 0; i < change.fresh[c]; ++i, ++number) {
      CHECK(number < limits::kSeatsPerSlot);
      if (number % limits::kSeatsPerBlock == 0) {
        CHECK(block == seats_made_.load() / limits::kSeatsPerBlock);
        const uint32_t nth = number / limits::kSeatsPerBlock;
        slot.Block(nth).store(block, std::memory_order_relaxed);
        block_slots_[block].store(change.slot.value * limits::kBlocksPerSlot + nth,
                                  std::memory_order_release);
        ++block;
        seats_made_.store(block * limits::kSeatsPerBlock, std::memory_order_release);
      }
      const SeatWord word = SeatWord().WithChannel(static_cast<Channel>(c));
      if (recovering && word == SeatWord()) {
        // As they were given (written.h): on to the block's last.
        const uint32_t more = std::min(change.fresh[c] - i,
                                       limits::kSeatsPerBlock - number % limits::kSeatsPerBlock) -
                              1;
        i += more;
        number += more;
      } else {
        const SeatId seat = SeatAt(slot, number);
        if (recovering) written_.Note(seat);
        seats_[seat.value].word.store(word.bits(), std::memory_order_release);
      }
      // Release: whoever iterates over the slot's seats sees their blocks and words.
      slot.seats_made.store(number + 1, std::memory_order_release);
      // One by one: a publisher that stops for ever keeps back one seat, not a slot's.
      if (!recovering) GiveBits(slot, static_cast<Channel>(c), uint64_t{1} << number);
    }
  }
}

size_t Ledger::FreshSeats(const CalendarChange& change) {
  size_t seats = 0;
  for (const SlotChange& slot : change.slots)
    seats += std::reduce(slot.fresh.begin(), slot.fresh.end(), size_t{0});
  return seats;
}

// How many seats the calendars in force will have with this change: so many subjects may come.
void Ledger::ExpectSeats(const CalendarChange& change) {
  const auto count = [](const auto& slots) {
    size_t seats = 0;
    for (const auto& slot : slots) seats += std::reduce(slot.seats.begin(), slot.seats.end(), 0u);
    return seats;
  };
  seats_in_force_ += count(change.slots);
  if (const Calendar* old = CalendarOf(change.agenda)) seats_in_force_ -= count(old->entries());
  index_.Expect(seats_in_force_ < limits::kIndexSeatsToProvideFor ? 0 : seats_in_force_);
}

// Room in the index for whoever takes the free seats of the calendars in force, and `more`.
void Ledger::ProvideFor(size_t more) {
  const Epochs::Guard guard(epochs_);
  size_t keys = more;
  for (size_t a = 0; a < agendas_.size(); ++a) {
    const Calendar* calendar = CalendarOf(AgendaId{static_cast<uint32_t>(a)});
    if (calendar == nullptr) continue;
    for (const CalendarEntry& entry : calendar->entries()) {
      for (const Atomic<uint64_t>& free : SlotOf(entry.slot).free)
        keys += static_cast<size_t>(std::popcount(free.load(std::memory_order_relaxed)));
    }
  }
  if (keys >= limits::kIndexSeatsToProvideFor) index_.Provide(keys);
}

void Ledger::Apply(const CalendarChange& change, bool recovering) {
  CHECK(change.agenda.value < limits::kMaxAgendas);
  if (!recovering) written_.NoteAll();
  // Of a huge page little may be written to; what is used afterwards comes in them (BeginRebuild).
  if (recovering) seats_.Want(Pages::kSmall);
  const size_t seats_before = seats_in_force_;
  ExpectSeats(change);
  // Under a guard of its own: what it retires can go before the next publication. Seats that go
  // from one channel to another are no more than there were.
  if (!recovering && seats_in_force_ > seats_before) ProvideFor(FreshSeats(change));
  const Epochs::Guard guard(epochs_);
  std::vector<CalendarEntry> entries;
  entries.reserve(change.slots.size());
  for (const SlotChange& slot : change.slots) {
    MakeSlot(change.agenda, slot);
    MakeSeats(slot, recovering);
    entries.push_back(CalendarEntry{slot.start, slot.slot, slot.starts_at, slot.minutes, slot.seats,
                                    slot.listed, slot.shifted});
  }
  auto calendar = std::make_unique<Calendar>(change.agenda, change.version, std::move(entries));
  Calendar* old = agendas_[change.agenda.value].calendar.exchange(calendar.release());
  if (old != nullptr) {
    epochs_.Retire([old] { const std::unique_ptr<Calendar> owned(old); });
  }
}

std::vector<SlotId> Ledger::SlotsOf(AgendaId agenda, Instant now) const {
  std::vector<SlotId> slots;
  if (const auto at = slots_by_start_.find(agenda); at != slots_by_start_.end()) {
    for (const auto& [start, slot] : at->second) {
      if (StartOf(SlotOf(slot)) > now) slots.push_back(slot);
    }
  }
  return slots;
}

}  // namespace creneau::ledger
