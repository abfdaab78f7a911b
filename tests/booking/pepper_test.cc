// A group of agendas goes over to another pepper (booking/pepper_requests.cc).

#include "booking/rosters.h"
#include "tests/booking/faulty_files.h"
#include "tests/booking/pepper_fixture.h"
#include "tests/booking/queue_fixture.h"

namespace creneau::booking {
namespace {

constexpr Actor kClaire{rules::Role::kAgent, "c.martin", "C1A00001"};
constexpr char kHoldKey[] = "0123456789abcdefghijkl";

}  // namespace

TEST_CASE("of a log that says nothing of peppers, all groups are in epoch 1") {
  Peppered office;
  CHECK(office.EpochOf("93-titres") == 1);
  const std::vector<PepperListing> all = office.engine->ListPeppers();
  REQUIRE(all.size() == 1);
  CHECK(all[0].newest);
  CHECK_FALSE(all[0].made);
  CHECK(office.Renew(1).moved.empty());
  CHECK_FALSE(office.Log().Has("pepper-epoch"));
}

TEST_CASE("a quiet group goes over: nobody is two people before or after") {
  const bool from_a_snapshot = GENERATE(false, true);
  Peppered office;
  if (from_a_snapshot) REQUIRE(office.engine->TakeSnapshot().ok());
  const PepperAnswer dry = office.Renew(2, "", /*dry_run=*/true);
  CHECK(dry.made);
  CHECK(dry.moved.size() == 1);
  CHECK_FALSE(office.HasKey("pepper.2"));

  const PepperAnswer answer = office.Renew(2);
  REQUIRE(answer.outcome == Outcome::kOk);
  CHECK(answer.made);
  REQUIRE(answer.moved.size() == 1);
  CHECK(answer.moved[0].name == "93-titres");
  CHECK(answer.stayed.empty());
  CHECK(office.KeyText("pepper.1") != office.KeyText("pepper.2"));
  const PepperAnswer again = office.Renew(2);  // its reply was lost
  CHECK(again.outcome == Outcome::kOk);
  CHECK_FALSE(again.made);
  CHECK(again.moved.empty());
  CHECK(office.Renew(2, "93-titres").outcome == Outcome::kOk);

  const ReservationAnswer held = office.Hold("FILE1", "", kHoldKey);
  REQUIRE(held.outcome == Outcome::kOk);
  if (from_a_snapshot) REQUIRE(office.engine->TakeSnapshot().ok());
  office.Again();
  CHECK(office.EpochOf("93-titres") == 2);
  CHECK(office.Hold("FILE1").outcome == Outcome::kAlreadyReserved);
  CHECK(office.Hold("FILE1", "", kHoldKey).existed);
  CHECK(office.engine->CheckInvariants().ok());
  const LogLines log = office.Log();
  CHECK(log.Find("\"what\":\"new-pepper\"") + 1 == log.Find("\"retired\":false"));
  CHECK(log.Find("\"retired\":false") + 1 == log.Find("\"group\":\"93-titres\",\"left\":1"));
}

TEST_CASE("what keeps a group where it is, until when, and that it then goes over") {
  struct Case {
    const char* what;
    std::function<void(Peppered&)> begin;
    int64_t hours;  // until it is over, about
  };
  const Case cases[] = {
      {"holds", [](Peppered& office) { REQUIRE(office.Hold("FILE1").outcome == Outcome::kOk); }, 0},
      {"reservations",
       [](Peppered& office) {
         const auto held = office.Hold("FILE1", "2026-12-03T09:00");
         REQUIRE(office.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
       },
       71},  // from Monday at ten until Thursday at half past nine, when it is over
      {"reservations",
       [](Peppered& office) {
         const auto held = office.Hold("FILE1", "2026-12-03T09:00");
         REQUIRE(office.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
         REQUIRE(office.Move(held.reservation, "2026-12-01T09:00").outcome == Outcome::kOk);
       },
       23},
  };
  for (const Case& one : cases) {
    INFO(one.what << " " << one.hours);
    Peppered office;
    one.begin(office);
    const PepperAnswer refused = office.Renew(2, "93-titres");
    CHECK(refused.outcome == Outcome::kPepperInUse);
    REQUIRE(refused.stayed.size() == 1);
    REQUIRE(refused.stayed[0].obstacles.size() == 1);
    const PepperObstacle& obstacle = refused.stayed[0].obstacles[0];
    CHECK(PepperObstacleName(obstacle.what) == one.what);
    CHECK(obstacle.agenda->rules.name == "93-titres");
    CHECK(obstacle.count == 1);
    CHECK((obstacle.until - office.clock.now) / kMsPerHour == one.hours);
    CHECK(office.EpochOf("93-titres") == 1);
    // Nobody named one: then there is another pepper, for those that come.
    const PepperAnswer all = office.Renew(2);
    CHECK(all.outcome == Outcome::kOk);
    CHECK(all.made);
    CHECK(all.moved.empty());
    CHECK(all.stayed.size() == 1);
    CHECK(office.Hold("FILE1").outcome == Outcome::kAlreadyReserved);
    // What nobody sees pass is an outage, and lengthens holds.
    if (one.hours == 0) office.Pass(302);
    if (one.hours > 0) office.clock.now = obstacle.until;
    CHECK(office.Renew(2, "93-titres").moved.size() == 1);
    office.Again();
    CHECK(office.EpochOf("93-titres") == 2);
    CHECK(office.Hold("FILE1").outcome == Outcome::kOk);
  }
}

TEST_CASE("no group goes over while people queue, or while a pass for its queue is good") {
  Queue queue;
  World& world = queue.world;
  const auto ask = [&] { return world.engine->RenewPepper({2, "92-naturalisation"}, kTester); };
  const auto kept_by = [&](std::string_view what) -> std::optional<Instant> {
    for (const PepperAnswer::Group& group : ask().stayed) {
      for (const PepperObstacle& one : group.obstacles) {
        if (PepperObstacleName(one.what) == what) return one.until;
      }
    }
    return std::nullopt;
  };
  std::string toml = QueueToml(8, "accept_invented = true\nproof_of_work = \"always\"");
  toml.replace(toml.find("\"10:00\""), 7, "\"09:01\"");
  REQUIRE(world.Publish("92-naturalisation", toml).outcome == Outcome::kOk);
  const Instant closes = kTuesdayAt830 + 31 * kMsPerMinute;
  queue.GoTo(8, 40);
  CHECK(kept_by("opening") == closes);
  CHECK_FALSE(kept_by("passes"));
  world.act->Begin();
  const std::string dossier = "FILE1";
  REQUIRE(world.engine
              ->GrantPass(*world.act, "92-naturalisation", queue.Person(dossier), kTester,
                          world.clock.now)
              .outcome == Outcome::kOk);
  REQUIRE(world.wait.Finish(*world.act));
  CHECK(kept_by("passes") == world.clock.now + limits::kPassLifeMs);
  queue.GoTo(9, 0);
  CHECK(kept_by("opening") == closes);
  world.Pass(70);
  CHECK_FALSE(kept_by("opening"));
  // Of passes from before a start nobody knows.
  world.Restart();
  const auto until = kept_by("passes");
  REQUIRE(until);
  CHECK(*until == world.clock.now + limits::kPassLifeMs);
  world.clock.now = *until + 1;
  CHECK(ask().moved.size() == 1);
}

TEST_CASE("rosters and links go with the old pepper, also where a snapshot lies in between") {
  // When a snapshot is taken: never, before, between the old ones and the move, after it, at last.
  const int snapshot = GENERATE(0, 1, 2, 3, 4);
  Peppered office;
  const auto photograph = [&](int when) {
    if (snapshot == when) REQUIRE(office.engine->TakeSnapshot().ok());
  };
  const auto import = [&](std::string_view csv) {
    return office.engine->ImportRoster({"93-titres", csv, false}, kTester).listed;
  };
  const auto link = [&](std::string_view one, std::string_view other) {
    office.act->Begin();
    const IdentityAnswer answer = office.engine->Link(
        *office.act, {"93-titres", Peppered::Person(one), Peppered::Person(other), "new-document"},
        kClaire, office.clock.now);
    REQUIRE(office.wait.Finish(*office.act));
    return answer;
  };
  const std::string toml = AgendaToml("93-titres", "identity_proof = \"listed\"");
  REQUIRE(office.Publish("93-titres", toml).outcome == Outcome::kOk);
  photograph(1);
  REQUIRE(import("dossier,birth_date\nFILE9,1990-05-17\n") == 1);
  REQUIRE(import("dossier,birth_date\nFILE1,1990-05-17\nFILE2,1990-05-17\n") == 2);
  REQUIRE(link("FILE3", "FILE1").outcome == Outcome::kOk);
  photograph(2);
  REQUIRE(office.Renew(2).moved.size() == 1);
  photograph(3);
  CHECK(office.engine->ListedPeople("93-titres") == 0);
  for (const char* file : {"FILE1", "FILE2", "FILE3"})
    CHECK(office.Hold(file).outcome == Outcome::kNotListed);
  REQUIRE(import("dossier,birth_date\nFILE2,1990-05-17\n") == 1);
  REQUIRE_FALSE(link("FILE4", "FILE2").existed);
  photograph(4);
  office.Again();
  CHECK(office.engine->ListedPeople("93-titres") == 1);
  CHECK(link("FILE4", "FILE2").existed);
  CHECK_FALSE(link("FILE5", "FILE1").existed);
  for (const char* file : {"FILE1", "FILE3"})
    CHECK(office.Hold(file).outcome == Outcome::kNotListed);
  CHECK(office.Hold("FILE4").outcome == Outcome::kOk);  // as FILE2
}

TEST_CASE("a group begins in the newest epoch, and its later agendas follow it") {
  Peppered office;
  REQUIRE(office.Renew(2, "93-titres").moved.size() == 1);
  const std::string of_group = "group = \"14\"";
  REQUIRE(office.Publish("14-a", AgendaToml("14-a", of_group)).outcome == Outcome::kOk);
  CHECK(office.EpochOf("14-a") == 2);
  REQUIRE(office.Hold("FILE1", "", "", "14-a").outcome == Outcome::kOk);
  REQUIRE(office.Renew(3).moved.size() == 1);
  REQUIRE(office.Publish("14-b", AgendaToml("14-b", of_group)).outcome == Outcome::kOk);
  REQUIRE(office.Publish("15", AgendaToml("15")).outcome == Outcome::kOk);
  office.Again();
  CHECK(office.EpochOf("93-titres") == 3);
  CHECK(office.EpochOf("14-a") == 2);
  CHECK(office.EpochOf("14-b") == 2);
  CHECK(office.EpochOf("15") == 3);
  CHECK(office.Hold("FILE1", "", "", "14-b").outcome == Outcome::kAlreadyReserved);
  CHECK(office.Renew(3, "14-b").outcome == Outcome::kPepperInUse);
  for (const uint32_t epoch : {0u, 1u, 2u, 5u, limits::kPepperEpochs + 1}) {
    const PepperAnswer none = office.Renew(epoch);
    CHECK(none.outcome == Outcome::kValidationFailed);
    CHECK(none.problem ==
          "is 4 for another pepper, or 3 for those that have not gone over to that "
          "one yet");
  }
  CHECK(office.Renew(4, "16").outcome == Outcome::kUnknownAgenda);
}

// Two people book, try to book twice, move and give up, while an operator goes from pepper to
// pepper.
TEST_CASE("nobody has two reservations while groups go over at the same moment") {
  constexpr int kTurns = 30;
  Peppered office;
  REQUIRE(
      office.Publish("93-titres", AgendaToml("93-titres", "", "{ web = 40, desk = 1 }")).outcome ==
      Outcome::kOk);
  std::atomic<int> asked{0};
  std::atomic<int> doubles{0};
  std::atomic<int> busy{2};
  const auto live = [&](const std::string& dossier) {
    CommitPool pool;
    BlockingWait wait;
    Act act(pool, office.engine->log());
    HoldRequest request;
    request.agenda = "93-titres";
    request.applicant = Peppered::Person(dossier);
    const auto hold = [&] {
      act.Begin();
      const ReservationAnswer answer = office.engine->Hold(act, request, office.clock.now);
      return wait.Finish(act) ? answer : ReservationAnswer{};
    };
    for (int turn = 0; turn < kTurns; ++turn) {
      const ReservationAnswer held = hold();
      if (held.outcome != Outcome::kOk) continue;
      const HolderRequest mine{held.reservation.name.view(), held.reservation.key.view()};
      for (const char* slot : {"2026-12-08T09:00", "2026-12-03T09:30"}) {
        if (hold().outcome != Outcome::kAlreadyReserved) ++doubles;
        act.Begin();
        static_cast<void>(
            office.engine->Move(act, mine, *ParseLocalMinute(slot), office.clock.now));
        wait.Finish(act);
      }
      if (hold().outcome != Outcome::kAlreadyReserved) ++doubles;
      act.Begin();
      static_cast<void>(office.engine->Cancel(act, mine, office.clock.now));
      wait.Finish(act);
      // Until an operator has had a moment in which nobody has anything.
      for (const int seen = asked.load(); asked.load() < seen + 2;) std::this_thread::yield();
    }
    --busy;
  };
  std::thread ada([&] { live("FILE1"); });
  std::thread bert([&] { live("FILE2"); });
  uint32_t epoch = 2;
  int moved = 0;
  for (; busy.load() > 0; ++asked) {
    if (office.Renew(epoch).moved.empty()) continue;
    ++epoch;
    ++moved;
  }
  ada.join();
  bert.join();
  CHECK(doubles == 0);
  CHECK(moved > 0);
  CHECK(office.engine->CheckInvariants().ok());
  office.Again();
}

TEST_CASE(
    "a process that dies while it makes a pepper leaves the old state, and can be asked again") {
  for (int at = 1;; ++at) {
    INFO("operation " << at);
    Peppered office;
    FaultyFiles faulty(office.files, "/keys");
    office.disk = &faulty;
    office.Restart();
    faulty.operations = 0;
    faulty.die_at = at;
    const PepperAnswer answer = office.Renew(2);
    const bool died = faulty.operations >= at;
    CHECK(answer.outcome == (died ? Outcome::kOutcomeUnknown : Outcome::kOk));
    faulty.die_at = 0;
    office.disk = &office.files;
    office.Again();
    CHECK(office.EpochOf("93-titres") == (died ? 1 : 2));
    CHECK(office.Renew(2).outcome == Outcome::kOk);
    office.Again();
    CHECK(office.EpochOf("93-titres") == 2);
    if (!died) break;
  }
}

TEST_CASE("no start without a group's pepper, or with another one in its place") {
  Peppered office;
  REQUIRE(office.Renew(2).moved.size() == 1);
  const std::string pepper = office.KeyText("pepper.2");
  const auto refusal = [&] {
    EngineOptions options;
    options.data = office.directory + "/data";
    options.keys = office.directory + "/keys";
    options.steward_thread = false;
    const auto opened = Engine::Open(options, office.files, office.clock, office.entropy, nullptr);
    REQUIRE(absl::IsFailedPrecondition(opened.status()));
    return std::string(opened.status().message());
  };
  office.Stop();
  std::filesystem::remove(office.KeyPath("pepper.2"));
  CHECK(refusal().find("pepper.2 is missing, but the log was written with it (agenda 93-titres)") !=
        std::string::npos);
  office.PutKey("pepper.2", office.KeyText("pepper.1"));
  CHECK(refusal().find("pepper.2 is not the pepper that agenda 93-titres was served with") !=
        std::string::npos);
  office.PutKey("pepper.2", pepper);
  std::filesystem::remove(office.KeyPath("pepper.1"));  // that nobody needs
  office.Start();
}

// A group went over after the roster, so the snapshot has none, and the segment that it begins with
// has only the roster's end.
TEST_CASE("a roster that began before what a start reads is over, and the next one counts") {
  Rosters rosters;
  codec::RosterPart end;
  end.agenda = AgendaId{3};
  end.version = 5;
  end.parts = 2;
  end.part = 1;
  end.subjects = {Subject{1, 2}};
  CHECK(absl::IsDataLoss(rosters.Take(end)));
  CHECK(rosters.Take(end, /*may_begin_before=*/true).ok());
  CHECK(rosters.version(AgendaId{3}) == 0);
  codec::RosterPart next = end;
  next.version = 1;
  next.part = 0;
  REQUIRE(rosters.Take(next, /*may_begin_before=*/true).ok());
  end.version = 2;  // of another one: what has begun must go on
  CHECK(absl::IsDataLoss(rosters.Take(end, /*may_begin_before=*/true)));
}

}  // namespace creneau::booking
