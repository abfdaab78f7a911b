// What the log keeps of mandates (design 5), and their record (proto/creneau/v1/event.proto): a
// reservation that a court ordered, from its entry by one person to its seat by another. Each
// record tells a mandate whole. What the decision says names a person: it is there sealed only,
// under a key that comes from a pepper and goes with it (booking/mandate_seal.h). Plain values;
// pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/instant.h"

namespace creneau::codec {

enum class MandateState : uint8_t {
  kProposed = 1,   // by one person
  kGiven = 2,      // approved by another: it has its reservation
  kWithdrawn = 3,  // not to be
  kVoid = 4,       // it waited when its group went over to another pepper: nobody's any more
};
std::string_view MandateStateName(MandateState state);  // "proposed"

// Where its seat comes from.
enum class MandateSeat : uint8_t {
  kNone = 0,
  kShare = 1,    // the court's
  kAdded = 2,    // one more court seat was added to a slot
  kCounted = 3,  // another channel's, openly
};
std::string_view MandateSeatName(MandateSeat seat);  // "share"

struct Mandate {
  uint64_t number = 0;  // of its name (booking/names.h); 0: a snapshot's, which tells the counts
  AgendaId agenda{};
  MandateState state = MandateState::kProposed;
  Subject subject{};  // what the applicant's fields give, not resolved
  std::string court{};
  std::string decision{};    // sealed
  uint32_t epoch = 1;        // of the pepper that subject and seal are by
  int32_t date = 0;          // of the decision: days since 1970-01-01
  int32_t deadline = 0;      // the appointment is on that day at the latest
  uint32_t penalty_eur = 0;  // a day
  std::string proposed_by{};
  Instant proposed_at{};
  std::string settled_by{};
  Instant settled_at{};
  SeatRef origin{};  // kGiven: what the reservation's name stands for
  MandateSeat seat = MandateSeat::kNone;
  bool told = false;  // that it is due and has no seat
  // Of the agenda, ever, this one included: they only grow.
  uint64_t given = 0;
  uint64_t added = 0;
  uint64_t counted = 0;
  friend bool operator==(const Mandate&, const Mandate&) = default;
};

std::string EncodeMandate(const Mandate& mandate);

}  // namespace creneau::codec
