// The rules of seats that are kept for somebody, and of what the office cannot keep to.
#include "tests/ledger/catch.h"
#include "tests/ledger/script.h"

namespace creneau::ledger {

TEST_CASE("a seat that has cooled is set aside, and is nobody's to take") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1                        -> +1 -0 kept 0
    aside seat=0 at=0s                         -> no
    hold slot=09:00 who=ada at=0s              -> held
    aside seat=0 at=9000s                      -> no
    cancel who=ada at=10s cool=100s            -> cancelled
    aside seat=0 at=109s                       -> no
    aside seat=0 at=110s                       -> aside
    aside seat=0 at=110s                       -> no
    look who=ada                               -> unknown
    confirm who=ada at=110s                    -> unknown-reservation
    free slot=09:00                            -> none
    hold slot=09:00 who=bert at=110s           -> slot-taken
    tick at=9000s                              -> nothing
    restart                                    -> same
    hold slot=09:00 who=bert at=110s           -> slot-taken
    unaside seat=0                             -> free
    unaside seat=0                             -> no
    free slot=09:00                            -> web:1
    hold slot=09:00 who=bert at=110s           -> held
  )") == "");
}

TEST_CASE("what was set aside is one subject's until the deadline, and confirmed like a hold") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2 09:20=web:1            -> +3 -0 kept 0
    hold slot=09:00 who=ada                    -> held
    cancel who=ada at=10s cool=0s              -> cancelled
    aside seat=0 at=10s                        -> aside
    hold slot=09:20 who=cleo                   -> held
    offer seat=0 who=cleo                      -> already-reserved
    offer seat=0 who=bert at=10s for=3600s     -> offered 09:00
    offer seat=0 who=dora at=10s               -> slot-taken
    holds                                      -> 1
    look who=bert                              -> offered 09:00 by bert
    look who=ada                               -> unknown
    hold slot=09:00 who=bert key=other         -> already-reserved
    hold slot=09:00 who=ada                    -> held
    restart                                    -> same
    confirm who=bert at=3610s                  -> confirmed
    cancel who=bert at=3620s cool=0s           -> cancelled
    aside seat=0 at=3620s                      -> aside
    offer seat=0 who=dora into=confirmed       -> confirmed 09:00
    restart                                    -> same
    confirm who=dora                           -> confirmed already
  )") == "");
}

TEST_CASE("an offer that lapses, or that is given up, cools and can be set aside for the next") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1                        -> +1 -0 kept 0
    hold slot=09:00 who=ada                    -> held
    cancel who=ada cool=0s                     -> cancelled
    aside seat=0                               -> aside
    offer seat=0 who=bert at=0s for=100s       -> offered 09:00
    confirm who=bert at=101s                   -> hold-expired
    tick at=101s cool=9s                       -> expired bert
    aside seat=0 at=110s                       -> aside
    offer seat=0 who=bert at=110s for=100s     -> offered 09:00
    cancel who=bert at=111s cool=0s            -> cancelled
    aside seat=0 at=111s                       -> aside
    offer seat=0 who=cleo at=111s into=held    -> held 09:00
    holds                                      -> 1
  )") == "");
}

TEST_CASE("a calendar takes seats that are set aside as it takes free ones") {
  CHECK(Script().Run(R"(
    publish 09:00=web:3                        -> +3 -0 kept 0
    hold slot=09:00 who=ada                    -> held
    hold slot=09:00 who=bert                   -> held
    cancel who=ada cool=0s                     -> cancelled
    aside seat=0                               -> aside
    publish 09:00=web:1                        -> +0 -2 kept 0
    offer seat=0 who=cleo                      -> slot-taken
    unaside seat=0                             -> no
    publish 09:00=web:2                        -> +1 -0 kept 0
    free slot=09:00                            -> web:1
    cancel who=bert cool=0s                    -> cancelled
    publish 09:00=web:0                        -> +0 -2 kept 0
    aside seat=1                               -> no
    tick                                       -> withdrawn
  )") == "");
}

TEST_CASE("the office moves a reservation as an offer, once, and its holder keeps two moves") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1 09:40=web:1 10:00=web:1,phone:1 -> +5 -0 kept 0
    hold slot=09:00 who=ada                              -> held
    extend who=ada at=0s by=300s                         -> held until 600s
    confirm who=ada                                      -> confirmed
    move who=ada slot=09:20                              -> confirmed 09:20
    displace who=ada slot=09:40 at=10s for=100s          -> offered 09:40
    displace who=ada slot=09:40 at=11s for=100s          -> offered 09:40 already
    displace who=ada slot=10:00 at=11s                   -> moves-used
    look who=ada                                         -> offered 09:40 by ada
    holds                                                -> 0
    restart                                              -> same
    confirm who=ada at=110s                              -> confirmed
    displace who=ada slot=10:00 at=120s                  -> moves-used
    move who=ada slot=10:00                              -> confirmed 10:00
    move who=ada slot=09:40                              -> moves-used
    restart                                              -> same
    look who=ada                                         -> confirmed 10:00 by ada
    cancel who=ada                                       -> cancelled
    look who=ada                                         -> cancelled 10:00 by ada
  )") == "");
}

TEST_CASE("the office may offer a seat of another channel, also for what is held or offered") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2 10:00=phone:2                    -> +4 -0 kept 0
    hold slot=09:00 who=ada                              -> held
    hold slot=09:00 who=bert into=offered                -> offered
    displace who=ada slot=10:00 at=0s for=50s            -> slot-taken
    displace who=ada slot=10:00 at=301s channel=phone    -> hold-expired
    displace who=ada slot=10:00 at=0s for=400s channel=phone  -> offered 10:00
    displace who=bert slot=10:00 at=0s for=50s channel=phone  -> offered 10:00
    holds                                                -> 0
    tick at=300s cool=0s                                 -> expired somebody moved
    confirm who=ada at=400s                              -> confirmed
    restart                                              -> same
  )") == "");
}

TEST_CASE("the steward is told of what was set aside, also after a restart") {
  Tickets tickets{0};
  RecordingSink sink(tickets);
  std::vector<CalendarChange> changes;
  Ledger ledger;
  Publish(ledger, WebSlots(1, 2), 1, sink, changes);
  const Result held = ledger.Hold(HoldFor(SubjectNumber(1), kStart), sink);
  REQUIRE(ledger.Cancel(held.seat.origin, kStart, kStart, sink).outcome == Outcome::kOk);
  const auto aside = [](Ledger& of) {
    std::vector<SeatId> told;
    of.TakeTouched([&](SeatId seat, SeatWord word) {
      if (word.state() == SeatState::kAside) told.push_back(seat);
    });
    return told;
  };
  CHECK(aside(ledger).empty());
  REQUIRE(ledger.Aside(held.seat.ref.seat, kStart, sink));
  const std::vector<SeatId> seats = {held.seat.ref.seat};
  CHECK(aside(ledger) == seats);
  CHECK(aside(ledger).empty());
  CHECK(ledger.Count(kAgenda, kStart)[0].aside == 1);
  const std::vector<Record> events = InQueueOrder({&sink});
  CHECK(events.back().seat.subject == Subject{});  // nobody's
  const Replayed replayed = Replay(changes, events, events.size());
  CHECK(aside(*replayed.ledger) == seats);
}

}  // namespace creneau::ledger
