#include "base/outcome.h"

#include "base/check.h"
#include "base/ids.h"

namespace creneau {

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kMalformedRequest:
      return "malformed-request";
    case Outcome::kUnknownAgenda:
      return "unknown-agenda";
    case Outcome::kUnknownReservation:
      return "unknown-reservation";
    case Outcome::kUnknownRoute:
      return "unknown-route";
    case Outcome::kMethodNotAllowed:
      return "method-not-allowed";
    case Outcome::kNotAcceptable:
      return "not-acceptable";
    case Outcome::kRequestTimeout:
      return "request-timeout";
    case Outcome::kSlotTaken:
      return "slot-taken";
    case Outcome::kNothingLeft:
      return "nothing-left";
    case Outcome::kNotOpenYet:
      return "not-open-yet";
    case Outcome::kPaused:
      return "paused";
    case Outcome::kMovesUsed:
      return "moves-used";
    case Outcome::kNotAdmitted:
      return "not-admitted";
    case Outcome::kNotListed:
      return "not-listed";
    case Outcome::kAlreadyReserved:
      return "already-reserved";
    case Outcome::kNotHeld:
      return "not-held";
    case Outcome::kSeatsReserved:
      return "seats-reserved";
    case Outcome::kVersionMismatch:
      return "version-mismatch";
    case Outcome::kHoldExpired:
      return "hold-expired";
    case Outcome::kCancelled:
      return "cancelled";
    case Outcome::kPayloadTooLarge:
      return "payload-too-large";
    case Outcome::kUnsupportedMediaType:
      return "unsupported-media-type";
    case Outcome::kValidationFailed:
      return "validation-failed";
    case Outcome::kIdempotencyMismatch:
      return "idempotency-mismatch";
    case Outcome::kWeakIdempotencyKey:
      return "weak-idempotency-key";
    case Outcome::kProofOfWorkRequired:
      return "proof-of-work-required";
    case Outcome::kRateLimited:
      return "rate-limited";
    case Outcome::kHeadersTooLarge:
      return "headers-too-large";
    case Outcome::kOverloaded:
      return "overloaded";
    case Outcome::kReadOnly:
      return "read-only";
    case Outcome::kOutcomeUnknown:
      return "outcome-unknown";
    case Outcome::kHttpVersion:
      return "http-version";
  }
  CHECK(false);
}

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
