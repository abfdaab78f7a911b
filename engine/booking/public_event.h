// What the website and auditors are told of the log (design 7, GET /v1/events): public facts about
// reservations and agendas. Never a subject, a key or what identifies a request. Plain values,
// valid until the feed they came from is asked again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"
#include "booking/answers.h"
#include "codec/seats_shifted.h"
#include "codec/staff_act.h"
#include "codec/state.h"

namespace creneau::booking {

enum class PublicFact : uint8_t {
  kHeld,
  kOffered,   // kept for somebody, who may confirm it until expires_at
  kExtended,  // the hold's deadline is later: by its holder, or for an outage
  kConfirmed,
  kMoved,
  kDayClosed,    // of an agenda: nobody is received on `day`
  kDayReopened,  // it is not closed any more
  kSlotClosed,   // a reservation was of that day when it was closed: its holder is to be warned
  kDisplaced,    // its slot was closed by the office: another one is offered, until expires_at
  kExpired,      // the hold lapsed
  kCancelled,    // by its holder; of a hold: given up
  kPublished,
  kMandateDue,    // it has no seat, and its deadline is near
  kMandateVoid,   // it waited when its group went over to another pepper: to be entered again
  kSeatsShifted,  // from channels to others, with that version of the calendar
  kRosterImported,
  kOpeningOpened,
  kOpeningPaused,
  kOpeningResumed,
  kOpeningDraining,
  kOpeningChanged,  // its end, its cap, its beacon
  kPlaceOffered,    // a place in the waitlist: that reservation is offered to its holder
  kPlaceLapsed,     // its offers were not taken, and it has ended
  kDrawAnnounced,   // an agenda's draw: its rules are published
  kDrawClosed,      // its entries are committed to
  kDrawSeeded,      // the value of its round is known
  kDrawDone,        // its seats are given: offers follow
  kDrawAbandoned,   // the agenda went on to another one before it was done
  kDrawCrowded,     // one address sends more entries than its share
  kEntryOffered,    // an entry in a draw: that reservation is offered to its holder
  kEntryPassed,     // what was offered was declined or lapsed, or could not be offered
  kRecoveryAsked,   // somebody asks for the way back to it: the website writes to its holder
  kAskedAgain,      // somebody has tried to book in its holder's name
  kRepaired,        // two agents have given it back to whose name it is in: the old key is void
  kStaffAct,        // of the staff, by whom: for auditors only
  kLossAccepted,    // what came after `lost_after` was lost: events told of it did not happen
};
std::string_view PublicFactName(PublicFact fact);  // "held", "opening-paused"

// Which agenda, and the clock on its office's wall.
struct AgendaLabel {
  std::string name;
  Zone zone;
};

// Where and when a seat is.
struct PublicSeat {
  LocalMinute slot;
  Instant starts_at;
  int minutes = 0;
};

// One record of the log makes one event at most, so an LSN is an event's name and a place to go on
// from.
struct PublicEvent {
  Lsn lsn;
  Instant at;  // when it was written
  PublicFact fact = PublicFact::kHeld;
  const AgendaLabel* agenda = nullptr;  // null: an agenda that is not known yet

  std::optional<int32_t> day;  // kDayClosed, kDayReopened: days since 1970-01-01

  std::string place;  // of a waitlist: its name
  std::string entry;  // of a draw: its name
  std::string draw;   // its id

  // Of a reservation.
  std::optional<ReservationName> reservation;
  PublicSeat seat;  // no minutes: the name alone is told
  Channel channel = Channel::kWeb;
  bool confirmed = false;             // kMoved: as what it was moved; kCancelled: what was given up
  std::optional<Instant> expires_at;  // of a hold
  std::vector<ReservationName> party;  // of several that were held together: all, this one too
  bool by_holder = false;              // kExtended
  uint32_t moves = 0;                  // kMoved: this one included
  PublicSeat from;                     // kMoved

  uint32_t version = 0;                          // kPublished, kRosterImported
  bool adds = false;                             // kRosterImported
  std::string mandate{};                         // of a mandate: its name
  int32_t deadline = 0;                          // likewise: days since 1970-01-01
  uint32_t penalty_eur = 0;                      // likewise: a day
  const codec::SeatsShifted* shifted = nullptr;  // kSeatsShifted

  const codec::OpeningState* opening = nullptr;  // of an opening: as it is now
  const codec::StaffAct* act = nullptr;          // kStaffAct
  std::optional<Lsn> lost_after;                 // kLossAccepted
};

}  // namespace creneau::booking
