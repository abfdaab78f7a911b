// Snapshots: seats read one by one while everyone goes on, and put back.
//
// Why the images suffice, with every event from before the scan's position on: an event that was
// pushed before the position was decided before it, so the word that the scan reads is that one or
// a later one. A word that it tells has no mark, so its event is in the queue; a private seat is
// told as its last event left it. So each image is exactly what some logged event (or the calendar)
// made, and not older than the position; Apply takes from the rest of the log what is newer.

#include <utility>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/tally.h"

namespace creneau::ledger {

std::vector<uint8_t> Ledger::SeatsBySlot() const {
  std::vector<uint8_t> seats(slots_made_.load());
  for (size_t s = 0; s < seats.size(); ++s)
    seats[s] = static_cast<uint8_t>(slots_[s].seats_made.load(std::memory_order_acquire));
  return seats;
}

CalendarChange Ledger::InForce(AgendaId agenda) {
  const Epochs::Guard guard(epochs_);
  CalendarChange change;
  change.agenda = agenda;
  const Calendar* calendar = CalendarOf(agenda);
  if (calendar == nullptr) return change;
  change.version = calendar->version();
  change.slots.reserve(calendar->entries().size());
  for (const CalendarEntry& entry : calendar->entries()) {
    change.slots.push_back(SlotChange{entry.slot,
                                      entry.start,
                                      entry.starts_at,
                                      entry.minutes,
                                      entry.seats,
                                      {},
                                      0,
                                      entry.listed,
                                      entry.shifted});
  }
  return change;
}

SeatRecord Ledger::ScanSeat(SeatId seat, EventSink& sink) {
  for (;;) {
    const SeatWord word = Settle(seat, sink);
    // Whether it is decided or not: its event comes after the word has left this state. But for one
    // that joins a party: that one's leader, whose number is lower, was read before and, if it had
    // been decided, finished.
    if (IsClaim(word.state()) || word.state() == SeatState::kMoving)
      return SeatRecord{SeatImage{seat, word.BeforeClaim(), {}, 0}, {}};
    SeatRecord record{ImageOf(seat, word), {}};
    if (word.moves() > 0)
      record.origin = IndexValue(cold_[seat.value].origin.load(std::memory_order_acquire)).ref();
    // Payload and origin were this word's only if it is still the same after they were read.
    if (WordOf(seat) == word) return record;
  }
}

void Ledger::Scan(SlotId id, uint32_t seats, EventSink& sink, SlotRecord* out) {
  const Epochs::Guard guard(epochs_);
  const Slot& slot = SlotOf(id);
  CHECK(seats <= slot.seats_made.load(std::memory_order_acquire));
  out->slot = id;
  out->agenda = slot.agenda;
  out->start = slot.start;
  out->starts_at = StartOf(slot);
  out->minutes = slot.minutes.load(std::memory_order_relaxed);
  out->blocks.clear();
  for (uint32_t nth = 0; nth < BlocksFor(seats); ++nth)
    out->blocks.push_back(slot.Block(nth).load(std::memory_order_relaxed));
  out->seats.clear();
  for (uint32_t number = 0; number < seats; ++number)
    out->seats.push_back(ScanSeat(SeatAt(slot, number), sink));
}

absl::Status Ledger::Load(const SlotRecord& record) {
  const auto wrong = [&](const char* what) {
    return absl::DataLossError(absl::StrFormat("slot number %d (%s): %s", record.slot.value,
                                               FormatLocalMinute(record.start), what));
  };
  if (record.slot.value != slots_made_.load() || record.slot.value >= limits::kMaxSlots)
    return wrong("its number was skipped");
  if (record.agenda.value >= limits::kMaxAgendas) return wrong("its agenda's number is too large");
  if (record.seats.size() > limits::kSeatsPerSlot ||
      record.blocks.size() != BlocksFor(static_cast<uint32_t>(record.seats.size())))
    return wrong("its seats and their numbers do not add up");
  if (!slots_by_start_[record.agenda].emplace(record.start, record.slot).second)
    return wrong("its agenda has that slot twice");
  if (record.slot.value == 0) seats_.Want(Pages::kSmall);  // as Apply(CalendarChange)
  Slot& slot = SlotOf(record.slot);
  slot.agenda = record.agenda;
  slot.start = record.start;
  slot.starts_at_ms.store(record.starts_at.ms, std::memory_order_relaxed);
  slot.minutes.store(record.minutes, std::memory_order_relaxed);
  for (uint32_t nth = 0; nth < record.blocks.size(); ++nth) {
    const uint32_t block = record.blocks[nth];
    if (block >= limits::kMaxBlocks) return wrong("a seat's number is too large");
    slot.Block(nth).store(block, std::memory_order_relaxed);
    block_slots_[block].store(record.slot.value * limits::kBlocksPerSlot + nth);
    if ((block + 1) * limits::kSeatsPerBlock > seats_made_.load())
      seats_made_.store((block + 1) * limits::kSeatsPerBlock);
  }
  for (uint32_t number = 0; number < record.seats.size(); ++number) {
    const auto& [image, origin] = record.seats[number];
    if (!image.word.IsImage()) return wrong("a seat in a state that nothing leaves it in");
    if (image.word == SeatWord()) continue;  // as it is (written.h)
    const SeatId seat = SeatAt(slot, number);
    written_.Note(seat);
    WritePayload(seat, image.subject, image.idempotency);
    if (image.word.moves() > 0) cold_[seat.value].origin.store(IndexValue(origin).bits());
    seats_[seat.value].word.store(image.word.bits(), std::memory_order_relaxed);
    NoteReserved(SeatWord(), image.word);
  }
  slot.seats_made.store(static_cast<uint32_t>(record.seats.size()));
  slots_made_.store(record.slot.value + 1);
  return absl::OkStatus();
}

absl::Status Ledger::CheckLoaded() const {
  uint32_t blocks = 0;
  for (uint32_t s = 0; s < slots_made_.load(); ++s) {
    const uint32_t count = BlocksFor(slots_[s].seats_made.load());
    for (uint32_t nth = 0; nth < count; ++nth, ++blocks) {
      const uint32_t block = slots_[s].Block(nth).load(std::memory_order_relaxed);
      // Of two slots with the same block, the later one wrote here last.
      if (block_slots_[block].load() != s * limits::kBlocksPerSlot + nth)
        return absl::DataLossError(absl::StrFormat("seats %d to %d are in two slots",
                                                   block * limits::kSeatsPerBlock,
                                                   (block + 1) * limits::kSeatsPerBlock - 1));
    }
  }
  if (blocks != seats_made_.load() / limits::kSeatsPerBlock)
    return absl::DataLossError("seats without a slot");
  return absl::OkStatus();
}

}  // namespace creneau::ledger
