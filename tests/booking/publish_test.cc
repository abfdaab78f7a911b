#include "booking/engine.h"
#include "tests/booking/fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE("publishing again changes the calendar by difference") {
  World world;
  const auto first = world.Publish("93-titres", AgendaToml());
  REQUIRE(first.outcome == Outcome::kOk);
  CHECK(first.created);
  CHECK(first.version == 1);
  CHECK(first.slots == 60);  // ten days with six slots
  CHECK(first.seats_added == 180);

  const auto more =
      world.Publish("93-titres", AgendaToml("93-titres", "", "{ web = 3, desk = 1 }"));
  REQUIRE(more.outcome == Outcome::kOk);
  CHECK(more.version == 2);
  CHECK(more.seats_added == 60);
  CHECK(world.FreeSeats("2026-12-01T09:00") == 3);

  const auto fewer =
      world.Publish("93-titres", AgendaToml("93-titres", "", "{ web = 1, desk = 1 }"));
  REQUIRE(fewer.outcome == Outcome::kOk);
  CHECK(fewer.seats_withdrawn == 120);
  CHECK(world.FreeSeats("2026-12-01T09:00") == 1);

  const auto back =
      world.Publish("93-titres", AgendaToml("93-titres", "", "{ web = 2, post = 1, desk = 1 }"));
  REQUIRE(back.outcome == Outcome::kOk);
  CHECK(world.FreeSeats("2026-12-01T09:00") == 2);
  const auto counts = world.engine->ReadAgenda("93-titres", world.clock.now).counts;
  CHECK(counts[static_cast<size_t>(Channel::kPost)].free == 60);
  CHECK(world.engine->CheckInvariants().ok());
  // What came back is the seats that had gone: none was made anew.
  const std::string digest = world.engine->Digest();
  world.Restart();
  CHECK(world.engine->Digest() == digest);
}

TEST_CASE("reserved seats are not taken away unless the operator says what becomes of them") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto ada = world.Hold("AAAA1", "2026-12-01T09:00");
  const auto bert = world.Hold("AAAA2", "2026-12-01T09:00");
  REQUIRE(world.Do(&Engine::Confirm, ada.reservation).outcome == Outcome::kOk);

  const std::string one_seat = AgendaToml("93-titres", "", "{ web = 1, desk = 1 }");
  const auto refused = world.Publish("93-titres", one_seat);
  CHECK(refused.outcome == Outcome::kSeatsReserved);
  CHECK(FormatLocalMinute(refused.displaced.at(0)) == "2026-12-01T09:00");
  CHECK(refused.version == 1);

  const auto kept = world.Publish("93-titres", one_seat, Displaced::kKeep);
  REQUIRE(kept.outcome == Outcome::kOk);
  CHECK(kept.seats_kept == 1);
  CHECK(world.Do(&Engine::Read, ada.reservation).outcome == Outcome::kOk);
  CHECK(world.Do(&Engine::Confirm, bert.reservation).outcome == Outcome::kOk);

  // Both give their seats up; one comes back, the other is gone with its holder.
  REQUIRE(world.Do(&Engine::Cancel, ada.reservation).outcome == Outcome::kOk);
  REQUIRE(world.Do(&Engine::Cancel, bert.reservation).outcome == Outcome::kOk);
  // It is 10:00 on the day before; after at most 24 hours both have cooled, and the slot has gone
  // by: look at another day's rule.
  world.Pass(24 * 3'600 + 10);
  const auto counts = world.engine->ReadAgenda("93-titres", Instant{1796029200000}).counts;
  CHECK(counts[0].free == counts[0].published);
  CHECK(world.engine->CheckInvariants().ok());
}

TEST_CASE("what has begun is over: a calendar that leaves it out displaces nobody") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto ada = world.Hold("AAAA1", "2026-12-01T09:00");
  REQUIRE(world.Do(&Engine::Confirm, ada.reservation).outcome == Outcome::kOk);
  const auto bert = world.Hold("AAAA2", "2026-12-03T09:00");
  REQUIRE(world.Do(&Engine::Confirm, bert.reservation).outcome == Outcome::kOk);
  world.clock.now = world.clock.now + 2 * kMsPerDay;  // 2026-12-02, 10:00 in Paris
  std::string later = AgendaToml();
  later.replace(later.find("2026-12-01"), 10, "2026-12-02");
  const auto published = world.Publish("93-titres", later);
  CHECK(published.outcome == Outcome::kOk);
  CHECK(published.seats_kept == 0);
  CHECK(world.Do(&Engine::Read, ada.reservation).outcome == Outcome::kOk);
  later.replace(later.find("2026-12-02"), 10, "2026-12-04");
  CHECK(world.Publish("93-titres", later).displaced ==
        std::vector<LocalMinute>{*ParseLocalMinute("2026-12-03T09:00")});
}

TEST_CASE("a dry run and a wrong version change nothing") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  PublishRequest request;
  request.name = "93-titres";
  const std::string body = AgendaToml("93-titres", "", "{ web = 5, desk = 1 }");
  request.body = body;
  request.dry_run = true;
  const auto dry = world.engine->Publish(request, kTester);
  CHECK(dry.outcome == Outcome::kOk);
  CHECK(dry.seats_added == 180);
  CHECK(dry.version == 1);
  CHECK(world.FreeSeats("2026-12-01T09:00") == 2);
  request.dry_run = false;
  request.if_match = 7;
  CHECK(world.engine->Publish(request, kTester).outcome == Outcome::kVersionMismatch);
  request.if_match = 1;
  CHECK(world.engine->Publish(request, kTester).version == 2);
}

TEST_CASE("slots by CSV stand beside those from sessions, and either file replaces only its own") {
  World world;
  const std::string csv =
      "slot,minutes,web,desk\n2026-12-04T14:00,20,2,1\n2026-12-04T14:20,20,3,0\n";
  CHECK(world.Publish("14-titres", csv, Displaced::kRefuse, AgendaFormat::kCsv)
            .errors.at(0)
            .message.find("TOML") != std::string::npos);
  REQUIRE(world.Publish("14-titres", AgendaToml("14-titres")).outcome == Outcome::kOk);
  const auto published = world.Publish("14-titres", csv, Displaced::kRefuse, AgendaFormat::kCsv);
  REQUIRE(published.outcome == Outcome::kOk);
  CHECK(published.slots == 62);
  CHECK(published.seats_added == 6);
  CHECK(world.Hold("AAAA1", "2026-12-04T14:20", "", "14-titres").outcome == Outcome::kOk);
  // The TOML again, with other seats: the listed slots stay.
  REQUIRE(world.Publish("14-titres", AgendaToml("14-titres", "", "{ web = 1, desk = 1 }")).slots ==
          62);
  CHECK(world.Hold("AAAA2", "2026-12-04T14:20", "", "14-titres").outcome == Outcome::kOk);
  // The same start in both is an error, not a guess.
  const std::string meeting = "slot,minutes,web\n2026-12-01T09:00,30,2\n";
  CHECK(world.Publish("14-titres", meeting, Displaced::kKeep, AgendaFormat::kCsv).outcome ==
        Outcome::kValidationFailed);
  // An empty list takes the listed ones away; who holds a seat keeps it.
  const auto emptied =
      world.Publish("14-titres", "slot,minutes,web\n", Displaced::kKeep, AgendaFormat::kCsv);
  CHECK(emptied.slots == 60);
  CHECK(emptied.seats_kept == 2);
}

TEST_CASE("a file with errors, or for another agenda, is refused whole") {
  World world;
  CHECK(world.Publish("93-titres", "agenda = ").outcome == Outcome::kValidationFailed);
  CHECK(world.Publish("75-titres", AgendaToml()).outcome == Outcome::kValidationFailed);
  CHECK(world.engine->Agendas().empty());
}

}  // namespace
}  // namespace creneau::booking
