// Replay: after-images are put in place. What is derived is derived at the end (rebuild.cc).

#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

// False when what is there is as new. Recovery runs alone: no ordering is needed beyond the
// thread's own.
bool Ledger::ApplyImage(const SeatImage& image) {
  Seat& seat = seats_[image.seat.value];
  // What was never written to is not read first: the system would give it twice.
  const bool written = written_.Has(image.seat);
  const SeatWord before(written ? seat.word.load(std::memory_order_relaxed) : 0);
  if (before.sequence() >= image.word.sequence()) return false;
  if (!written) written_.Note(image.seat);
  WritePayload(image.seat, image.subject, image.idempotency);
  seat.word.store(image.word.bits(), std::memory_order_relaxed);
  NoteReserved(before, image.word);
  return true;
}

void Ledger::RaiseGenerations(Generation first) {
  CHECK(first.value <= limits::kMaxGeneration);
  first_generation_ = std::max(first_generation_, first);
}

Generation Ledger::NextOfAll() const {
  uint32_t next = std::max(first_generation_.value, 1u);
  for (uint32_t seat = 0; seat < seats_made_.load(); ++seat) {
    const SeatWord word = WordOf(SeatId{seat});
    const uint32_t generation = word.generation().value;
    const bool gone =
        word.state() == SeatState::kWithdrawn && generation + 1 >= limits::kMaxGeneration;
    if (!gone) next = std::max(next, generation + 1);
  }
  // A reservation in the last generation of its seat would be taken for a later one. None is: that
  // seat was given out every five minutes for more than a year.
  return Generation{std::min(next, limits::kMaxGeneration)};
}

void Ledger::PrefetchFor(const Event& event) const {
  if (event.seat.seat.value < seats_.size()) Prefetch({event.seat.seat, {}});
  if (event.is_move && event.from.seat.value < seats_.size()) Prefetch({event.from.seat, {}});
}

absl::Status Ledger::CheckMade(SeatId seat) const {
  const uint32_t made = seats_made_.load();
  if (seat.value < made) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat(
      "an event names seat %d, but the calendars before it made only %d", seat.value, made));
}

absl::Status Ledger::Apply(const PartyHeld& party) {
  for (size_t i = 0; i < party.count; ++i) {
    if (absl::Status status = CheckMade(party.seats[i].seat); !status.ok()) return status;
  }
  for (size_t i = 0; i < party.count; ++i) ApplyImage(party.seats[i]);
  return absl::OkStatus();
}

void Ledger::PrefetchFor(const PartyHeld& party) const {
  for (size_t i = 0; i < party.count; ++i) {
    if (party.seats[i].seat.value < seats_.size()) Prefetch({party.seats[i].seat, {}});
  }
}

absl::Status Ledger::Apply(const Event& event) {
  if (absl::Status status = CheckMade(event.seat.seat); !status.ok()) return status;
  if (event.is_move) {
    if (absl::Status status = CheckMade(event.from.seat); !status.ok()) return status;
  }
  const bool newer = ApplyImage(event.seat);
  if (event.is_move) {
    ApplyImage(event.from);
    if (newer) cold_[event.seat.seat.value].origin.store(IndexValue(event.origin).bits());
  }
  return absl::OkStatus();
}

}  // namespace creneau::ledger
