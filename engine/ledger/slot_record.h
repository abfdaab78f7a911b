// A slot with its seats: what snapshots hold of the ledger. From these, and the events that follow,
// everything else is derived. Plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "ledger/event.h"

namespace creneau::ledger {

struct SeatRecord {
  SeatImage image;
  SeatRef
      origin;  // of a seat that a reservation moved to: the first one, which its name stands for
};

struct SlotRecord {
  SlotId slot;
  AgendaId agenda;
  LocalMinute start;
  Instant starts_at;
  uint32_t minutes = 0;
  std::vector<uint32_t> blocks;   // which its seats are in, in order
  std::vector<SeatRecord> seats;  // by number within the slot
};

}  // namespace creneau::ledger
