// What the public is told of waitlists, closed days and draws (event_teller.h).

#include <utility>

#include "base/check.h"
#include "booking/event_teller.h"

namespace creneau::booking {

// The rest its holder does, or hears of with the reservation.
bool EventTeller::Tell(const codec::WaitlistPlace& place, PublicEvent* event) {
  const bool offered = place.state == codec::PlaceState::kOffered;
  if (!offered && place.state != codec::PlaceState::kLapsed) return false;
  event->fact = offered ? PublicFact::kPlaceOffered : PublicFact::kPlaceLapsed;
  event->agenda = LabelOf(place.agenda);
  event->place = names_.NameOf(Names::Kind::kPlace, place.number);
  if (offered) event->reservation = names_.NameOf(place.offer);
  return true;
}

bool EventTeller::Tell(const codec::DayClosed& closed, PublicEvent* event) {
  event->fact = closed.closed ? PublicFact::kDayClosed : PublicFact::kDayReopened;
  event->agenda = LabelOf(closed.agenda);
  event->day = closed.day;
  return true;
}

bool EventTeller::Tell(const codec::HolderNotice& notice, PublicEvent* event) {
  switch (notice.kind) {
    case codec::NoticeKind::kRecovery:
      return TellOf(notice.origin, PublicFact::kRecoveryAsked, event);
    case codec::NoticeKind::kAskedAgain:
      return TellOf(notice.origin, PublicFact::kAskedAgain, event);
    case codec::NoticeKind::kSlotClosed:
      return TellOf(notice.origin, PublicFact::kSlotClosed, event);
  }
  CHECK(false);
}

// A step, or a crowd; what was told already is not told again.
bool EventTeller::Tell(const codec::DrawState& draw, PublicEvent* event) {
  static constexpr PublicFact kFacts[] = {PublicFact::kDrawAnnounced, PublicFact::kDrawClosed,
                                          PublicFact::kDrawSeeded, PublicFact::kDrawDone,
                                          PublicFact::kDrawAbandoned};
  const auto [at, fresh] = draws_.try_emplace({draw.agenda, draw.draw}, draw);
  const codec::DrawState before = std::exchange(at->second, draw);
  const bool stepped = fresh || before.step != draw.step || before.rules != draw.rules;
  if (!stepped && before.crowded >= draw.crowded) return false;
  event->fact = stepped ? kFacts[static_cast<size_t>(draw.step) - 1] : PublicFact::kDrawCrowded;
  event->agenda = LabelOf(draw.agenda);
  event->draw = draw.rules.id;
  return true;
}

bool EventTeller::Tell(const codec::DrawEntry& entry, PublicEvent* event) {
  const bool offered = entry.state == codec::EntryState::kOffered;
  if (!offered && entry.state != codec::EntryState::kPassed) return false;
  event->fact = offered ? PublicFact::kEntryOffered : PublicFact::kEntryPassed;
  event->agenda = LabelOf(entry.agenda);
  event->entry = names_.NameOf(Names::Kind::kEntry, entry.name);
  if (entry.offer) event->reservation = names_.NameOf(*entry.offer);
  return true;
}

}  // namespace creneau::booking
