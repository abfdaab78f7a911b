// A day that the office closes, and what becomes of those who had a seat on it.
#include "booking/close.h"

#include <set>

#include "base/limits_waitlist.h"
#include "booking/engine_impl.h"
#include "tests/booking/close_fixture.h"
#include "tests/booking/faulty_files.h"

namespace creneau::booking {
namespace {

TEST_CASE_METHOD(Closing, "who had a seat on a closed day is offered the nearest one elsewhere") {
  const Reservation ada = At("2026-12-15T09:30", "2026-0001");
  const Reservation bert = At("2026-12-15T10:00", "2026-0002");
  const Reservation cleo = At("2026-12-17T09:00", "2026-0003");
  CHECK(Slots() == 6);
  const CloseAnswer would = Close("2026-12-15", true, /*dry_run=*/true);
  CHECK(would.slots == 3);
  CHECK(would.displaced == 2);
  CHECK(Slots() == 6);
  const CloseAnswer closed = Close("2026-12-15");
  CHECK(closed.outcome == Outcome::kOk);
  CHECK(closed.slots == 3);
  CHECK(closed.displaced == 2);
  CHECK(closed.seats_withdrawn == 4);  // one of the web's, three of the phone's
  CHECK(Slots() == 3);
  Minutes(1);
  const std::string first = SlotOf(ada);
  const std::string second = SlotOf(bert);
  CHECK(std::set<std::string>{first, second} ==
        std::set<std::string>{"offered 2026-12-17T09:30", "offered 2026-12-17T10:00"});
  CHECK(SlotOf(cleo) == "confirmed 2026-12-17T09:00");
  // The same name and key; and none of their own two moves.
  CHECK(Read(ada).reservation.moves_left == 2);
  REQUIRE(Do(&Engine::Confirm, ada).outcome == Outcome::kOk);
  CHECK(SlotOf(ada).starts_with("confirmed"));
  CHECK(Read(ada).reservation.moves_left == 2);
  Restart();
  CHECK(SlotOf(bert).starts_with("offered"));
  Hours(4);
  CHECK(Read(bert).outcome != Outcome::kOk);  // the offer was not taken
  CHECK(engine->CheckInvariants().ok());
}

TEST_CASE_METHOD(Closing,
                 "a closed day stays closed until it is said otherwise, whatever is published") {
  Close("2026-12-15");
  CHECK(Publish("93-titres", FewSeats("", "09:00-10:30")).outcome == Outcome::kOk);
  CHECK(Slots() == 3);
  REQUIRE(engine->TakeSnapshot().ok());
  Restart();
  CHECK(Publish("93-titres", FewSeats("", "09:00-10:30")).outcome == Outcome::kOk);
  CHECK(Slots() == 3);
  CHECK(Close("2026-12-15").existed);
  CHECK(Close("2026-12-15", /*closed=*/false).outcome == Outcome::kOk);
  CHECK(Close("2026-12-15", /*closed=*/false).existed);
  CHECK(Slots() == 3);  // what slots there were is in the file
  CHECK(Publish("93-titres", FewSeats("", "09:00-10:30")).outcome == Outcome::kOk);
  CHECK(Slots() == 6);
  CHECK(CloseDay(*engine, {"14-titres", CivilDate{2026, 12, 15}, ""}, kTester).outcome ==
        Outcome::kUnknownAgenda);
}

TEST_CASE("where there is no other seat they come before who waits, and before everybody") {
  Closing world("09:00-09:30");
  const Reservation ada = world.At("2026-12-15T09:00", "2026-0001");
  const Reservation bert = world.At("2026-12-17T09:00", "2026-0002");
  const PlaceView dora = world.Joined("2026-0004");
  world.Hours(24);
  world.Close("2026-12-15");
  world.Minutes(1);
  CHECK(world.SlotOf(ada) == "confirmed 2026-12-15T09:00");  // it stands until there is another
  CHECK(world.engine->inside().people_->closures.counts().displaced == 1);
  CHECK(world.engine->inside().people_->closures.counts().stuck == 1);  // nothing is free
  CHECK(world.Read(ada).reservation.day_closed);
  CHECK_FALSE(world.Read(bert).reservation.day_closed);
  REQUIRE(world.Do(&Engine::Cancel, bert).outcome == Outcome::kOk);
  world.Hours(2);
  CHECK(world.SlotOf(ada) == "offered 2026-12-17T09:00");
  CHECK_FALSE(world.Read(ada).reservation.day_closed);
  CHECK_FALSE(world.Ask(dora).place->offer);
  CHECK(world.engine->inside().people_->closures.counts().displaced == 0);
  // Not taken: now it is the waiting one's.
  world.Hours(4);
  CHECK(world.OfferOf(dora).slot == *ParseLocalMinute("2026-12-17T09:00"));
}

TEST_CASE("a seat that was set aside and that nobody takes is theirs at once") {
  Closing world("09:00-09:30");
  const Reservation ada = world.At("2026-12-15T09:00", "2026-0001");
  const Reservation bert = world.At("2026-12-17T09:00", "2026-0002");
  REQUIRE(world.Do(&Engine::Cancel, bert).outcome == Outcome::kOk);
  world.Minutes(2);
  CHECK(world.FreeSeats("2026-12-17T09:00") == 0);
  world.Close("2026-12-15");
  world.Minutes(1);
  CHECK(world.SlotOf(ada) == "offered 2026-12-17T09:00");
}

TEST_CASE("seats that were set aside on the day itself keep nobody from getting one elsewhere") {
  Closing world;
  const Reservation gone = world.At("2026-12-15T09:00", "2026-0001");
  const Reservation ada = world.At("2026-12-15T09:30", "2026-0002");
  const Reservation kept = world.At("2026-12-17T09:00", "2026-0003");
  world.At("2026-12-17T09:30", "2026-0004");
  world.At("2026-12-17T10:00", "2026-0005");
  REQUIRE(world.Do(&Engine::Cancel, gone).outcome == Outcome::kOk);
  REQUIRE(world.Do(&Engine::Cancel, kept).outcome == Outcome::kOk);
  world.Minutes(2);
  world.Close("2026-12-15");
  world.Until(world.clock.now + limits::kLookAtClosedMs);  // the steward looks once
  CHECK(world.SlotOf(ada) == "offered 2026-12-17T09:00");
}

TEST_CASE("a seat that nobody displaced can be moved to is not given back early for them") {
  Closing world("09:00-09:30");
  const Reservation ada = world.At("2026-12-15T09:00", "2026-0001");
  const Reservation bert = world.At("2026-12-17T09:00", "2026-0002");
  world.Close("2026-12-15");
  // Fewer days can be booked ahead now: bert's slot is beyond them, and ada cannot be moved there.
  std::string nearer = FewSeats("", "09:00-09:30");
  nearer.replace(nearer.find("horizon_days = 20"), 17, "horizon_days = 10");
  REQUIRE(world.Publish("93-titres", nearer).outcome == Outcome::kOk);
  world.Minutes(1);
  REQUIRE(world.engine->inside().people_->closures.counts().displaced == 1);
  REQUIRE(world.Do(&Engine::Cancel, bert).outcome == Outcome::kOk);
  world.Minutes(50);
  CHECK(world.engine->inside().ledger_.Count(bert.agenda->id, world.clock.now)[0].free == 0);
  CHECK(world.SlotOf(ada) == "confirmed 2026-12-15T09:00");
}

TEST_CASE("whoever was moved once already is told to be an agent's task") {
  Closing world("09:00-09:30");
  REQUIRE(world.Publish("93-titres", FewSeats("", "09:00-10:00")).outcome == Outcome::kOk);
  const Reservation ada = world.At("2026-12-15T09:00", "2026-0001");
  world.Close("2026-12-15");
  world.Minutes(1);
  REQUIRE(world.Do(&Engine::Confirm, ada).outcome == Outcome::kOk);
  CHECK(world.Close("2026-12-17").displaced == 1);
  world.Minutes(1);
  CHECK(world.SlotOf(ada) == "confirmed 2026-12-17T09:00");
  const Closures::Counts counts = world.engine->inside().people_->closures.counts();
  CHECK(counts.displaced == 1);
}

TEST_CASE("whoever is offered a seat on a day that is closed then is an agent's task at once") {
  Closing world("09:00-09:30");
  REQUIRE(world.Publish("93-titres", FewSeats("", "09:00-10:00")).outcome == Outcome::kOk);
  const Reservation ada = world.At("2026-12-15T09:00", "2026-0001");
  world.Close("2026-12-15");
  world.Minutes(1);
  REQUIRE(world.SlotOf(ada) == "offered 2026-12-17T09:00");
  CHECK(world.engine->inside().people_->closures.counts().stuck == 0);
  world.Close("2026-12-17");
  world.Minutes(1);
  CHECK(world.engine->inside().people_->closures.counts().stuck == 1);
}

TEST_CASE_METHOD(Closing, "a hold that is confirmed on a closed day is offered another seat then") {
  const ReservationAnswer held = Hold("2026-0001", "2026-12-15T09:30", std::string(kKey));
  REQUIRE(held.outcome == Outcome::kOk);
  Close("2026-12-15");
  Round();
  CHECK(SlotOf(held.reservation) == "held 2026-12-15T09:30");
  REQUIRE(Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
  Minutes(1);
  CHECK(SlotOf(held.reservation).starts_with("offered 2026-12-17"));
}

TEST_CASE_METHOD(Closing, "an outage takes no time from who was offered another seat") {
  const Reservation ada = At("2026-12-15T09:30", "2026-0001");
  Close("2026-12-15");
  Minutes(1);
  REQUIRE(SlotOf(ada).starts_with("offered"));
  Stop();
  clock.now = clock.now + 5 * kMsPerHour;
  Start();
  CHECK(SlotOf(ada).starts_with("offered"));
  Hours(2);
  clock.now = clock.now + 5 * kMsPerHour;
  engine->Tick();
  CHECK(SlotOf(ada).starts_with("offered"));
}

TEST_CASE("a seat comes back to people who were displaced a moment ago, before who waits") {
  Closing world("09:00-09:30");
  const Reservation ada = world.At("2026-12-15T09:00", "2026-0001");
  const Reservation bert = world.At("2026-12-17T09:00", "2026-0002");
  const PlaceView dora = world.Joined("2026-0004");
  world.Hours(24);
  REQUIRE(world.Do(&Engine::Cancel, bert).outcome == Outcome::kOk);
  world.Until(world.clock.now + (limits::kPassOnMs - 3 * kMsPerSecond));
  // The steward has just looked for displaced people.
  Closures& closures = world.engine->inside().people_->closures;
  closures.TakeTurn(Instant{0});
  REQUIRE(closures.TakeTurn(world.clock.now));
  world.Close("2026-12-15");
  world.Until(world.clock.now + 3 * kMsPerSecond);
  CHECK(world.SlotOf(ada) == "offered 2026-12-17T09:00");
  CHECK_FALSE(world.Ask(dora).place->offer);
}

// A start has every seat that is set aside looked at, before the steward looks for people.
TEST_CASE("no seat is given back early for who can be moved to one that is free anyway") {
  Closing world("09:00-10:30");
  const Reservation bert = world.At("2026-12-15T09:00", "2026-0002");
  const Reservation cleo = world.At("2026-12-17T09:00", "2026-0003");
  REQUIRE(world.Do(&Engine::Cancel, bert).outcome == Outcome::kOk);
  world.Minutes(2);
  world.Close("2026-12-17");
  world.Restart();
  world.Minutes(1);
  CHECK(world.SlotOf(cleo).starts_with("offered 2026-12-15"));
  CHECK(world.FreeSeats("2026-12-15T09:00") == 0);
}

TEST_CASE("no seat is given back early for who cannot be moved a second time") {
  Closing world("09:00-10:00");
  const Reservation ada = world.At("2026-12-15T09:30", "2026-0001");
  world.Close("2026-12-15");
  world.Minutes(1);
  REQUIRE(world.Do(&Engine::Confirm, ada).outcome == Outcome::kOk);
  world.Close("2026-12-15", /*closed=*/false);
  REQUIRE(world.Publish("93-titres", FewSeats("", "09:00-10:00")).outcome == Outcome::kOk);
  world.At("2026-12-15T09:00", "2026-0002");
  const Reservation bert = world.At("2026-12-15T09:30", "2026-0003");
  REQUIRE(world.Do(&Engine::Cancel, bert).outcome == Outcome::kOk);
  world.Minutes(2);
  world.Close("2026-12-17");
  world.Minutes(1);
  CHECK(world.SlotOf(ada).starts_with("confirmed 2026-12-17"));
  CHECK(world.FreeSeats("2026-12-15T09:30") == 0);
}

TEST_CASE("a seat that nobody took before its day was closed comes back as any other") {
  Closing world("09:00-09:30");
  const Reservation first = world.At("2026-12-15T09:00", "2026-0001");
  REQUIRE(world.Do(&Engine::Cancel, first).outcome == Outcome::kOk);
  world.Minutes(2);
  world.Close("2026-12-15");
  world.Close("2026-12-15", /*closed=*/false);
  REQUIRE(world.Publish("93-titres", FewSeats("", "09:00-09:30")).outcome == Outcome::kOk);
  world.Hours(25);
  const Reservation second = world.At("2026-12-15T09:00", "2026-0002");
  REQUIRE(world.Do(&Engine::Cancel, second).outcome == Outcome::kOk);
  world.Minutes(50);
  CHECK(world.FreeSeats("2026-12-15T09:00") == 0);
}

TEST_CASE("who has confirmed a seat waits no more, also where the office moves it at once") {
  Closing world("09:00-10:30");
  const Reservation bert = world.At("2026-12-17T09:00", "2026-0002");
  const PlaceView dora = world.Joined("2026-0004");
  world.Hours(24);
  const ReservationAnswer held = world.Hold("2026-0004", "2026-12-15T09:00", std::string(kKey));
  REQUIRE(held.outcome == Outcome::kOk);
  REQUIRE(world.Do(&Engine::Cancel, bert).outcome == Outcome::kOk);
  world.Minutes(2);
  world.Close("2026-12-15");
  REQUIRE(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
  world.Restart();
  world.Minutes(1);
  CHECK(world.SlotOf(held.reservation).starts_with("offered 2026-12-17"));
  CHECK(world.StateOf(dora) == "served");
}

// What is closed or published is in force; that the next segment's file cannot be made is found
// only then. The next start withdraws the seats.
TEST_CASE("whoever closes or publishes is told what comes of it, also where the log fails then") {
  env::PosixFileSystem files;
  FaultyFiles faulty(files, "log/spare");
  Closing world;
  const Reservation ada = world.At("2026-12-15T09:30", "2026-0001");
  world.Stop();
  EngineOptions options;
  options.data = world.directory + "/data";
  options.keys = world.directory + "/keys";
  options.segment_bytes = limits::kMinSegmentBytes;
  options.steward_thread = options.log_threads = false;
  bool failed = false;
  auto opened = Engine::Open(options, faulty, world.clock, world.entropy,
                             [&](const absl::Status&) { failed = true; });
  REQUIRE(opened.ok());
  world.engine = *std::move(opened);
  faulty.die_at = faulty.operations + 1;
  int slots = 3;
  SECTION("closes") {
    const CloseAnswer closed = world.Close("2026-12-15");
    CHECK(closed.outcome == Outcome::kOk);
    CHECK(closed.slots == 3);
    CHECK(closed.displaced == 1);
    CHECK(closed.seats_withdrawn == 5);
  }
  SECTION("publishes") {
    const PublishAnswer published =
        world.Publish("93-titres", FewSeats("", "09:00-09:30"), Displaced::kKeep);
    CHECK(published.outcome == Outcome::kOk);
    CHECK(published.seats_kept == 1);
    CHECK(published.seats_withdrawn == 7);
    slots = 2;
  }
  REQUIRE(failed);
  world.Restart();
  CHECK(world.Slots() == slots);
  CHECK(world.SlotOf(ada) == "confirmed 2026-12-15T09:30");
  CHECK(world.engine->CheckInvariants().ok());
}

TEST_CASE_METHOD(Closing, "a day that is over, or a slip of the pen, is not closed") {
  CHECK(Close("1926-12-15").outcome == Outcome::kValidationFailed);
  CHECK(Close("2026-11-29", true, /*dry_run=*/true).outcome == Outcome::kValidationFailed);
  CHECK(Close("1926-12-15", /*closed=*/false).outcome == Outcome::kOk);  // it is open
}

TEST_CASE("what may be said for a reason is what the log can say of one") {
  for (const auto& [reason, may] :
       std::vector<std::pair<std::string, bool>>{{"", true},
                                                 {"strike", true},
                                                 {"1st-of-may", true},
                                                 {std::string(24, 'a'), true},
                                                 {std::string(25, 'a'), false},
                                                 {"-", false},
                                                 {"strike-", false},
                                                 {"Strike", false},
                                                 {"no heating", false}}) {
    INFO(reason);
    CHECK(IsCloseReason(reason) == may);
    codec::StaffAct act{.person = "uid:1000"};
    act.what = "close";
    act.reason = reason;
    CHECK(codec::IsStaffAct(act) == may);
  }
}

}  // namespace
}  // namespace creneau::booking
