// What the seats of one slot are doing, counted at one moment for the publisher. A plain value.
#pragma once

#include <array>
#include <cstdint>

#include "base/ids.h"
#include "base/limits.h"
#include "ledger/ledger.h"

namespace creneau::ledger {

struct Ledger::SlotTally {
  struct OfChannel {
    uint32_t free = 0;
    uint32_t cooling = 0;
    uint32_t aside = 0;
    uint32_t taken = 0;  // reserved, or about to be
    uint32_t last = 0;   // reserved or cooling, and withdrawn afterwards
    uint32_t staying() const { return free + cooling + aside + taken; }
  };
  std::array<OfChannel, kChannels> channel;
  uint32_t restorable = 0;  // withdrawn seats that have a generation left for a holder
  uint32_t made = 0;

  // As Add(SeatWord()), so often.
  void AddUnwritten(uint32_t seats) {
    channel[static_cast<size_t>(SeatWord().channel())].free += seats;
  }

  void Add(SeatWord word) {
    OfChannel& of = channel[static_cast<size_t>(word.channel())];
    if (word.state() == SeatState::kWithdrawn) {
      if (word.generation().value + 1 < limits::kMaxGeneration) ++restorable;
    } else if (word.last()) {
      ++of.last;
    } else if (word.state() == SeatState::kFree) {
      ++of.free;
    } else if (IsCooling(word.state())) {
      ++of.cooling;
    } else if (word.state() == SeatState::kAside) {
      ++of.aside;
    } else {
      ++of.taken;
    }
  }
};

constexpr uint32_t BlocksFor(uint32_t seats) {
  return (seats + limits::kSeatsPerBlock - 1) / limits::kSeatsPerBlock;
}

}  // namespace creneau::ledger
