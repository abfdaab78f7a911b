// A calendar on its way into force: what the publisher wants, what it takes, what is logged. Plain
// values.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::ledger {

struct SlotTarget {
  LocalMinute start;
  Instant starts_at;
  uint16_t minutes = 0;
  std::array<uint8_t, kChannels> seats{};
  bool listed = false;  // by a list of slots, not made from sessions: either is replaced without
                        // touching the other
  std::array<int8_t, kChannels> shifted{};  // SlotChange's
};

// One slot of the new calendar. With the numbers it is given, replay makes the same seats under the
// same ids.
struct SlotChange {
  SlotId slot;
  LocalMinute start;
  Instant starts_at;
  uint16_t minutes = 0;
  std::array<uint8_t, kChannels> seats{};  // the target
  std::array<uint8_t, kChannels> fresh{};  // seats to be made, numbered on from those the slot has
  uint32_t first_block = 0;                // blocks for the fresh seats, consecutive
  bool listed = false;
  // By how much `seats` is more, or fewer, than its file said, since seats have gone from one
  // channel to another or were added: the next file counts beside it.
  std::array<int8_t, kChannels> shifted{};
};

struct CalendarChange {
  AgendaId agenda;
  uint32_t version = 0;
  std::vector<SlotChange> slots;  // the whole calendar, by start
};

struct PublicationPlan {
  CalendarChange change;
  uint32_t added = 0;                  // seats made or restored
  uint32_t withdrawn = 0;              // free or cooling seats that go
  uint32_t kept = 0;                   // reserved seats that the new calendar has no place for
  std::vector<LocalMinute> displaced;  // their slots
  bool no_room = false;                // more slots or seats than the engine has numbers for
  std::vector<LocalMinute>
      overfull;  // slots where seats on their way out leave no room for the new ones
};

struct TrimCounts {
  uint32_t withdrawn = 0;
  uint32_t restored = 0;
  uint32_t kept = 0;
  uint32_t left = 0;  // seats still too many or too few: look again
};

}  // namespace creneau::ledger
