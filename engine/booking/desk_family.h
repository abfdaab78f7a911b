// A family at the desk: several people, seats of one slot for all of them or none, confirmed at
// once (families.h has it for the web, desk.h for one person at the desk). Two people to
// limits::kPartyMax, whatever `party_max` says: that is for those whom nobody sees. Each of them
// counts for a helper's cap.
//
// A refusal says that something is so of one of them, and not of whom: a helper's family of guesses
// learns no more than single guesses do, and each of them is one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "booking/engine.h"
#include "booking/families.h"

namespace creneau::booking {

struct DeskFamilyRequest {
  std::string_view agenda{};
  Channel channel = Channel::kDesk;
  std::span<const rules::Applicant> applicants{};
  std::optional<LocalMinute> slot{};   // absent: the earliest that has so many free seats
  std::string_view idempotency_key{};  // as HoldRequest's
  uint64_t body_hash = 0;              // likewise
};

// Any thread. The answer rests on the act.
PartyAnswer BookFamilyAtDesk(Engine& engine, Act& act, const DeskFamilyRequest& request,
                             const Actor& actor, Instant now);

// The letters of all of them, each on a page of its own (a form feed stands between two).
std::string LetterForFamily(std::span<const Reservation> reservations, Channel asked);

}  // namespace creneau::booking
