// What requests ask of the ledger, and what they are told. Plain values.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/instant.h"
#include "base/outcome.h"
#include "ledger/seat_word.h"

namespace creneau::ledger {

// In one register: a reference that is stored as two halves and then read whole waits until both
// have left the store buffer.
inline SeatRef WholeRef(SeatId seat, Generation generation) {
  static_assert(std::endian::native == std::endian::little && sizeof(SeatRef) == sizeof(uint64_t));
  return std::bit_cast<SeatRef>(static_cast<uint64_t>(generation.value) << 32 | seat.value);
}

// A reservation as the ledger knows it.
struct SeatView {
  SeatRef ref;     // where it is now
  SeatRef origin;  // its name: where it was first held
  SeatWord word;   // never pending
  Subject subject;
  uint64_t idempotency = 0;
  AgendaId agenda;
  LocalMinute start;
  Instant starts_at;
  int minutes = 0;
};

// The slot that a seat is in.
struct SeatTime {
  AgendaId agenda;
  LocalMinute start;
  Instant starts_at;
  int minutes = 0;
};

struct HoldArgs {
  AgendaId agenda;
  Channel channel = Channel::kWeb;
  std::optional<LocalMinute> slot;  // absent: the earliest free one
  Instant earliest;                 // starts that can be booked, both inclusive
  Instant latest;
  Subject subject;
  uint64_t idempotency = 0;
  Instant deadline;     // of a confirmed one: none
  uint64_t random = 0;  // picks the seat within a slot
  // kHeld; or kConfirmed at once; or kOffered, which lapses as a hold does but is none.
  SeatState into = SeatState::kHeld;
};

// Of a seat that was set aside: whose it is from now on, and how.
struct OfferArgs {
  Subject subject;
  uint64_t idempotency = 0;
  Instant deadline;
  SeatState into = SeatState::kOffered;  // or kHeld, or kConfirmed, which has no deadline
};

struct MoveArgs {
  SeatRef name;
  LocalMinute slot;
  Instant earliest;
  Instant latest;
  Instant received_at;
  Instant cooling_until;  // of the seat left behind
  uint64_t random = 0;
  // Only from this seat: who is elsewhere by now is kNotHeld, and stays there.
  std::optional<SeatRef> from{};
  // Of the seat left behind where it was held and no more; nothing: cooling_until.
  std::optional<Instant> held_cooling_until{};
};

// kOk: seat is the reservation as it now is. kAlreadyReserved: seat is the one the subject has.
// kNothingLeft, kSlotTaken, kHoldExpired, kCancelled, kMovesUsed, kNotHeld, kUnknownReservation:
// nothing changed.
struct Result {
  Outcome outcome = Outcome::kOk;
  bool repeated = false;  // it was so already
  SeatView seat;
};

}  // namespace creneau::ledger
