// A snapshot as the engine takes one (engine/booking/SNAPSHOT.md): begun between two publications,
// scanned while everyone goes on, and closed by a barrier in the log's queue. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ledger/ledger.h"

namespace creneau::interleave {

struct Entry;

struct Snapshot {
  size_t position = 0;              // entries of the log that the scanner knew of when it began
  std::vector<uint8_t> seats;       // by slot, then
  ledger::CalendarChange calendar;  // in force, then
  std::vector<ledger::SlotRecord> slots;
  bool complete = false;
  size_t covers = 0;  // entries of the log before its barrier
};

// What the snapshot is, in a number.
uint64_t HashOf(const Snapshot& snapshot);

// Puts it into an empty ledger, as booking/replay.cc does.
absl::Status LoadInto(ledger::Ledger& ledger, const Snapshot& snapshot);

// Empty; or the first seat whose image is not what its last event made, or the calendar where there
// was none, with all of that among the first `covers` entries.
std::string ImageThatNothingMade(const Snapshot& snapshot, const std::vector<Entry>& log);

}  // namespace creneau::interleave
