// How seats, slots and agendas stand in the ledger's memory. The ledger's own: ledger.h says who
// reads and writes what, and in which order.
#pragma once

#include <array>
#include <cstdint>

#include "base/atomic.h"
#include "base/ids.h"
#include "base/limits.h"
#include "ledger/calendar.h"
#include "ledger/seat_word.h"

namespace creneau::ledger {

struct Seat {
  Atomic<uint64_t> word;
  Atomic<uint64_t> subject_lo;
  Atomic<uint64_t> subject_hi;
  Atomic<uint64_t> idempotency;
};
static_assert(sizeof(Seat) == 32);
// Only of seats that a reservation moved to or that a party held: untouched memory costs nothing.
struct ColdSeat {
  Atomic<uint64_t> origin;   // SeatRef as IndexValue bits
  Atomic<uint64_t> intent;   // MoveIntent; of one that joins a party: its leader, as origin
  Atomic<uint64_t> cooling;  // deadline of the seat left behind; of a party's leader: its seats, a
                             // bit for each number within the slot
};
// What a hold of the first channel in the first block needs stands between bytes 32 and 64, and
// so in one cache line: it goes to and fro between cores.
struct Slot {
  Atomic<uint32_t> seats_made;  // seats are numbered from 0 within the slot
  std::array<Atomic<uint32_t>, limits::kBlocksPerSlot> last_to_first_block;
  AgendaId agenda;
  LocalMinute start;
  Atomic<uint32_t> minutes;
  Atomic<int64_t> starts_at_ms;  // what the zone's rules made of `start` at the last publication
  std::array<Atomic<uint64_t>, kChannels> free;

  Atomic<uint32_t>& Block(uint32_t nth) {
    return last_to_first_block[limits::kBlocksPerSlot - 1 - nth];
  }
  const Atomic<uint32_t>& Block(uint32_t nth) const {
    return last_to_first_block[limits::kBlocksPerSlot - 1 - nth];
  }
};
static_assert(sizeof(Slot) == 96);
struct AgendaState {
  Atomic<Calendar*> calendar;
  // Freeings by channel, before they show in the summary.
  std::array<Atomic<uint64_t>, kChannels> freeings;
};
struct SeatPlace {
  SlotId slot;
  uint32_t number;  // within the slot
};
struct MoveIntent {
  SeatId from;
  uint64_t from_sequence;
  SeatState target;
  // Of the seat moved away from.
  Generation generation() const {
    return Generation{static_cast<uint32_t>(from_sequence / (limits::kMaxStep + 1))};
  }
  uint64_t bits() const;
  static MoveIntent FromBits(uint64_t bits);
};

}  // namespace creneau::ledger
