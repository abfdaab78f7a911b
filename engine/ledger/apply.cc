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
  if (HasDeadline(word.state())) touched_.Set(id.value / limits::kSeatsPerBlock);
  if (word.state() == SeatState::kHeld) AddHolds(id, 1);
  const bool answers =
      word.state() == SeatState::kCoolingCancelled || word.state() == SeatState::kCoolingExpired;
  const SeatRef ref{id, word.generation()};
  if (word.moves() > 0 && (IsReserved(word.state()) || answers)) {
    const IndexValue origin(cold_[id.value].origin.load());
    index_.MakeRoom();
    index_.Replace(ForwardKey(origin.ref()), IndexValue(), IndexValue(ref));
  }
  if (!IsReserved(word.state())) return absl::OkStatus();
  index_.MakeRoom();
  const SeatImage image = ImageOf(id, word);
  if (!index_.Replace(image.subject, IndexValue(), IndexValue(ref))) {
    return absl::DataLossError(absl::StrFormat(
        "one subject has two live reservations: seats %d and %d (the second in slot %s)",
        index_.Get(image.subject).ref().seat.value, id.value, FormatLocalMinute(slot.start)));
  }
  return absl::OkStatus();
}

absl::Status Ledger::Rebuild() {
  const Epochs::Guard guard(epochs_);
  for (Stripe& stripe : live_holds_) stripe.holds.store(0);
  for (uint32_t s = 0; s < slots_made_.load(); ++s) {
    Slot& slot = slots_[s];
    for (Atomic<uint64_t>& free : slot.free) free.store(0);
    for (uint32_t number = 0; number < slot.seats_made.load(); ++number) {
      const absl::Status status = RebuildSeat(SeatAt(slot, number), slot);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace creneau::ledger
