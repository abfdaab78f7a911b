// The desk (design 5): what an agent, or a helper, books for somebody who calls, comes or writes.
// Confirmed at once, in a free seat of that channel; who may book which, and how the applicant's
// identity is taken, says rules/desk.h. Openings do not bind the desk, paused or closed: its seats
// are not given out there. The window of slots that can be booked does, and the log's room.
//
// A repeat with the same Idempotency-Key has the same answer. Whoever tries without learns that
// there is a reservation, as on the web; that he asked stands in the log. A helper has made so many
// in a week, whatever became of them (`helper_cap`).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "booking/engine.h"

namespace creneau::booking {

struct DeskRequest {
  std::string_view agenda{};
  Channel channel = Channel::kDesk;
  rules::Applicant applicant{};
  std::optional<LocalMinute> slot{};   // absent: the earliest that is free
  std::string_view idempotency_key{};  // as HoldRequest's
  uint64_t body_hash = 0;              // likewise
};

// Any thread. The answer rests on the act. kNotOpenYet, kCapReached: opens_at says from when on.
ReservationAnswer BookAtDesk(Engine& engine, Act& act, const DeskRequest& request,
                             const Actor& actor, Instant now);

// What its holder is given on paper (rules/letter.h): it has the key.
// `asked`: in which channel; of a mandate the court's, whose seat it ever is.
std::string LetterFor(const Reservation& reservation, Channel asked);

}  // namespace creneau::booking
