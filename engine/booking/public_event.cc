#include "booking/public_event.h"

#include "base/check.h"

namespace creneau::booking {

std::string_view PublicFactName(PublicFact fact) {
  switch (fact) {
    case PublicFact::kHeld:
      return "held";
    case PublicFact::kOffered:
      return "offered";
    case PublicFact::kExtended:
      return "extended";
    case PublicFact::kConfirmed:
      return "confirmed";
    case PublicFact::kMoved:
      return "moved";
    case PublicFact::kDisplaced:
      return "displaced";
    case PublicFact::kExpired:
      return "expired";
    case PublicFact::kCancelled:
      return "cancelled";
    case PublicFact::kPublished:
      return "published";
    case PublicFact::kMandateDue:
      return "mandate-due";
    case PublicFact::kSeatsShifted:
      return "seats-shifted";
    case PublicFact::kRosterImported:
      return "roster-imported";
    case PublicFact::kOpeningOpened:
      return "opening-opened";
    case PublicFact::kOpeningPaused:
      return "opening-paused";
    case PublicFact::kOpeningResumed:
      return "opening-resumed";
    case PublicFact::kOpeningDraining:
      return "opening-draining";
    case PublicFact::kOpeningChanged:
      return "opening-changed";
    case PublicFact::kDrawAnnounced:
      return "draw-announced";
    case PublicFact::kDrawClosed:
      return "draw-closed";
    case PublicFact::kDrawSeeded:
      return "draw-seeded";
    case PublicFact::kDrawDone:
      return "draw-done";
    case PublicFact::kDrawAbandoned:
      return "draw-abandoned";
    case PublicFact::kDrawCrowded:
      return "draw-crowded";
    case PublicFact::kEntryOffered:
      return "entry-offered";
    case PublicFact::kEntryPassed:
      return "entry-passed";
    case PublicFact::kPlaceOffered:
      return "place-offered";
    case PublicFact::kPlaceLapsed:
      return "place-lapsed";
    case PublicFact::kRecoveryAsked:
      return "recovery-asked";
    case PublicFact::kAskedAgain:
      return "asked-again";
    case PublicFact::kRepaired:
      return "repaired";
    case PublicFact::kStaffAct:
      return "staff-act";
    case PublicFact::kLossAccepted:
      return "loss-accepted";
  }
  CHECK(false);
}

}  // namespace creneau::booking
