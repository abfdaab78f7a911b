// A family's hold: seats of one slot for several subjects, all or none (party.cc). Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/outcome.h"
#include "ledger/request.h"
#include "ledger/seat_word.h"

namespace creneau::ledger {

struct PartyMember {
  Subject subject;
  uint64_t idempotency = 0;
};

// As HoldArgs, for all of them.
struct PartyArgs {
  AgendaId agenda;
  Channel channel = Channel::kWeb;
  std::optional<LocalMinute> slot;  // absent: the earliest with so many free seats
  Instant earliest;
  Instant latest;
  std::array<PartyMember, limits::kPartyMax> members;
  size_t count = 0;  // of members: 2 at least, each another subject
  Instant deadline;
  uint64_t random = 0;
  SeatState into = SeatState::kHeld;
};

// kOk: the seats in the order of the members. kAlreadyReserved: `member` has one, seats[member].
// kNothingLeft, kSlotTaken: no slot has so many seats.
struct PartyResult {
  Outcome outcome = Outcome::kOk;
  std::array<SeatView, limits::kPartyMax> seats;
  size_t member = 0;
};

}  // namespace creneau::ledger
