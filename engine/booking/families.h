// Families (design 5): several people book together, seats of one slot for all of them or none
// (ledger/party.h). Each reservation is its holder's own from then on; all show the same `party`.
//
// What it asks of each is what a hold asks: an identity that the agenda takes, a place in its
// roster or the word of its website. In a queue the ticket of the first counts for all, since a
// family stands in line once: whoever publishes a queue with a `party_max` above 1 lets one ticket
// take so many seats, and should know who people are. Nobody of them may have had their turn.
//
// A refusal says whom it is about where a hold of that person would have said so. Of who has a
// reservation it says only that somebody of them has, and the same of two who are known to be one
// person: a family of guesses learns no more than single guesses do.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "booking/engine.h"

namespace creneau::booking {

struct PartyRequest {
  std::string_view agenda{};
  std::span<const rules::Applicant> applicants{};
  std::string_view ticket{};           // the first one's, where the agenda has a queue
  std::string_view assertion{};        // one for each, in order, with spaces between them
  std::optional<LocalMinute> slot{};   // absent: the earliest that has so many free seats
  std::string_view idempotency_key{};  // as HoldRequest's
  uint64_t body_hash = 0;              // likewise
};

struct PartyAnswer {
  ReservationAnswer about;  // outcome, whether it existed, and what helps; no reservation
  std::array<Reservation, limits::kPartyMax> reservations;  // kOk: in the order of the applicants
  size_t count = 0;
  bool of_the_first = true;  // whether what a refusal says of a person is so of the first named
};

// Any thread. The answer rests on the act.
PartyAnswer HoldForParty(Engine& engine, Act& act, const PartyRequest& request,
                         Instant received_at);

// For those who have decided who may have what, as a desk has: seats of that channel for these
// subjects, each of another one, in one slot that can be booked now. Nothing but the ledger is
// asked; kAlreadyReserved: `member` has one.
struct PartySeats {
  const AgendaInfo* agenda = nullptr;
  Channel channel = Channel::kWeb;
  std::optional<LocalMinute> slot;
  std::span<const Subject> subjects;
  uint64_t idempotency = 0;  // Names::OfParty
  ledger::SeatState into = ledger::SeatState::kHeld;
};
ledger::PartyResult TakeSeats(Engine::Impl& in, Act& act, const PartySeats& seats, Instant now);

}  // namespace creneau::booking
