#include "tests/interleave/snapshot.h"

#include <algorithm>

#include "base/prng.h"
#include "tests/interleave/office.h"

namespace creneau::interleave {
namespace {

using ledger::SeatImage;
using ledger::SeatRecord;
using ledger::SeatWord;

bool Same(const SeatImage& a, const SeatImage& b) {
  return a.seat == b.seat && a.word == b.word && a.subject == b.subject &&
         a.idempotency == b.idempotency;
}

bool Made(const SeatImage& image, const Entry& entry) {
  const std::vector<SeatImage> images = entry.Images();
  return std::any_of(images.begin(), images.end(),
                     [&](const SeatImage& one) { return Same(image, one); });
}

// The move to that seat, in that generation, of a reservation of that name.
bool Named(const SeatRecord& record, const Entry& entry) {
  const SeatImage& to = entry.event.seat;
  return !entry.is_calendar && entry.event.is_move && to.seat == record.image.seat &&
         to.word.generation() == record.image.word.generation() &&
         entry.event.origin == record.origin;
}

}  // namespace

uint64_t HashOf(const Snapshot& snapshot) {
  uint64_t hash = Mix64(snapshot.position ^ uint64_t{snapshot.calendar.version} << 32);
  const auto add = [&](uint64_t bits) { hash = Mix64(hash ^ bits); };
  for (const ledger::SlotRecord& slot : snapshot.slots) {
    add(slot.seats.size());
    for (const SeatRecord& record : slot.seats) {
      add(record.image.word.bits());
      add(record.image.subject.lo);
      add(record.image.subject.hi);
      add(record.image.idempotency);
      add(ledger::IndexValue(record.origin).bits());
    }
  }
  return hash;
}

absl::Status LoadInto(ledger::Ledger& ledger, const Snapshot& snapshot) {
  for (const ledger::SlotRecord& slot : snapshot.slots) {
    if (absl::Status status = ledger.Load(slot); !status.ok()) return status;
  }
  if (absl::Status status = ledger.CheckLoaded(); !status.ok()) return status;
  if (snapshot.calendar.version == 0) return absl::OkStatus();
  if (absl::Status status = ledger.Check(snapshot.calendar); !status.ok()) return status;
  ledger.Apply(snapshot.calendar);
  return ledger.CheckLoaded();
}

std::string ImageThatNothingMade(const Snapshot& snapshot, const std::vector<Entry>& log) {
  const auto end = log.begin() + static_cast<std::ptrdiff_t>(snapshot.covers);
  for (const ledger::SlotRecord& slot : snapshot.slots) {
    for (const SeatRecord& record : slot.seats) {
      const SeatImage& image = record.image;
      const SeatImage fresh{image.seat, SeatWord().WithChannel(image.word.channel()), {}, 0};
      if (Same(image, fresh)) continue;
      const bool named =
          image.word.moves() == 0 ||
          std::any_of(log.begin(), end, [&](const Entry& entry) { return Named(record, entry); });
      if (named &&
          std::any_of(log.begin(), end, [&](const Entry& entry) { return Made(image, entry); }))
        continue;
      return "the scan has seat " + std::to_string(image.seat.value) + " " +
             std::string(SeatStateName(image.word.state())) + " at generation " +
             std::to_string(image.word.generation().value) + " step " +
             std::to_string(image.word.step()) + ": nothing before its barrier made that";
    }
  }
  return "";
}

}  // namespace creneau::interleave
