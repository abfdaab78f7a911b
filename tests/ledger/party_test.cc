// Families: a seat for each in one slot, or none.
#include "tests/ledger/catch.h"
#include "tests/ledger/script.h"

namespace creneau::ledger {

TEST_CASE("a party gets a seat for each in one slot, or nothing") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2 09:20=web:3,phone:4    -> +9 -0 kept 0
    party slot=09:00 who=ada,bert,cleo         -> slot-taken
    party slot=09:10 who=ada,bert              -> slot-taken
    party who=ada,bert,cleo                    -> held 09:20 8 9 10
    holds                                      -> 3
    party who=dora,emil,fred                   -> nothing-left
    free slot=09:00                            -> web:2
    party who=dora,emil,fred channel=phone     -> held 09:20 11 12 13
    party slot=09:00 who=gina,hugo             -> held 09:00 0 1
    look who=hugo                              -> held 09:00 by hugo
    restart                                    -> same
    look who=cleo                              -> held 09:20 by cleo
    holds                                      -> 8
  )") == "");
}

TEST_CASE("who of a party has a reservation keeps it, and the others get nothing") {
  CHECK(Script().Run(R"(
    publish 09:00=web:4 09:20=web:1            -> +5 -0 kept 0
    hold slot=09:20 who=bert                   -> held
    party slot=09:00 who=ada,bert,cleo         -> already-reserved bert
    free slot=09:00                            -> web:4
    look who=bert                              -> held 09:20 by bert
    cancel who=bert                            -> cancelled
    party slot=09:00 who=ada,bert,cleo         -> held 09:00 0 1 2
    party slot=09:00 who=ada,dora              -> already-reserved ada
    hold slot=09:00 who=cleo key=other         -> already-reserved
    hold slot=09:00 who=cleo                   -> the same
  )") == "");
}

TEST_CASE("the reservations of a party are each one's own") {
  CHECK(Script().Run(R"(
    publish 09:00=web:4 09:20=web:2            -> +6 -0 kept 0
    party slot=09:00 who=ada,bert,cleo,dora    -> held 09:00 0 1 2 3
    confirm who=ada at=10s                     -> confirmed
    extend who=bert at=10s by=300s             -> held until 600s
    cancel who=cleo at=10s cool=0s             -> cancelled
    move who=bert slot=09:20 at=10s            -> held 09:20
    restart                                    -> same
    tick at=301s cool=60s                      -> expired dora, free
    confirm who=bert at=600s                   -> confirmed
    confirm who=dora at=600s                   -> hold-expired
    hold slot=09:00 who=cleo                   -> held
    look who=ada                               -> confirmed 09:00 by ada
    restart                                    -> same
  )") == "");
}

TEST_CASE("a party sits together where it can, and apart where it cannot") {
  CHECK(Script().Run(R"(
    publish 09:00=web:6                        -> +6 -0 kept 0
    hold slot=09:00 who=ada                    -> held
    hold slot=09:00 who=bert                   -> held
    hold slot=09:00 who=cleo                   -> held
    cancel who=bert cool=0s                    -> cancelled
    tick                                       -> free
    party slot=09:00 who=dora,emil             -> held 09:00 3 4
    party slot=09:00 who=fred,gina             -> held 09:00 1 5
    party slot=09:00 who=hugo,ida              -> slot-taken
  )") == "");
}

TEST_CASE("a party can be offered its seats, or get them confirmed") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2,desk:2                                  -> +4 -0 kept 0
    party slot=09:00 who=ada,bert into=offered for=7200s        -> offered 09:00 0 1
    party slot=09:00 who=cleo,dora channel=desk into=confirmed  -> confirmed 09:00 2 3
    holds                                                       -> 0
    confirm who=ada at=7200s                                    -> confirmed
    confirm who=cleo at=9000s                                   -> confirmed already
    tick at=7201s                                               -> expired bert
    restart                                                     -> same
  )") == "");
}

TEST_CASE("one record tells all of a party, and one that is refused tells nothing") {
  Tickets tickets{0};
  RecordingSink sink(tickets);
  std::vector<CalendarChange> changes;
  Ledger ledger;
  Publish(ledger, WebSlots(2, 8), 1, sink, changes);
  REQUIRE(ledger.HoldParty(PartyFor(100, 8, kStart + 60'000), sink).outcome == Outcome::kOk);
  REQUIRE(sink.log().size() == 1);
  CHECK(sink.log()[0].record.party.count == 8);
  CHECK(ledger.HoldParty(PartyFor(107, 2, kStart + 60'000), sink).outcome ==
        Outcome::kAlreadyReserved);
  CHECK(sink.log().size() == 1);
  CHECK(ledger.CheckInvariants().ok());
  // What the record says is put in place as a whole.
  const Replayed replayed = Replay(changes, InQueueOrder({&sink}), 1);
  CHECK(replayed.ledger->live_holds() == 8);
  CHECK(replayed.ledger->Digest() == ledger.Digest());
  // A seat that is none is refused before anything is.
  PartyHeld wrong = sink.log()[0].record.party;
  wrong.seats[7].seat = SeatId{64};
  Ledger fresh;
  for (const CalendarChange& change : changes) fresh.Apply(change, /*recovering=*/true);
  CHECK(fresh.Apply(wrong).code() == absl::StatusCode::kDataLoss);
  CHECK(fresh.WordOf(SeatId{0}) == SeatWord());
}

TEST_CASE("the steward is told of each of a party's deadlines") {
  Tickets tickets{0};
  RecordingSink sink(tickets);
  std::vector<CalendarChange> changes;
  Ledger ledger;
  Publish(ledger, WebSlots(1, 16), 1, sink, changes);
  REQUIRE(ledger.HoldParty(PartyFor(100, 8, kStart + 60'000), sink).outcome == Outcome::kOk);
  std::vector<SeatId> told;
  ledger.TakeTouched([&](SeatId seat, SeatWord) { told.push_back(seat); });
  CHECK(told.size() == 8);
}

}  // namespace creneau::ledger
