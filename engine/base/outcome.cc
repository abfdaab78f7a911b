#include "base/outcome.h"

#include <iterator>

#include "base/check.h"
#include "base/ids.h"

namespace creneau {

namespace {

// In the order of the enum, and all of it: another one does not compile.
struct Named {
  Outcome outcome;
  std::string_view name;
};
constexpr Named kNames[] = {
    {Outcome::kOk, "ok"},
    {Outcome::kMalformedRequest, "malformed-request"},
    {Outcome::kUnauthorized, "unauthorized"},
    {Outcome::kForbidden, "forbidden"},
    {Outcome::kUnknownAgenda, "unknown-agenda"},
    {Outcome::kUnknownReservation, "unknown-reservation"},
    {Outcome::kUnknownRoute, "unknown-route"},
    {Outcome::kUnknownAct, "unknown-act"},
    {Outcome::kUnknownEntry, "unknown-entry"},
    {Outcome::kUnknownPlace, "unknown-place"},
    {Outcome::kUnknownMandate, "unknown-mandate"},
    {Outcome::kMethodNotAllowed, "method-not-allowed"},
    {Outcome::kNotAcceptable, "not-acceptable"},
    {Outcome::kRequestTimeout, "request-timeout"},
    {Outcome::kSlotTaken, "slot-taken"},
    {Outcome::kNothingLeft, "nothing-left"},
    {Outcome::kNotOpenYet, "not-open-yet"},
    {Outcome::kPaused, "paused"},
    {Outcome::kMovesUsed, "moves-used"},
    {Outcome::kAlreadyReserved, "already-reserved"},
    {Outcome::kNotAdmitted, "not-admitted"},
    {Outcome::kNotListed, "not-listed"},
    {Outcome::kSecondPersonNeeded, "second-person-needed"},
    {Outcome::kActSettled, "act-settled"},
    {Outcome::kNotHeld, "not-held"},
    {Outcome::kSeatsReserved, "seats-reserved"},
    {Outcome::kPepperInUse, "pepper-in-use"},
    {Outcome::kNotConfirmed, "not-confirmed"},
    {Outcome::kSeatsLeft, "seats-left"},
    {Outcome::kAlreadyEntered, "already-entered"},
    {Outcome::kAlreadyWaiting, "already-waiting"},
    {Outcome::kNoWaitlist, "no-waitlist"},
    {Outcome::kCapReached, "cap-reached"},
    {Outcome::kByDraw, "by-draw"},
    {Outcome::kDrawStep, "draw-step"},
    {Outcome::kVersionMismatch, "version-mismatch"},
    {Outcome::kHoldExpired, "hold-expired"},
    {Outcome::kCancelled, "cancelled"},
    {Outcome::kGone, "gone"},
    {Outcome::kAttemptExpired, "attempt-expired"},
    {Outcome::kPayloadTooLarge, "payload-too-large"},
    {Outcome::kUnsupportedMediaType, "unsupported-media-type"},
    {Outcome::kValidationFailed, "validation-failed"},
    {Outcome::kIdempotencyMismatch, "idempotency-mismatch"},
    {Outcome::kWeakIdempotencyKey, "weak-idempotency-key"},
    {Outcome::kProofOfWorkRequired, "proof-of-work-required"},
    {Outcome::kRateLimited, "rate-limited"},
    {Outcome::kHeadersTooLarge, "headers-too-large"},
    {Outcome::kOverloaded, "overloaded"},
    {Outcome::kReadOnly, "read-only"},
    {Outcome::kOutcomeUnknown, "outcome-unknown"},
    {Outcome::kHttpVersion, "http-version"},
};

constexpr bool IsWhole() {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i].outcome != static_cast<Outcome>(i)) return false;
  }
  return std::size(kNames) == kOutcomes;
}
static_assert(IsWhole());

}  // namespace

std::string_view OutcomeName(Outcome outcome) { return kNames[static_cast<size_t>(outcome)].name; }

std::string_view ChannelName(Channel channel) {
  switch (channel) {
    case Channel::kWeb:
      return "web";
    case Channel::kPhone:
      return "phone";
    case Channel::kDesk:
      return "desk";
    case Channel::kPost:
      return "post";
    case Channel::kCourt:
      return "court";
  }
  CHECK(false);
}

std::optional<Channel> ChannelFromName(std::string_view name) {
  for (const Channel channel : kAllChannels) {
    if (ChannelName(channel) == name) return channel;
  }
  return std::nullopt;
}

}  // namespace creneau
