#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "base/prng.h"
#include "codec/event.h"
#include "tests/booking/faulty_files.h"
#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE("after a restart everything is as it was, and holds are longer by the time away") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto held = world.Hold("AAAA1", "2026-12-01T09:00");
  const auto confirmed = world.Hold("AAAA2", "2026-12-01T09:30");
  REQUIRE(world.Do(&Engine::Confirm, confirmed.reservation).outcome == Outcome::kOk);
  REQUIRE(world.Move(confirmed.reservation, "2026-12-03T11:00").outcome == Outcome::kOk);
  world.Stop();
  world.clock.now = world.clock.now + 600'000;
  world.Start();
  CHECK(world.engine->start_report().reservations == 2);
  CHECK_FALSE(world.engine->start_report().keys_made);
  const auto read = world.Do(&Engine::Read, held.reservation);
  REQUIRE(read.outcome == Outcome::kOk);
  CHECK(read.reservation.expires_at >= world.clock.now + 290'000);
  CHECK(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
  const auto moved = world.Do(&Engine::Read, confirmed.reservation);
  REQUIRE(moved.outcome == Outcome::kOk);
  CHECK(FormatLocalMinute(moved.reservation.slot) == "2026-12-03T11:00");
  CHECK(moved.reservation.state == ReservationState::kConfirmed);
}

// As a start leaves it that was killed after its first batch: the time is owed, one hold has got
// it.
TEST_CASE("a start that is killed while it lengthens holds takes no time from anybody") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  const auto ada = world.Hold("AAAA1", "2026-12-01T09:00");
  const auto bert = world.Hold("AAAA2", "2026-12-01T09:00");
  const Instant away_from = world.clock.now;
  world.clock.now = world.clock.now + 3'600'000;
  const std::string owed = codec::EncodeOutage({away_from, /*settled=*/false});
  world.act->Begin();
  world.act->PushBytes(owed);
  REQUIRE(world.wait.Finish(*world.act));
  world.Stop();  // the last batch is now, an hour after both could last confirm
  world.Start();
  for (const auto& held : {ada, bert}) {
    const auto read = world.Do(&Engine::Read, held.reservation);
    REQUIRE(read.outcome == Outcome::kOk);
    CHECK(read.reservation.expires_at >= world.clock.now + 290'000);
  }
  // It is settled: the next start adds nothing.
  const Instant expires = world.Do(&Engine::Read, ada.reservation).reservation.expires_at;
  world.Restart();
  CHECK(world.Do(&Engine::Read, ada.reservation).reservation.expires_at == expires);
}

// Replies write it as it is: a quote in it would end their string.
TEST_CASE("a start refuses an agenda whose name no agenda file may give it") {
  for (const std::string name : {"94-titres", "94\"titres", "94 titres", ""}) {
    CAPTURE(name);
    World world;
    ledger::CalendarChange change;
    change.agenda = AgendaId{0};
    change.version = 1;
    rules::Agenda agenda;
    agenda.name = name;
    agenda.timezone = "Europe/Paris";
    world.act->Begin();
    const std::vector<std::string> records = codec::EncodeCalendar(change, agenda);
    REQUIRE(records.size() == 1);
    world.act->PushBytes(records[0]);
    REQUIRE(world.wait.Finish(*world.act));
    world.Stop();
    const auto audit = AuditLog(world.files, world.directory + "/data");
    INFO(audit.status());
    CHECK(audit.ok() == (name == "94-titres"));
    if (!audit.ok()) CHECK(absl::StrContains(audit.status().message(), "no agenda file may give"));
  }
}

TEST_CASE("a log that fails while the engine starts") {
  Office office;
  for (int i = 0; i < 20; ++i) office.Hold("FILE" + std::to_string(i));
  office.Stop();
  FaultyFiles faulty(office.files, "/log");
  EngineOptions options;
  options.data = office.Data();
  options.keys = office.directory + "/keys";
  options.segment_bytes = limits::kMinSegmentBytes;
  options.steward_thread = false;
  int while_holds_got_time = 0;
  for (int n = 1; n <= 60; ++n) {
    faulty.operations = 0;
    faulty.die_at = 1 + n / 2;
    office.clock.now = office.clock.now + 3'000;
    // The process does not end here: all of it goes, the log's thread with it.
    const auto engine =
        Engine::Open(options, faulty, office.clock, office.entropy, [](const auto&) {});
    while_holds_got_time += engine.status().message() == "the log failed while the engine started";
  }
  CHECK(while_holds_got_time > 0);
  office.Begin();
  CHECK(office.engine->stats().live_holds == 20);
}

TEST_CASE("a month of random acts, restarted at random: live and replayed state are the same") {
  const uint64_t seed = GENERATE(1, 2, 3);
  CAPTURE(seed);
  Prng prng(seed);
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  std::vector<Reservation> known;
  const char* const kSlots[] = {"2026-12-08T09:00", "2026-12-08T09:30", "2026-12-10T10:00",
                                "2026-12-10T11:30"};
  for (int i = 0; i < 400; ++i) {
    const std::string slot = kSlots[prng.Below(4)];
    const uint64_t what = prng.Below(12);
    if (what < 4 || known.empty()) {
      const auto held = world.Hold("FILE" + std::to_string(prng.Below(12)), slot);
      if (held.outcome == Outcome::kOk) known.push_back(held.reservation);
    } else {
      const Reservation& reservation = known[prng.Below(known.size())];
      if (what < 6) world.Do(&Engine::Confirm, reservation);
      if (what == 6) world.Do(&Engine::Extend, reservation);
      if (what == 7) world.Do(&Engine::Cancel, reservation);
      if (what == 8 || what == 9) world.Move(reservation, slot);
      if (what == 10) world.Pass(static_cast<int64_t>(prng.Below(4'000)));
    }
    if (what == 11 && prng.Below(4) == 0) {
      const std::string digest = world.engine->Digest();
      REQUIRE(world.engine->CheckInvariants().ok());
      world.engine->Close();
      const auto audit = AuditLog(world.files, world.directory + "/data");
      INFO(audit.status());
      REQUIRE(audit.ok());
      CHECK(audit->digest == digest);
      world.Restart();
    }
  }
  CHECK(world.engine->CheckInvariants().ok());
}

// From 8,192 slots on, a start shares its work out among the cores.
TEST_CASE("an office of thousands of slots starts again as it was") {
  World world;
  std::string body = AgendaToml();
  const std::pair<std::string, std::string> kLarger[] = {
      {"[\"tue\", \"thu\"]", "[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]"},
      {"2026-12-31", "2027-03-15"},
      {"09:00-12:00", "09:00-17:00"},
      {"minutes = 30", "minutes = 5"}};
  for (const auto& [small, large] : kLarger) body.replace(body.find(small), small.size(), large);
  REQUIRE(world.Publish("93-titres", body).outcome == Outcome::kOk);
  REQUIRE(world.engine->stats().seats > 3 * 8'192);
  for (int i = 0; i < 300; ++i) {
    const auto held = world.Hold("FILE" + std::to_string(i));
    REQUIRE(held.outcome == Outcome::kOk);
    if (i % 3 == 0) world.Do(&Engine::Confirm, held.reservation);
    if (i % 3 == 1) world.Do(&Engine::Cancel, held.reservation);
  }
  const std::string digest = world.engine->Digest();
  world.Restart();
  CHECK(world.engine->Digest() == digest);
  CHECK(world.engine->CheckInvariants().ok());
  CHECK(world.Hold("FILE0").outcome == Outcome::kAlreadyReserved);
}

TEST_CASE("a second engine on the same directory, and one without its keys, do not start") {
  World world;
  REQUIRE(world.Publish("93-titres", AgendaToml()).outcome == Outcome::kOk);
  EngineOptions options;
  options.data = world.directory + "/data";
  options.keys = world.directory + "/keys";
  const auto open = [&] {
    return Engine::Open(options, world.files, world.clock, world.entropy,
                        [](const absl::Status&) {})
        .status();
  };
  CHECK(absl::IsFailedPrecondition(open()));
  world.act.reset();
  world.engine.reset();
  std::filesystem::rename(world.directory + "/keys/pepper.1", world.directory + "/elsewhere");
  const absl::Status without = open();
  CHECK(absl::IsFailedPrecondition(without));
  CHECK(std::string(without.message()).find("pepper.1 is missing") != std::string::npos);
  std::filesystem::rename(world.directory + "/elsewhere", world.directory + "/keys/pepper.1");
  CHECK(open().ok());
}

}  // namespace
}  // namespace creneau::booking
