// What users can meet. One enum; one table in http/problem.cc, checked to be whole, maps it to
// status, code and advice, so a new outcome does not compile until it has an answer. I/O failures
// are absl::Status, our own bugs CHECK.
#pragma once

#include <cstdint>
#include <string_view>

namespace creneau {

enum class Outcome : uint8_t {
  kOk,
  kMalformedRequest,      // 400: not HTTP or JSON as we accept it
  kUnauthorized,          // 401: a staff route, and no key that stands
  kForbidden,             // 403: a key that stands, of another role or for other agendas
  kUnknownAgenda,         // 404
  kUnknownReservation,    // 404: no such name, or the key is wrong: never says which
  kUnknownRoute,          // 404
  kUnknownAct,            // 404: no act of that name waits for a second person
  kUnknownEntry,          // 404: of a draw; no such name, or the key is wrong: never says which
  kUnknownPlace,          // 404: of a waitlist; likewise
  kUnknownMandate,        // 404
  kMethodNotAllowed,      // 405
  kNotAcceptable,         // 406
  kRequestTimeout,        // 408
  kSlotTaken,             // 409: with alternatives
  kNothingLeft,           // 409
  kNotOpenYet,            // 409: with opens_at
  kPaused,                // 409
  kMovesUsed,             // 409
  kAlreadyReserved,       // 409: never discloses the reference
  kNotAdmitted,           // 409: its turn in the queue has not come, or is over; with poll_after_s
  kNotListed,             // 409: the office does not know this applicant
  kSecondPersonNeeded,    // 409: whoever proposed an act cannot approve it
  kActSettled,            // 409: approved or withdrawn already, or about what is no longer so
  kNotHeld,               // 409: extend asked for what is already confirmed
  kSeatsReserved,         // 409: a publication would take reserved seats away
  kPepperInUse,           // 409: an epoch that is still needed, or a group that still needs its own
  kNotConfirmed,          // 409: a receipt is for what is confirmed
  kSeatsLeft,             // 409: an attempt was asked for, and a seat can be held
  kAlreadyEntered,        // 409: one entry a person and draw; never discloses the reference
  kAlreadyWaiting,        // 409: one place a person and waitlist; likewise
  kNoWaitlist,            // 409: this agenda keeps none
  kCapReached,            // 409: a helper has booked as often as the agenda allows
  kByDraw,                // 409: seats of this agenda are drawn, not held
  kDrawStep,              // 409: a draw is not at the point where this is done
  kVersionMismatch,       // 412: If-Match does not name the published version
  kHoldExpired,           // 410
  kCancelled,             // 410
  kGone,                  // 410: what came after that position in the log is there no more
  kAttemptExpired,        // 410: a receipt was asked for too late
  kPayloadTooLarge,       // 413
  kUnsupportedMediaType,  // 415
  kValidationFailed,      // 422: with JSON pointers
  kIdempotencyMismatch,   // 422: the same key with another body
  kWeakIdempotencyKey,    // 422
  kProofOfWorkRequired,   // 428: with a challenge
  kRateLimited,           // 429: one address, or one person, asks for more than its share
  kHeadersTooLarge,       // 431
  kOverloaded,            // 503
  kReadOnly,              // 503: the disk is nearly full; confirms still work
  kOutcomeUnknown,        // 503: the log failed while this was being written
  kHttpVersion,           // 505
};
inline constexpr int kOutcomes = static_cast<int>(Outcome::kHttpVersion) + 1;

// The stable name, as in the `code` member of a problem document and the `outcome` label of
// metrics.
std::string_view OutcomeName(Outcome outcome);

}  // namespace creneau
