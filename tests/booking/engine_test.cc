#include "booking/engine.h"

#include "tests/booking/fixture.h"

namespace creneau::booking {
namespace {

const std::string kRepeatedKey = "k7Jd93mZpQ4vX1sLw0RtYb";
const std::string kOtherKey = "a8Kd93mZpQ4vX1sLw0RtYc";

TEST_CASE("from hold to confirmed, moved and given up") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);

  const auto held = world.Hold("9200123456", "2026-12-01T09:00", kRepeatedKey);
  REQUIRE(held.outcome == Outcome::kOk);
  CHECK_FALSE(held.existed);
  CHECK(held.reservation.state == ReservationState::kHeld);
  CHECK(held.reservation.expires_at == world.clock.now + 300'000);
  CHECK(world.FreeSeats("2026-12-01T09:00") == 1);

  const auto confirmed = world.Do(&Engine::Confirm, held.reservation);
  REQUIRE(confirmed.outcome == Outcome::kOk);
  CHECK(confirmed.reservation.state == ReservationState::kConfirmed);
  CHECK(world.Do(&Engine::Confirm, held.reservation).existed);

  const auto moved = world.Move(held.reservation, "2026-12-03T10:30");
  REQUIRE(moved.outcome == Outcome::kOk);
  CHECK(moved.reservation.name.view() == held.reservation.name.view());
  CHECK(moved.reservation.key.view() == held.reservation.key.view());
  CHECK(FormatLocalMinute(moved.reservation.slot) == "2026-12-03T10:30");
  CHECK(moved.reservation.moves_left == 1);
  // The seat left behind cools: nobody who watches gets it.
  CHECK(world.FreeSeats("2026-12-01T09:00") == 1);

  const auto cancelled = world.Do(&Engine::Cancel, held.reservation);
  REQUIRE(cancelled.outcome == Outcome::kOk);
  CHECK(cancelled.reservation.state == ReservationState::kCancelled);
  CHECK(world.Do(&Engine::Cancel, held.reservation).outcome == Outcome::kOk);
  CHECK(world.Do(&Engine::Read, held.reservation).outcome == Outcome::kCancelled);
  CHECK(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kCancelled);
  CHECK(world.engine->CheckInvariants().ok());
}

TEST_CASE("a repeated hold: the same key gets it back, another learns only that there is one") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto held = world.Hold("9200123456", "2026-12-01T09:00", kRepeatedKey);
  REQUIRE(held.outcome == Outcome::kOk);

  const auto again = world.Hold("92 0012-3456", "2026-12-01T09:00",
                                kRepeatedKey);  // the same file number, written otherwise
  REQUIRE(again.outcome == Outcome::kOk);
  CHECK(again.existed);
  CHECK(again.reservation.name.view() == held.reservation.name.view());
  CHECK(again.reservation.key.view() == held.reservation.key.view());

  CHECK(world.Hold("9200123456", "2026-12-01T09:00", kOtherKey).outcome ==
        Outcome::kAlreadyReserved);
  CHECK(world.Hold("9200123456", "2026-12-01T09:00").outcome == Outcome::kAlreadyReserved);
  CHECK(world.Hold("9200123456", "2026-12-01T10:00", kRepeatedKey).outcome ==
        Outcome::kIdempotencyMismatch);
}

TEST_CASE("what is refused, and what helps") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  CHECK(world.Hold("1", "", "", "75-titres").outcome == Outcome::kUnknownAgenda);
  const auto bad = world.Hold("1");
  CHECK(bad.outcome == Outcome::kValidationFailed);
  CHECK(bad.problems.at(0).pointer == "/applicant/dossier");

  REQUIRE(world.Hold("AAAA1", "2026-12-01T09:00").outcome == Outcome::kOk);
  REQUIRE(world.Hold("AAAA2", "2026-12-01T09:00").outcome == Outcome::kOk);
  const auto taken = world.Hold("AAAA3", "2026-12-01T09:00");  // the desk's seat is not the web's
  CHECK(taken.outcome == Outcome::kSlotTaken);
  CHECK(FormatLocalMinute(taken.alternatives.at(0)) == "2026-12-01T09:30");
  CHECK(taken.alternatives.size() == 5);

  CHECK(world.Hold("AAAA3", "2026-12-02T09:00").problems.at(0).pointer == "/slot");  // a Wednesday
  const auto early = world.Hold("AAAA3", "2026-12-29T09:00");
  CHECK(early.outcome == Outcome::kNotOpenYet);
  CHECK(early.opens_at ==
        Instant{world.clock.Now().ms + (29 * kMsPerDay - kMsPerHour) - 20 * kMsPerDay});
}

TEST_CASE("notice: too late for a slot that begins within two hours") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  world.clock.now =
      Instant{world.clock.Now().ms + 21 * kMsPerHour + 1};  // 7:00:00.001 in Paris on 1 December
  CHECK(world.Hold("AAAA1", "2026-12-01T09:00").problems.at(0).pointer == "/slot");
  CHECK(world.Hold("AAAA1", "2026-12-01T09:30").outcome == Outcome::kOk);
}

TEST_CASE("outside its hours an agenda says when it opens, and confirms all the same") {
  World world;
  const std::string opening = R"(
[opening]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
gather = "08:30"
open = "09:00"
close = "10:01"
)";
  REQUIRE(world.Publish("93-titres", AgendaToml("93-titres", opening)).outcome == Outcome::kOk);
  const auto held = world.Hold("AAAA1", "2026-12-01T09:00", kRepeatedKey);  // 10:00 in Paris
  REQUIRE(held.outcome == Outcome::kOk);
  world.Pass(120);
  const auto late = world.Hold("AAAA2", "2026-12-01T09:00");
  CHECK(late.outcome == Outcome::kNotOpenYet);
  CHECK(late.opens_at == Instant{1796029200000 + 23 * kMsPerHour});
  CHECK(world.Hold("AAAA1", "2026-12-01T09:00", kRepeatedKey).existed);
  CHECK(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
}

TEST_CASE(
    "a hold lapses after its time and a grace, cools for one to 24 hours, and is free again") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto held = world.Hold("AAAA1", "2026-12-03T09:00");
  REQUIRE(held.outcome == Outcome::kOk);
  const Instant in_time = world.clock.now + 299'000;
  world.Pass(301);
  // Received in time, processed late.
  world.act->Begin();
  const auto late = world.engine->Extend(
      *world.act, {held.reservation.name.view(), held.reservation.key.view()}, in_time);
  REQUIRE(world.wait.Finish(*world.act));
  CHECK(late.outcome == Outcome::kOk);
  CHECK(late.reservation.expires_at == held.reservation.expires_at + 300'000);
  CHECK(world.Do(&Engine::Extend, held.reservation).reservation.expires_at ==
        late.reservation.expires_at);  // once

  world.Pass(303);
  CHECK(world.engine->stats().expired == 1);
  CHECK(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kHoldExpired);
  CHECK(world.FreeSeats("2026-12-03T09:00") == 1);
  CHECK(world.Hold("AAAA1", "2026-12-03T09:30").outcome ==
        Outcome::kOk);  // the person is free to try again
  world.Pass(3'590);
  CHECK(world.FreeSeats("2026-12-03T09:00") == 1);
  world.Pass(23 * 3'600 + 20);
  CHECK(world.FreeSeats("2026-12-03T09:00") == 2);
  CHECK(world.Do(&Engine::Read, held.reservation).outcome == Outcome::kUnknownReservation);
  CHECK(world.engine->CheckInvariants().ok());
}

TEST_CASE("the key of a hold ends with it, before the steward comes as after") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const std::string key = "an-idempotency-key-1234";
  const auto held = world.Hold("AAAA1", "2026-12-03T09:00", key);
  REQUIRE(world.Hold("AAAA1", "2026-12-03T09:00", key).existed);
  world.Pass(301);  // past the deadline, within the grace
  CHECK(world.Hold("AAAA1", "2026-12-03T09:00", key).outcome == Outcome::kHoldExpired);
  CHECK(world.Hold("AAAA1", "2026-12-03T09:00").outcome == Outcome::kAlreadyReserved);
  CHECK(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kHoldExpired);
  world.Pass(2);
  const auto again = world.Hold("AAAA1", "2026-12-03T09:00", key);
  CHECK(again.outcome == Outcome::kOk);
  CHECK_FALSE(again.existed);
}

TEST_CASE(
    "after a standstill nobody is told that it is too late before holds have got their time") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto ada = world.Hold("AAAA1", "2026-12-03T09:00");
  const auto bert = world.Hold("AAAA2", "2026-12-03T09:00");
  world.Pass(100);
  world.clock.now = world.clock.now + 600'000;  // the machine stood still; the steward comes second
  CHECK(world.Do(&Engine::Read, ada.reservation).outcome == Outcome::kOk);
  CHECK(world.Do(&Engine::Confirm, ada.reservation).outcome == Outcome::kOk);
  world.Pass(1);
  CHECK(world.Do(&Engine::Read, bert.reservation).reservation.expires_at >=
        bert.reservation.expires_at + 599'000);
  CHECK(world.Do(&Engine::Confirm, bert.reservation).outcome == Outcome::kOk);
}

TEST_CASE("while event loops are late nothing lapses, and afterwards holds have got that time") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto held = world.Hold("AAAA1", "2026-12-03T09:00");
  world.Pass(290);
  int64_t lag_ms = 0;
  world.engine->WatchEdge([&lag_ms] { return lag_ms; });
  for (lag_ms = 1'500; lag_ms < 60'000; lag_ms += 250) world.Round();
  CHECK(world.engine->stats().expired == 0);
  CHECK(world.Do(&Engine::Read, held.reservation).outcome == Outcome::kOk);
  lag_ms = 0;
  world.Round();
  CHECK(world.Do(&Engine::Read, held.reservation).reservation.expires_at >=
        held.reservation.expires_at + 58'000);
  world.engine->WatchEdge(nullptr);
  CHECK(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
}

TEST_CASE("an appointment that is over lets its holder book again, and cannot be moved") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto held = world.Hold("AAAA1", "2026-12-01T09:00");
  REQUIRE(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
  world.Pass(22 * 3'600 + 60);  // 2026-12-01, 8:01 in Paris
  CHECK(world.Hold("AAAA1", "2026-12-03T09:00").outcome == Outcome::kAlreadyReserved);
  world.Pass(3'600);  // 9:01
  CHECK(world.Move(held.reservation, "2026-12-03T09:00").outcome == Outcome::kValidationFailed);
  world.Pass(1'700);  // 9:29
  CHECK(world.Hold("AAAA1", "2026-12-03T09:00").outcome == Outcome::kAlreadyReserved);
  world.Pass(100);  // 9:31
  CHECK(world.Hold("AAAA1", "2026-12-03T09:00").outcome == Outcome::kOk);
  CHECK(world.engine->CheckInvariants().ok());
  const std::string digest = world.engine->Digest();
  world.engine->Close();
  const auto audit = AuditLog(world.files, world.directory + "/data");
  REQUIRE(audit.ok());
  CHECK(audit->digest == digest);
}

TEST_CASE("when everything stood still for a minute, holds are a minute longer") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto held = world.Hold("AAAA1");
  world.Pass(1);
  world.clock.now = world.clock.now + 60'000;
  world.Pass(1);
  CHECK(world.Do(&Engine::Read, held.reservation).reservation.expires_at ==
        held.reservation.expires_at + 60'000);
}

TEST_CASE("nothing left says so, and names and keys that are not right look alike") {
  World world;
  REQUIRE(
      world.Publish("93-titres", AgendaToml("93-titres", "", "{ web = 1, desk = 1 }")).outcome ==
      Outcome::kOk);
  ReservationAnswer last;
  int given = 0;
  for (int i = 0; i < 100; ++i) {
    last = world.Hold("FILE" + std::to_string(i));
    if (last.outcome != Outcome::kOk) break;
    ++given;
  }
  CHECK(given == 36);  // six slots on each of six days within 20 days
  CHECK(last.outcome == Outcome::kNothingLeft);
  CHECK(world.engine->ReadAgenda("93-titres", world.clock.now).opening.phase == Phase::kExhausted);

  const auto held = world.Hold("FILE0");
  CHECK(held.outcome == Outcome::kAlreadyReserved);
  Reservation forged;
  forged.name.text.fill('7');
  forged.key.text.fill('a');
  CHECK(world.Do(&Engine::Read, forged).outcome == Outcome::kUnknownReservation);
}

}  // namespace
}  // namespace creneau::booking
