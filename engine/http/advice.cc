// What every outcome says to whoever meets it: status, words and advice.
#include <iterator>

#include "http/problem.h"

namespace creneau::http {
namespace {

// What follows an outcome, in the order of base/outcome.h: status, title, detail, retryable,
// Retry-After in seconds.
constexpr Advice kMalformedRequest = {
    400, "The request could not be read",
    "What was sent is not HTTP/1.1 or JSON as it is accepted here. Correct it and send it again.",
    false, 0};
constexpr Advice kUnauthorized = {
    401, "A staff key is needed",
    "This address is for the staff. Send `Authorization: Bearer` with a key that stands: it may "
    "have expired or been revoked. Whoever keeps the keys makes one with creneauctl key create.",
    false, 0};
constexpr Advice kForbidden = {
    403, "Not with this key",
    "The key stands, but what is asked for is done by another role, or in another agenda.", false,
    0};
constexpr Advice kUnknownAgenda = {
    404, "No such agenda",
    "No agenda of this name has been published here. GET /v1/agendas lists those there are.", false,
    0};
constexpr Advice kUnknownReservation = {
    404, "No such reservation",
    "There is no reservation of this name with this key. Check both: the name in the path, the key "
    "in the Creneau-Key header.",
    false, 0};
constexpr Advice kUnknownRoute = {
    404, "Nothing at this address",
    "This address has nothing. GET /v1/agendas is where everything begins.", false, 0};
constexpr Advice kMethodNotAllowed = {
    405, "This method does nothing here",
    "This address exists but not with this method; the Allow header lists those that work.", false,
    0};
constexpr Advice kNotAcceptable = {
    406, "Not available in the form asked for",
    "A reservation can be had as application/json, application/x-protobuf or text/calendar. Send "
    "one of these in Accept.",
    false, 0};
constexpr Advice kRequestTimeout = {
    408, "The request took too long",
    "The request was not whole in time and nothing was done. Send it again in one go.", true, 0};
constexpr Advice kSlotTaken = {
    409, "This slot is taken",
    "The last seat of this slot has been given to somebody else. `alternatives` lists free slots "
    "near it, if there are any; hold one of these.",
    false, 0};
constexpr Advice kNothingLeft = {
    409, "No seat is left",
    "Every seat that can be booked now has been taken. Seats of lapsed holds come back; `opens_at` "
    "says when the next opening begins, where one is known.",
    true, 60};
constexpr Advice kNotOpenYet = {
    409, "Bookings are not open",
    "This agenda gives out seats only while it is open; `opens_at` says when that is next.", true,
    0};
constexpr Advice kPaused = {
    409, "Bookings are paused",
    "The office has paused this agenda. Reservations stand; new ones can be made when it goes on.",
    true, 300};
constexpr Advice kMovesUsed = {409, "This reservation cannot be moved again",
                               "A reservation can be moved twice, and this one has been. It stands "
                               "as it is; to have another slot, cancel it and start again.",
                               false, 0};
constexpr Advice kAlreadyReserved = {
    409, "There is a reservation already",
    "This applicant has a live reservation here, and may have one. If it was made with an "
    "Idempotency-Key, repeat the request with that key to get it again.",
    false, 0};
constexpr Advice kNotAdmitted = {
    409, "It is not your turn",
    "Seats of this opening are given out in the order of the queue. Ask for a ticket, and hold a "
    "seat when its turn has come.",
    true, 0};
constexpr Advice kNotListed = {
    409, "The office does not know this applicant",
    "Seats of this agenda are for applicants whose file the office knows. Check each field; if all "
    "are right, ask at the office, by post or by phone.",
    false, 0};
constexpr Advice kUnknownAct = {
    404, "No such act waits for approval",
    "There is no act of that name, or it is more than a week old. List those that wait, or propose "
    "it again.",
    false, 0};
constexpr Advice kSecondPersonNeeded = {
    409, "A second person has to approve this",
    "Whoever proposed an act cannot approve it. Ask a colleague, with a key of their own.", false,
    0};
constexpr Advice kActSettled = {
    409, "This act is settled",
    "It was approved or withdrawn already, or what it was about has changed since it was proposed. "
    "Only whoever approved it can have its answer again, until the reservation has got another "
    "key. Look the reservation up, withdraw what is no longer meant, and propose what is still "
    "needed.",
    false, 0};
constexpr Advice kNotHeld = {
    409, "There is no deadline to extend",
    "This reservation is confirmed: its seat is kept without a deadline. Nothing needs to be done.",
    false, 0};
constexpr Advice kSeatsReserved = {
    409, "Reserved seats would be taken away",
    "The new calendar leaves out slots in which people have reservations; `slots` lists them. Keep "
    "these slots, or publish with ?displaced=keep to honour the reservations made.",
    false, 0};
constexpr Advice kPepperInUse = {
    409, "The pepper is still needed",
    "Applicants are still recognised by this pepper, or what it hashed may still be asked about.",
    true, 0};
constexpr Advice kNotConfirmed = {
    409, "This reservation is not confirmed",
    "A receipt is of a confirmed reservation. Confirm it before `expires_at`, then ask again.",
    false, 0};
constexpr Advice kSeatsLeft = {
    409, "A seat can be held",
    "There are free seats that this applicant can hold now, so there is nothing to attest. Hold "
    "one.",
    false, 0};
constexpr Advice kVersionMismatch = {
    412, "Another version is in force",
    "If-Match does not name the version that is published. Read the agenda, look at what changed, "
    "and publish with its version.",
    false, 0};
constexpr Advice kHoldExpired = {
    410, "The hold has expired",
    "The seat was not confirmed in time and has been given back. Hold another one.", false, 0};
constexpr Advice kCancelled = {
    410, "The reservation was cancelled",
    "This reservation was cancelled and its seat given back. Hold another one.", false, 0};
constexpr Advice kGone = {410, "This position is too old",
                          "What came after this position is not kept any more. `oldest` is the "
                          "oldest one that can be gone "
                          "on from; look at what is there now, and go on from that.",
                          false, 0};
constexpr Advice kAttemptExpired = {
    410, "This attempt is too old",
    "A receipt of an attempt can be had for thirty days. The service record of that week says "
    "what happened.",
    false, 0};
constexpr Advice kPayloadTooLarge = {413, "The body is too large",
                                     "The body is larger than this address accepts: 8 KiB, or 1 "
                                     "MiB for agendas on the admin socket.",
                                     false, 0};
constexpr Advice kUnsupportedMediaType = {
    415, "The body has a type that is not read here",
    "Bodies are application/json or application/x-protobuf; agendas are application/toml or "
    "text/csv. Set Content-Type.",
    false, 0};
constexpr Advice kValidationFailed = {
    422, "Something in the request is not valid",
    "`errors` says what is wrong and where. Correct it and send the request again.", false, 0};
constexpr Advice kIdempotencyMismatch = {422, "This Idempotency-Key was used for something else",
                                         "The same key came with another request before. Repeat "
                                         "that request as it was, or draw a new key.",
                                         false, 0};
constexpr Advice kWeakIdempotencyKey = {
    422, "The Idempotency-Key is too weak",
    "Draw 16 random bytes and send them in base64 or as a UUID: 22 to 64 characters out of "
    "letters, digits and - _ = + / . , at least 8 different ones.",
    false, 0};
constexpr Advice kProofOfWorkRequired = {
    428, "A proof of work is asked for",
    "Solve `challenge` (ALTCHA does it in the browser) and send its payload as `proof`. Whoever "
    "cannot run scripts gets a `pass` from the website or an agent instead.",
    true, 0};
constexpr Advice kRateLimited = {
    429, "Too much from one place",
    "More comes from here than one caller may send. Nothing was done; send less at a time, and try "
    "again later.",
    true, 10};
constexpr Advice kHeadersTooLarge = {
    431, "The head of the request is too large",
    "The head may have 8 KiB, 64 lines and a target of 2 KiB. Send fewer or smaller headers.",
    false, 0};
constexpr Advice kOverloaded = {
    503, "Too busy at the moment",
    "There are more requests than can be answered now. Nothing was done; try again shortly.", true,
    2};
constexpr Advice kReadOnly = {
    503, "No new reservations at the moment",
    "The engine's disk is nearly full, so new holds are refused. Holds made before can be "
    "confirmed and cancelled. An operator must free disk space.",
    true, 60};
constexpr Advice kOutcomeUnknown = {
    503, "It is not known whether this was done",
    "The engine could not make sure that this is on disk. Repeat the request, with the same "
    "Idempotency-Key if it had one: what was done is then answered, not done twice.",
    true, 5};
constexpr Advice kHttpVersion = {
    505, "HTTP/1.1 is required",
    "Only HTTP/1.1 is spoken here. In nginx, set proxy_http_version 1.1.", false, 0};
constexpr Advice kUnknownEntry = {
    404, "No such entry, or not with this key",
    "There is no entry of that name that this key opens. Check both; the key was in the reply to "
    "the entry and is in no other place.",
    false, 0};
constexpr Advice kUnknownPlace = {
    404, "No such place, or not with this key",
    "There is no place in a waitlist of that name that this key opens, or it was left. Check both; "
    "the key was in the reply when the place was taken.",
    false, 0};
constexpr Advice kUnknownMandate = {
    404, "No such mandate", "There is no mandate of that name. List those there are.", false, 0};
constexpr Advice kAlreadyEntered = {
    409, "There is an entry already",
    "This applicant is in this draw, and is in it once. If it was entered with an Idempotency-Key, "
    "repeat the request with that key to get the entry again.",
    false, 0};
constexpr Advice kAlreadyWaiting = {
    409, "There is a place already",
    "This applicant waits here already, once. If the place was taken with an Idempotency-Key, "
    "repeat the request with that key to get it again.",
    false, 0};
constexpr Advice kNoWaitlist = {
    409, "This agenda keeps no waitlist",
    "Seats that come back are given out at an opening, or after a time that nobody can know.",
    false, 0};
constexpr Advice kCapReached = {
    409, "No more this week",
    "This helper has booked as often as the agenda allows in a week. From Monday it can be done "
    "again; the office itself can book meanwhile.",
    true, 0};
constexpr Advice kByDraw = {
    409, "Seats of this agenda are drawn",
    "Nobody is first here. Enter the draw while it takes entries; `opens_at` says from when, where "
    "one is announced.",
    false, 0};
constexpr Advice kDrawStep = {
    409, "The draw is not at that point",
    "A draw is announced, takes entries, is closed, gets its seed and is run, in this order and "
    "once. Look at where it stands.",
    false, 0};

// In the order of the enum, and all of it: a new outcome does not compile until it has an answer.
struct Answered {
  Outcome outcome;
  Advice advice;
};
constexpr Answered kAdvice[] = {
    {Outcome::kOk, Advice()},
    {Outcome::kMalformedRequest, kMalformedRequest},
    {Outcome::kUnauthorized, kUnauthorized},
    {Outcome::kForbidden, kForbidden},
    {Outcome::kUnknownAgenda, kUnknownAgenda},
    {Outcome::kUnknownReservation, kUnknownReservation},
    {Outcome::kUnknownRoute, kUnknownRoute},
    {Outcome::kUnknownAct, kUnknownAct},
    {Outcome::kUnknownEntry, kUnknownEntry},
    {Outcome::kUnknownPlace, kUnknownPlace},
    {Outcome::kUnknownMandate, kUnknownMandate},
    {Outcome::kMethodNotAllowed, kMethodNotAllowed},
    {Outcome::kNotAcceptable, kNotAcceptable},
    {Outcome::kRequestTimeout, kRequestTimeout},
    {Outcome::kSlotTaken, kSlotTaken},
    {Outcome::kNothingLeft, kNothingLeft},
    {Outcome::kNotOpenYet, kNotOpenYet},
    {Outcome::kPaused, kPaused},
    {Outcome::kMovesUsed, kMovesUsed},
    {Outcome::kAlreadyReserved, kAlreadyReserved},
    {Outcome::kNotAdmitted, kNotAdmitted},
    {Outcome::kNotListed, kNotListed},
    {Outcome::kSecondPersonNeeded, kSecondPersonNeeded},
    {Outcome::kActSettled, kActSettled},
    {Outcome::kNotHeld, kNotHeld},
    {Outcome::kSeatsReserved, kSeatsReserved},
    {Outcome::kPepperInUse, kPepperInUse},
    {Outcome::kNotConfirmed, kNotConfirmed},
    {Outcome::kSeatsLeft, kSeatsLeft},
    {Outcome::kAlreadyEntered, kAlreadyEntered},
    {Outcome::kAlreadyWaiting, kAlreadyWaiting},
    {Outcome::kNoWaitlist, kNoWaitlist},
    {Outcome::kCapReached, kCapReached},
    {Outcome::kByDraw, kByDraw},
    {Outcome::kDrawStep, kDrawStep},
    {Outcome::kVersionMismatch, kVersionMismatch},
    {Outcome::kHoldExpired, kHoldExpired},
    {Outcome::kCancelled, kCancelled},
    {Outcome::kGone, kGone},
    {Outcome::kAttemptExpired, kAttemptExpired},
    {Outcome::kPayloadTooLarge, kPayloadTooLarge},
    {Outcome::kUnsupportedMediaType, kUnsupportedMediaType},
    {Outcome::kValidationFailed, kValidationFailed},
    {Outcome::kIdempotencyMismatch, kIdempotencyMismatch},
    {Outcome::kWeakIdempotencyKey, kWeakIdempotencyKey},
    {Outcome::kProofOfWorkRequired, kProofOfWorkRequired},
    {Outcome::kRateLimited, kRateLimited},
    {Outcome::kHeadersTooLarge, kHeadersTooLarge},
    {Outcome::kOverloaded, kOverloaded},
    {Outcome::kReadOnly, kReadOnly},
    {Outcome::kOutcomeUnknown, kOutcomeUnknown},
    {Outcome::kHttpVersion, kHttpVersion},
};

constexpr bool IsWhole() {
  for (size_t i = 0; i < std::size(kAdvice); ++i) {
    if (kAdvice[i].outcome != static_cast<Outcome>(i)) return false;
  }
  return std::size(kAdvice) == kOutcomes;
}
static_assert(IsWhole());

}  // namespace

Advice AdviceFor(Outcome outcome) { return kAdvice[static_cast<size_t>(outcome)].advice; }

}  // namespace creneau::http
