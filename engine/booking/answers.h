// What the engine is asked and what it answers: plain values, valid until the request's reply is
// written. The text they point to (titles, names) belongs to the engine and outlives every request.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/outcome.h"
#include "base/zone.h"
#include "codec/state.h"
#include "proof/attempt.h"
#include "rules/agenda.h"
#include "rules/calendar.h"
#include "rules/diagnostic.h"
#include "rules/identity.h"
#include "rules/opening.h"
#include "surge/pass.h"
#include "surge/proof_of_work.h"
#include "surge/ticket.h"

namespace creneau::booking {

// One published version of an agenda: immutable, kept until the process ends (a few kB for each
// publication).
struct AgendaInfo {
  AgendaId id;
  uint32_t version = 0;  // 1 for the first publication; the ETag
  rules::Agenda rules;
  Zone zone;
  Instant published_at;
};

enum class ReservationState : uint8_t { kHeld, kConfirmed, kCancelled, kOffered };
std::string_view ReservationStateName(ReservationState state);  // "held", "confirmed", "cancelled"

// 13 characters of Crockford's base32: what people read out on the phone. Upper case.
struct ReservationName {
  std::array<char, 13> text;
  std::string_view view() const { return {text.data(), text.size()}; }
};

// 128 bits in base64url without padding: the secret that travels only in the Creneau-Key header.
struct ReservationKey {
  std::array<char, 22> text;
  std::string_view view() const { return {text.data(), text.size()}; }
};

// What the reservations of a family have in common, as the names of what is numbered (names.h).
struct PartyName {
  std::array<char, 14> text;
  std::string_view view() const { return {text.data(), text.size()}; }
};

struct Reservation {
  ReservationName name;
  ReservationKey key;
  ReservationState state = ReservationState::kHeld;
  const AgendaInfo* agenda = nullptr;
  Channel channel = Channel::kWeb;
  LocalMinute slot;
  Instant starts_at;
  int minutes = 0;
  Instant expires_at;  // of a hold or an offer
  bool extended = false;
  int moves_left = 0;  // by its holder
  int moves = 0;       // in all
  std::optional<PartyName> party;
  bool day_closed = false;  // by the office: its holder has to have another seat
};

struct HoldRequest {
  std::string_view agenda;
  rules::Applicant applicant;
  std::string_view ticket{};     // where the agenda has a queue
  std::string_view assertion{};  // where the website vouches for people (proof/assertion.h)
  std::optional<LocalMinute> slot;
  std::string_view idempotency_key;  // empty: none was sent; else already checked for form
  uint64_t body_hash = 0;  // of what the client asked for, to tell a repeat from a reuse of the key
};

// How a reservation's holder names it.
struct HolderRequest {
  std::string_view name;
  std::string_view key;
};

// Why somebody in a queue may not hold a seat now.
enum class Turn : uint8_t {
  kNow,
  kNoTicket,  // has none
  kWait,      // has not come
  kMissed,    // was not used in time; another ticket has its place at the end
  kUsed,      // two holds were let go: over for this opening
};

// What a refusal is to be turned into a receipt with.
using AttemptText = proof::AttemptText;

struct ReservationAnswer {
  Outcome outcome = Outcome::kOk;
  bool existed = false;     // a repeat: 200, not 201
  Reservation reservation;  // when outcome is kOk
  // What helps, where the outcome calls for it.
  const AgendaInfo* agenda = nullptr;  // where it is known
  std::optional<Instant> opens_at;     // kNotOpenYet, kNothingLeft
  std::vector<LocalMinute>
      alternatives;  // kSlotTaken: free slots near the one asked for, at most 5
  std::vector<rules::IdentityProblem> problems;  // kValidationFailed: JSON pointer and message
  Turn turn = Turn::kNow;                        // kNotAdmitted
  int64_t poll_after_s = 0;                      // kNotAdmitted, Turn::kWait
  std::optional<AttemptText> attempt;            // of a hold that was refused
  std::string_view detail{};                     // what to say of a refusal instead of the usual
};

using ProofOfWork = surge::Proof;
using ChallengeText = surge::Challenge;
using surge::kProofAlgorithm;

struct TicketRequest {
  std::string_view agenda;
  rules::Applicant applicant;
  std::string_view ticket{};  // one had before: its place is kept
  // Where proofs are asked for, one of these.
  std::optional<ProofOfWork> proof{};
  std::string_view pass{};
  std::string_view assertion{};  // as HoldRequest's
};

struct TicketAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;  // where it is known
  std::optional<Instant> opens_at;     // kNotOpenYet, kNothingLeft
  std::vector<rules::IdentityProblem> problems;
  std::optional<ChallengeText> challenge;  // kProofOfWorkRequired
  Turn turn = Turn::kNow;                  // kNotAdmitted: kUsed
  std::optional<AttemptText> attempt;      // of one that was refused
  surge::TicketText ticket;
  bool admitted = false;
  std::optional<surge::Rank> rank;  // once the opening has begun
  uint64_t place = 0;               // about; 1: next
  int64_t poll_after_s = 0;
};

// The first day of the chain that K comes from.
inline constexpr int32_t kChainFirstDay = surge::kChainFirstDay;

struct PassAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;  // where it is known
  std::vector<rules::IdentityProblem> problems;
  surge::PassText pass;
  Instant expires_at;
};

enum class Phase : uint8_t { kClosed, kGathering, kOpen, kExhausted };
std::string_view PhaseName(Phase phase);  // "closed", …
inline constexpr std::array<Phase, 4> kAllPhases = {Phase::kClosed, Phase::kGathering, Phase::kOpen,
                                                    Phase::kExhausted};

// All that OpeningView::limit can be, but for nothing, where nothing has been decided yet.
std::vector<std::string_view> AdmissionLimits();
// One of them: the opening is due, and its beacon's value has not been given.
inline constexpr std::string_view kWaitsForBeacon = "beacon";

// What everybody may know of an agenda's opening.
struct OpeningView {
  Phase phase = Phase::kClosed;
  // Under way or next; closes_at as outages and operators have moved it. Absent: always open, or
  // none within a year.
  std::optional<rules::OpeningTimes> times;
  codec::OpeningState state;  // of that opening; its counts are those of now
  uint32_t waiting = 0;       // people with a ticket who have not been admitted, about
  uint32_t free = 0;          // web seats that can be booked, a moment ago
  uint32_t rate_per_min = 0;  // people admitted
  std::string_view limit;     // what keeps it from being more
};

struct ChannelCounts {
  uint32_t published = 0;  // seats of slots that have not begun
  uint32_t free = 0;
  uint32_t held = 0;
  uint32_t confirmed = 0;
  uint32_t cooling = 0;      // given up or lapsed, and not given out again yet
  uint64_t cancelled = 0;    // confirmed reservations, ever, of any slot
  uint32_t offered = 0;      // kept for somebody who has to answer, or to be offered
  uint32_t waiting = 0;      // people in the waitlist
  uint64_t by_agents = 0;    // reservations made for somebody by the staff, ever (booking/desk.h)
  uint64_t by_helpers = 0;   // likewise
  uint64_t shifted_in = 0;   // seats that came from other channels, ever (booking/shift.h)
  uint64_t shifted_out = 0;  // that went to others, ever
};

// Whom courts have sent, ever (booking/mandates.h): a high share means that the ordinary way fails.
struct CourtShare {
  uint64_t given = 0;
  uint64_t added = 0;    // of these, in seats beyond the court's share
  uint64_t counted = 0;  // of these, in other channels' seats
};

struct AgendaAnswer {
  const AgendaInfo* agenda = nullptr;  // null: unknown
  OpeningView opening;
  std::array<ChannelCounts, kChannels> counts;
  CourtShare court;
};

struct QueueAnswer {
  const AgendaInfo* agenda = nullptr;  // null: unknown
  OpeningView opening;
};

// What an operator can do to an opening by hand.
struct OpeningOrder {
  enum class What : uint8_t { kPause, kResume, kDrain, kRate, kExtend, kBeacon, kWithoutBeacon };
  What what = What::kPause;
  int64_t value = 0;        // kRate: people a minute, 0 for no cap; kExtend: minutes
  std::string_view text{};  // kBeacon: what it gave
};

struct OrderAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;  // where it is known
  std::string problem;                 // kValidationFailed
  OpeningView opening;                 // as it now is
};

// A CSV file whose columns are named as the agenda's identity fields: one line for each person.
struct RosterRequest {
  std::string_view agenda;
  std::string_view body;
  bool adds = false;     // to those listed already, else instead of them
  bool dry_run = false;  // only look whether it is right
};

struct RosterAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;
  size_t people = 0;          // in the file, each once
  size_t listed = 0;          // people, now
  rules::Diagnostics errors;  // kValidationFailed
};

struct SlotView {
  LocalMinute start;
  Instant starts_at;
  int minutes = 0;
  int free = 0;      // web seats
  int capacity = 0;  // seats of all channels
};

struct SlotsAnswer {
  const AgendaInfo* agenda = nullptr;  // null: unknown
  std::vector<SlotView> slots;         // that can be booked now, by start
  std::optional<CivilDate> next;       // where to go on, when there is more
};

enum class AgendaFormat { kToml, kCsv };
enum class Displaced { kRefuse, kKeep };

struct PublishRequest {
  std::string_view name;  // from the path
  std::string_view body;
  AgendaFormat format = AgendaFormat::kToml;
  std::optional<uint32_t> if_match;
  bool dry_run = false;
  Displaced displaced = Displaced::kRefuse;
};

struct PublishAnswer {
  Outcome outcome = Outcome::kOk;
  bool created = false;
  uint32_t version = 0;  // now in force; of a dry run, the one that is in force
  uint32_t slots = 0;    // in the new calendar
  uint32_t seats_added = 0;
  uint32_t seats_withdrawn = 0;
  uint32_t seats_kept =
      0;  // by this publication: reserved, out of the calendar, theirs until they end
  std::vector<LocalMinute> displaced;  // kSeatsReserved: the slots concerned
  rules::Diagnostics errors;           // kValidationFailed
  rules::Diagnostics warnings;
};

}  // namespace creneau::booking
