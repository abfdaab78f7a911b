// Replay: after-images are put in place, and what is derived is derived at the end.

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/text.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

// False when what is there is as new. Recovery runs alone: no ordering is needed beyond the
// thread's own.
bool Ledger::ApplyImage(const SeatImage& image) {
  Seat& seat = seats_[image.seat.value];
  if (SeatWord(seat.word.load()).sequence() >= image.word.sequence()) return false;
  WritePayload(image.seat, image.subject, image.idempotency);
  seat.word.store(image.word.bits());
  return true;
}

absl::Status Ledger::Apply(const Event& event) {
  const uint32_t made = seats_made_.load();
  if (event.seat.seat.value >= made || (event.is_move && event.from.seat.value >= made)) {
    return absl::DataLossError(
        absl::StrFormat("an event names seat %d, but the calendars before it made only %d",
                        event.seat.seat.value, made));
  }
  const bool newer = ApplyImage(event.seat);
  if (event.is_move) {
    ApplyImage(event.from);
    if (newer) cold_[event.seat.seat.value].origin.store(IndexValue(event.origin).bits());
  }
  return absl::OkStatus();
}

absl::Status Ledger::RebuildSeat(SeatId id, const Slot& slot) {
  const SeatWord word = WordOf(id);
  if (word.state() == SeatState::kFree) GiveBit(id, word.channel());
  if (HasDeadline(word.state())) touched_.Add(id.value / limits::kSeatsPerBlock);
  if (word.state() == SeatState::kHeld) AddHolds(1);
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

absl::Status Ledger::Rebuild() {
  const Epochs::Guard guard(epochs_);
  for (Stripe& stripe : live_holds_) stripe.holds.store(0);
  for (uint32_t s = 0; s < slots_made_.load(); ++s) {
    Slot& slot = slots_[s];
    for (Atomic<uint64_t>& free : slot.free) free.store(0);
    const uint32_t made = slot.seats_made.load();
    // A slot's entries are fetched together: each is a cache miss of its own.
    for (uint32_t number = 0; number < made; ++number) {
      const SeatId seat = SeatAt(slot, number);
      if (IsReserved(WordOf(seat).state()))
        index_.Prefetch(IndexKey::Of(ImageOf(seat, WordOf(seat)).subject));
    }
    for (uint32_t number = 0; number < made; ++number) {
      const absl::Status status = RebuildSeat(SeatAt(slot, number), slot);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace creneau::ledger
