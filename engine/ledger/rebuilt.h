// What Ledger::RebuildSlots sees on its way (rebuild.cc). Plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace creneau::ledger {

// Over all agendas and slots, those of calendars no longer in force included.
struct SeatCounts {
  uint64_t in_calendar = 0;  // not withdrawn
  uint64_t held = 0;
  uint64_t confirmed = 0;
};

struct Rebuilt {
  SeatCounts counts;
  // Slots whose seats are not what the calendar in force says: a publication was cut short, or they
  // are over.
  std::vector<SlotId> untrimmed;

  void Add(const Rebuilt& other) {
    counts.in_calendar += other.counts.in_calendar;
    counts.held += other.counts.held;
    counts.confirmed += other.counts.confirmed;
    untrimmed.insert(untrimmed.end(), other.untrimmed.begin(), other.untrimmed.end());
  }
};

}  // namespace creneau::ledger
