// What is asked of waitlists, and answered: plain values, as booking/answers.h has them. Offers are
// reservations: they are confirmed, given up and read as those are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "booking/act.h"
#include "booking/actor.h"
#include "booking/answers.h"
#include "codec/waitlist.h"

namespace creneau::booking {

class Engine;

struct JoinRequest {
  std::string_view agenda;
  rules::Applicant applicant;
  Channel channel =
      Channel::kWeb;  // whose seats are waited for; others than the web's by the staff
  std::string_view assertion{};
  std::optional<ProofOfWork> proof{};
  std::string_view pass{};
  std::string_view idempotency_key{};  // empty: none was sent
};

struct PlaceView {
  std::string name;
  ReservationKey key;
  codec::WaitlistPlace place;
  // How many are before it, and whether that can only become fewer: on the day it was taken the
  // order is not drawn yet, and nothing is said. Absent once it has ended.
  std::optional<size_t> ahead;
  Instant drawn_at;                  // the end of that day, at the office
  std::optional<Reservation> offer;  // what is offered now
};

struct PlaceAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;
  bool existed = false;
  std::vector<rules::IdentityProblem> problems;  // kValidationFailed
  int64_t poll_after_s = 0;                      // kRateLimited
  std::optional<Instant> opens_at;               // kCapReached: from when on a helper may again
  std::optional<ChallengeText> challenge;        // kProofOfWorkRequired
  std::optional<PlaceView> place;
};

// Any thread; the answers rest on the act, as those of holds do. `actor`: whoever of the staff asks
// for somebody, as at a desk (desk.h): the same channels and identities, and a helper's places
// count with what he books; null: anybody, for a seat of the web's. A repeat with the same key gets
// the place again.
PlaceAnswer JoinWaitlist(Engine& engine, Act& act, const JoinRequest& request, const Actor* actor,
                         Instant received_at);
// With the key that was in its answer. kUnknownPlace: no such place, or another key.
PlaceAnswer ReadPlace(Engine& engine, Act& act, const HolderRequest& request, Instant received_at);
// Free, and may be repeated. What is offered to it goes on.
PlaceAnswer LeaveWaitlist(Engine& engine, Act& act, const HolderRequest& request,
                          Instant received_at);
// How many wait, by channel.
size_t WaitingFor(const Engine& engine, AgendaId agenda, Channel channel);

}  // namespace creneau::booking
