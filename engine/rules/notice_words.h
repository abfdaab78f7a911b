// Within rules only: the words of the notice (notice.h), a function for each rule and language.
// Empty: that rule does not decide in this agenda.
#pragma once

#include <string>

#include "base/limits.h"
#include "base/zone.h"
#include "rules/notice.h"

namespace creneau::rules {

struct NoticeInput {
  const Agenda& agenda;
  const Zone& zone;
  const NoticeFacts& facts;

  bool queue() const { return agenda.policy == Policy::kQueue; }
  uint64_t total() const {
    uint64_t sum = 0;
    for (const uint64_t seats : facts.seats) sum += seats;
    return sum;
  }
  uint64_t seats(Channel channel) const { return facts.seats[static_cast<size_t>(channel)]; }
};

// "a, b and c".
std::string Listed(const std::vector<std::string>& items, std::string_view last_joint);
// In percent, to a tenth where it is not whole: shares then seem to add up.
std::string Percent(uint64_t part, uint64_t whole, char point);

// How long a receipt of an attempt can be asked for (design 5).
inline constexpr int kAttemptDays = static_cast<int>(limits::kAttemptLifeMs / kMsPerDay);

#define CRENEAU_NOTICE_RULES(RULE) \
  RULE(Law, "law")                 \
  RULE(InForce, "version")         \
  RULE(Decides, "decides")         \
  RULE(Opens, "opening")           \
  RULE(Window, "window")           \
  RULE(Policy, "policy")           \
  RULE(Draw, "draw")               \
  RULE(Rank, "rank")               \
  RULE(Beacon, "beacon")           \
  RULE(Turn, "turn")               \
  RULE(Work, "proof_of_work")      \
  RULE(Identity, "identity")       \
  RULE(Proof, "identity_proof")    \
  RULE(OnlyOne, "one_reservation") \
  RULE(Hold, "hold")               \
  RULE(Moves, "moves")             \
  RULE(Cooldown, "cooldown")       \
  RULE(Waitlist, "waitlist")       \
  RULE(ClosedDay, "closed_day")    \
  RULE(Channels, "channels")       \
  RULE(Flow, "flow")               \
  RULE(Desk, "desk")               \
  RULE(Helpers, "helpers")         \
  RULE(Court, "court")             \
  RULE(Alternative, "alternative") \
  RULE(Stored, "stored")           \
  RULE(Retention, "retention")     \
  RULE(Receipt, "receipt")         \
  RULE(Check, "check")

#define CRENEAU_DECLARE(name, word) std::string name(const NoticeInput& in);
namespace french {
CRENEAU_NOTICE_RULES(CRENEAU_DECLARE)
// Of an agenda with a draw: what Policy, Opens and Hold say.
std::string DrawPolicy(const NoticeInput& in);
std::string DrawOpens(const NoticeInput& in);
std::string DrawHold(const NoticeInput& in);
}  // namespace french
namespace english {
CRENEAU_NOTICE_RULES(CRENEAU_DECLARE)
std::string DrawPolicy(const NoticeInput& in);
std::string DrawOpens(const NoticeInput& in);
std::string DrawHold(const NoticeInput& in);
std::string Moment(Instant instant, const Zone& zone);
}  // namespace english
#undef CRENEAU_DECLARE

}  // namespace creneau::rules
