// Which parts of the seats' memory recovery has written to. The rest is as the system gives it, all
// zero bytes: seats that are free, of the first channel and of no generation. A start neither reads
// it nor needs the system to give it, which for ten million seats is most of 320 MB.
//
// Threads: the recovery's own, and the publisher's (NoteAll); Has from any while nobody notes.
#pragma once

#include <cstdint>
#include <utility>

#include "base/ids.h"
#include "base/limits.h"
#include "ledger/region.h"

namespace creneau::ledger {

class Written {
 public:
  Written() : parts_(limits::kMaxSeats / kSeatsPerPart) {}

  // Before the first write to a seat of that part.
  void Note(SeatId seat) { parts_[seat.value / kSeatsPerPart] = 1; }
  // Whoever serves does not say where it writes.
  void NoteAll() { all_ = true; }
  // After the first, the ledger may serve.
  void NoteRebuild() {
    if (std::exchange(rebuilt_, true)) NoteAll();
  }
  // True for all seats of a block, or for none.
  bool Has(SeatId seat) const { return all_ || parts_[seat.value / kSeatsPerPart] != 0; }

 private:
  static constexpr uint32_t kSeatsPerPart = 128;  // as many as a small page holds
  static_assert(kSeatsPerPart % limits::kSeatsPerBlock == 0);

  Region<uint8_t> parts_;
  bool all_ = false;
  bool rebuilt_ = false;
};

}  // namespace creneau::ledger
