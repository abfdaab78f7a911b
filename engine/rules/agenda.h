// An agenda: the rules of one service at one office, as its file states them (design 9). A plain
// value, immutable once published; any thread. codec/agenda_file.h reads it from TOML, codec/
// writes it into the log.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "rules/draw_rules.h"

namespace creneau::rules {

// How seats are given out. No draws yet: the reader of agenda files refuses them and says so.
enum class Policy : uint8_t { kDirect = 0, kQueue = 1, kDraw = 2 };
std::string_view PolicyName(Policy policy);  // as in agenda files: "direct"
std::optional<Policy> PolicyFromName(std::string_view name);

// How sure the identity is (design 5).
enum class IdentityProof : uint8_t { kDeclared = 0, kListed = 1, kAsserted = 2 };
std::string_view IdentityProofName(IdentityProof proof);  // as in agenda files: "declared"
std::optional<IdentityProof> IdentityProofFromName(std::string_view name);

// Whether those who arrive at a queue have to show a proof of work: never, while many arrive,
// always.
enum class ProofDemand : uint8_t { kOff = 0, kLoad = 1, kAlways = 2 };
std::string_view ProofDemandName(
    ProofDemand demand);  // as in agenda files: "off", "load", "always"
std::optional<ProofDemand> ProofDemandFromName(std::string_view name);

// What happens to a mandate that finds no seat of the court's share in time (design 5): a court
// seat is added to a slot, or another channel's seat is taken, and counted.
enum class CourtOverflow : uint8_t { kAdd = 0, kCount = 1 };
std::string_view CourtOverflowName(CourtOverflow overflow);  // as in agenda files: "add", "count"
std::optional<CourtOverflow> CourtOverflowFromName(std::string_view name);

// Seats that nobody of a channel has taken so many hours before their slot begins go to another
// one.
struct Flow {
  Channel from = Channel::kWeb;
  Channel to = Channel::kWeb;
  int hours_before = 0;
  friend bool operator==(const Flow&, const Flow&) = default;
};

// What can name an applicant. The names in agenda files and requests are the lower-case ones of
// IdentityFieldName.
enum class IdentityField : uint8_t {
  kDossier = 0,
  kPassport = 1,
  kForeignerNumber = 2,
  kBirthDate = 3
};
inline constexpr size_t kIdentityFields = 4;

using IdentityAlternative = std::vector<IdentityField>;  // all of these together name an applicant

// Bit 0 is Monday, bit 6 Sunday.
struct Weekdays {
  uint8_t bits = 0;
  bool Has(int weekday) const { return (bits >> weekday & 1) != 0; }
  friend bool operator==(const Weekdays&, const Weekdays&) = default;
};

// When seats are given out, in minutes after local midnight. gather <= open < close <= 1440.
struct Opening {
  Weekdays weekdays;
  int gather = 0;
  int open = 0;
  int close = 0;
  friend bool operator==(const Opening&, const Opening&) = default;
};

// Seats of one slot by channel, indexed by Channel; 1 to 64 in all.
struct SeatCounts {
  std::array<uint8_t, kChannels> of{};
  int total() const {
    int sum = 0;
    for (const uint8_t count : of) sum += count;
    return sum;
  }
  friend bool operator==(const SeatCounts&, const SeatCounts&) = default;
};

struct Hours {  // minutes after local midnight, from < until
  int from = 0;
  int until = 0;
  friend bool operator==(const Hours&, const Hours&) = default;
};

// An opening period of the office, from which slots are made.
struct Session {
  Weekdays weekdays;
  CivilDate from;   // inclusive
  CivilDate until;  // inclusive
  std::vector<Hours> hours;
  int minutes = 0;  // of one slot
  SeatCounts seats;
  bool skip_holidays = true;
  std::vector<CivilDate> except;
  int line = 0;    // in the file, for messages; 0 unknown
  int column = 0;  // likewise
};

// Of agendas and their groups: "92-naturalisation". Such a name needs no escaping anywhere.
inline bool IsName(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

struct Agenda {
  std::string name;  // IsName
  std::string title;
  std::string office;
  std::string timezone;  // IANA name
  std::string group;     // one live reservation per subject in this group
  Policy policy = Policy::kDirect;
  std::vector<IdentityAlternative> identity;
  IdentityProof identity_proof = IdentityProof::kDeclared;
  int hold_s = 300;
  int notice_hours = 0;
  int horizon_days = 42;
  // A cancelled or lapsed seat is free again after a random time between these bounds (design 5).
  int cooldown_min_hours = 1;
  int cooldown_max_hours = 24;
  std::string
      alternative;  // the substitute for those without a computer, where no seat is outside the web
  std::optional<Opening> opening;  // absent: always open
  std::vector<Session> sessions;   // may be empty: slots then come by CSV
  // The office knows that with identity_proof = "declared" nothing keeps invented people out.
  bool accept_invented = false;
  ProofDemand proof_of_work = ProofDemand::kOff;
  // Of a queue: the public source of a number that nobody can know before the opening, in words;
  // what it gives is mixed into K (surge/key_chain.h). Empty: none.
  std::string beacon;
  // How long at least its service record is kept for everybody to read (design 5, 8).
  int retention_days = limits::kRetentionDays;
  // How many may book together, in one slot (families).
  int party_max = 1;
  // How long somebody has to take what is offered to them, by the channel they came through.
  std::array<int, kChannels> offer_hours{72, 72, 72, 240, 72};
  std::vector<Flow> flow;
  bool waitlist = false;  // whether it keeps one
  // Reservations that one helper (an association, a lawyer) may make in an ISO week.
  int helper_cap = 20;
  CourtOverflow court_overflow = CourtOverflow::kAdd;
  std::optional<DrawRules> draw;  // of policy kDraw
  // Of a queue: the end of the chain that the K of its openings come from (surge/key_chain.h). Not
  // in the file: the engine that publishes it has the chain.
  std::array<uint8_t, 32> chain_end{};
};

// A slot as the calendar has it, before the ledger knows it.
struct CalendarSlot {
  LocalMinute start;  // its public name
  Instant starts_at;
  int minutes = 0;
  SeatCounts seats;
  friend bool operator==(const CalendarSlot&, const CalendarSlot&) = default;
};

}  // namespace creneau::rules
