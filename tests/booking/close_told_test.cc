// What the website is told of a day that the office closes.
#include <set>
#include <string>
#include <vector>

#include "booking/event_feed.h"
#include "tests/booking/close_fixture.h"

namespace creneau::booking {

TEST_CASE_METHOD(Closing, "who moves what the office has offered is not displaced once more") {
  const Reservation ada = At("2026-12-15T09:30", "2026-0001");
  Close("2026-12-15");
  Minutes(1);
  REQUIRE(SlotOf(ada) == "offered 2026-12-17T09:00");
  REQUIRE(Move(ada, "2026-12-17T10:00").outcome == Outcome::kOk);
  std::vector<PublicFact> told;
  const auto feed = engine->EventsAfter(Lsn{0});
  for (;;) {
    PublicEvent event;
    const auto step = feed->Next(&event);
    REQUIRE(step.ok());
    if (*step == EventFeed::Step::kCaughtUp) break;
    const bool moves = event.fact == PublicFact::kDisplaced || event.fact == PublicFact::kMoved;
    if (*step == EventFeed::Step::kEvent && moves) told.push_back(event.fact);
  }
  CHECK(told == std::vector<PublicFact>{PublicFact::kDisplaced, PublicFact::kMoved});
}

TEST_CASE_METHOD(Closing,
                 "everybody who has a seat on a closed day is named to the website, once") {
  const Reservation ada = At("2026-12-15T09:30", "2026-0001");
  const ReservationAnswer held = Hold("2026-0002", "2026-12-15T10:00", std::string(kKey));
  REQUIRE(held.outcome == Outcome::kOk);
  At("2026-12-17T09:00", "2026-0003");
  Close("2026-12-15", true, /*dry_run=*/true);
  Close("2026-12-15");
  Close("2026-12-15");
  CHECK(Read(held.reservation).reservation.day_closed);
  Close("2026-12-15", /*closed=*/false);
  CHECK_FALSE(Read(held.reservation).reservation.day_closed);
  Restart();
  std::multiset<std::string> warned;
  std::vector<PublicFact> days;
  const auto feed = engine->EventsAfter(Lsn{0});
  for (;;) {
    PublicEvent event;
    const auto step = feed->Next(&event);
    REQUIRE(step.ok());
    if (*step == EventFeed::Step::kCaughtUp) break;
    if (*step != EventFeed::Step::kEvent) continue;
    if (event.fact == PublicFact::kSlotClosed) {
      CHECK(days.size() == 1);  // the day comes first
      CHECK(event.agenda->name == "93-titres");
      warned.insert(std::string(event.reservation->view()));
    }
    if (!event.day) continue;
    CHECK(event.agenda->name == "93-titres");
    CHECK(*event.day == DaysFromCivil({2026, 12, 15}));
    days.push_back(event.fact);
  }
  CHECK(warned == std::multiset<std::string>{std::string(ada.name.view()),
                                             std::string(held.reservation.name.view())});
  CHECK(days == std::vector<PublicFact>{PublicFact::kDayClosed, PublicFact::kDayReopened});
}

TEST_CASE_METHOD(Closing, "what has begun when its day is closed takes place") {
  const Reservation ada = At("2026-12-15T09:00", "2026-0001");
  const Reservation bert = At("2026-12-15T09:30", "2026-0002");
  Until(ada.starts_at + kMsPerMinute);
  REQUIRE(Close("2026-12-15").outcome == Outcome::kOk);
  CHECK_FALSE(Read(ada).reservation.day_closed);
  CHECK(Read(bert).reservation.day_closed);
}

}  // namespace creneau::booking
