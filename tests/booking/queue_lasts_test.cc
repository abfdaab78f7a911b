// What outages, operators, rosters and starts make of a queue.
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/booking/queue_fixture.h"

namespace creneau::booking {

TEST_CASE("an outage inside an opening lengthens it, tickets stay good, nobody is served twice") {
  Queue queue(60);
  queue.GoTo(8, 40);
  std::vector<std::string> tickets;
  for (int i = 0; i < 100; ++i) tickets.push_back(queue.TicketOf(Dossier(i)));
  queue.GoTo(9, 0);
  queue.world.Pass(10);
  const OpeningView before = queue.Status();
  queue.world.Stop();
  queue.world.clock.now = queue.world.clock.now + 10 * kMsPerMinute;
  queue.world.Start();
  const OpeningView after = queue.Status();
  CHECK(after.phase == Phase::kOpen);
  CHECK(after.state.k == before.state.k);
  CHECK(after.state.served_rank == before.state.served_rank);
  const int64_t longer_ms = after.times->closes_at - before.times->closes_at;
  CHECK(longer_ms >= 10 * kMsPerMinute);
  CHECK(longer_ms < 10 * kMsPerMinute + 5'000);
  for (int i = 0; i < 100; ++i) {
    const std::string& ticket = tickets[static_cast<size_t>(i)];
    const bool turn = RankIn(after, ticket).value <= after.state.served_rank;
    const ReservationAnswer answer = queue.Hold(Dossier(i), ticket);
    // Nobody has come so far, so a few more are let in than there are seats.
    const bool let_in = answer.outcome == Outcome::kOk || answer.outcome == Outcome::kNothingLeft;
    CHECK(let_in == turn);
  }
  queue.world.Pass(5);
  CHECK(queue.Status().state.served_rank >= after.state.served_rank);
  // Past its hour, and still open.
  queue.GoTo(10, 5);
  CHECK(queue.Status().phase == Phase::kOpen);
  CHECK(queue.Ticket("FILE999").outcome == Outcome::kOk);
  queue.GoTo(10, 15);
  CHECK(queue.Status().phase == Phase::kClosed);
}

TEST_CASE("an engine that is down at nine opens when it is back, as long as it should have been") {
  Queue queue;
  queue.GoTo(8, 59);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.world.Stop();
  queue.world.clock.now = kTuesdayAt830 + 33 * kMsPerMinute;
  queue.world.Start();
  queue.world.Pass(5);
  CHECK(queue.Status().phase == Phase::kOpen);
  CHECK(queue.Status().times->closes_at == kTuesdayAt830 + 93 * kMsPerMinute);
  CHECK(queue.Hold("FILE1", ticket).outcome == Outcome::kOk);
}

TEST_CASE("operators pause, cap, drain and extend; what they did is there after a restart") {
  using What = OpeningOrder::What;
  Queue queue(60);
  CHECK(queue.Order(What::kExtend, 5).outcome == Outcome::kValidationFailed);
  CHECK(queue.Order(What::kDrain).outcome == Outcome::kValidationFailed);
  queue.GoTo(8, 40);
  std::vector<std::string> tickets;
  for (int i = 0; i < 50; ++i) tickets.push_back(queue.TicketOf(Dossier(i)));
  queue.GoTo(9, 0);
  REQUIRE(queue.Order(What::kPause).outcome == Outcome::kOk);
  queue.world.Pass(10);
  CHECK(queue.Status().state.served_rank == 0);
  CHECK(queue.Hold(Dossier(0), tickets[0]).outcome == Outcome::kPaused);
  queue.world.Restart();
  CHECK(queue.Status().state.paused);
  REQUIRE(queue.Order(What::kResume).outcome == Outcome::kOk);
  REQUIRE(queue.Order(What::kRate, 60).outcome == Outcome::kOk);
  queue.world.Pass(20);
  CHECK(queue.Status().state.served >= 15);
  CHECK(queue.Status().state.served <= 21);
  REQUIRE(queue.Order(What::kDrain).outcome == Outcome::kOk);
  CHECK(queue.Ticket("FILE99").outcome == Outcome::kPaused);
  REQUIRE(queue.Order(What::kExtend, 15).outcome == Outcome::kOk);
  // A restart takes no time here, and yet what the log had last was a moment before it.
  const int64_t over_ms = queue.Status().times->closes_at - kTuesdayAt830 - 105 * kMsPerMinute;
  CHECK(over_ms >= 0);
  CHECK(over_ms < 5'000);
  queue.world.Restart();
  CHECK(queue.Status().times->closes_at >= kTuesdayAt830 + 105 * kMsPerMinute);
  CHECK(queue.Status().state.draining);
  CHECK(queue.Status().state.rate_cap_per_min == 60);
}

// An opening's record tells all of it: whoever writes one from what he saw before another one was
// in force takes that one back.
TEST_CASE("what operators do while an outage is made good is not lost, live or in the log") {
  using What = OpeningOrder::What;
  Queue queue;
  queue.GoTo(9, 0);
  std::atomic<bool> stop{false};
  std::atomic<int64_t> told{0};
  std::thread operators([&] {
    for (int64_t rate = 1; !stop.load(); ++rate) {
      if (queue.Order(What::kRate, rate).outcome == Outcome::kOk) told.store(rate);
    }
  });
  for (int i = 0; i < 40; ++i) {
    queue.world.clock.now = queue.world.clock.now + 2 * limits::kExpiryLagMs;
    queue.world.engine->Tick();
  }
  stop.store(true);
  operators.join();
  // What the steward put off, since an order was always on its way to the disk.
  queue.world.engine->Tick();
  CHECK(queue.Status().state.rate_cap_per_min == told.load());
  const Instant closes_at = queue.Status().times->closes_at;
  CHECK(closes_at - kTuesdayAt830 > 91 * kMsPerMinute);
  queue.world.Restart();
  CHECK(queue.Status().state.rate_cap_per_min == told.load());
  CHECK(queue.Status().times->closes_at >= closes_at);
}

TEST_CASE("with a snapshot an opening goes on as with the whole log") {
  Queue queue(4);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  queue.world.Pass(10);
  const ReservationAnswer held = queue.Hold("FILE1", ticket);
  REQUIRE(held.outcome == Outcome::kOk);
  REQUIRE(queue.world.Do(&Engine::Cancel, held.reservation).outcome == Outcome::kOk);
  queue.world.Pass(2);
  const OpeningView before = queue.Status();
  REQUIRE(queue.world.engine->TakeSnapshot().ok());
  queue.world.Restart();
  REQUIRE(queue.world.engine->start_report().snapshot);
  const OpeningView after = queue.Status();
  CHECK(after.state.k == before.state.k);
  CHECK(after.state.served_rank == before.state.served_rank);
  CHECK(after.state.lapsed_rank == before.state.lapsed_rank);
  REQUIRE(queue.Hold("FILE1", ticket).outcome == Outcome::kOk);
}

TEST_CASE("where identities are listed, nobody whom the office does not know has a place") {
  Queue queue(8, "identity_proof = \"listed\"");
  queue.GoTo(8, 40);
  CHECK(queue.Ticket("FILE1").outcome == Outcome::kNotListed);
  const auto import = [&](const std::string& csv, bool adds) {
    return queue.world.engine->ImportRoster({"92-naturalisation", csv, adds}, kTester);
  };
  CHECK(import("dossier;birth_date\nFILE1;17/05/1990\nFILE2;1990-05-17\n", false).listed == 2);
  const std::string ticket = queue.TicketOf("FILE1");
  CHECK(queue.Ticket("FILE3").outcome == Outcome::kNotListed);
  CHECK(import("dossier,birth_date\nfile3,1990-05-17\n", true).listed == 3);
  CHECK(queue.Ticket("FILE3").outcome == Outcome::kOk);
  const RosterAnswer wrong = import("dossier,birth_date\nFILE1,1990-02-30\n,1990-05-17\n", false);
  CHECK(wrong.outcome == Outcome::kValidationFailed);
  REQUIRE(wrong.errors.size() == 2);
  CHECK(wrong.errors[0].line == 2);
  CHECK(wrong.errors[1].line == 3);
  CHECK(import("name\nx\n", false).errors.size() == 1);
  REQUIRE(queue.world.engine->TakeSnapshot().ok());
  CHECK(import("dossier,birth_date\nFILE1,1990-05-17\n", false).listed == 1);
  queue.world.Restart();
  CHECK(queue.Ticket("FILE3").outcome == Outcome::kNotListed);
  CHECK(queue.Ticket("FILE1").outcome == Outcome::kOk);
  queue.GoTo(9, 0);
  queue.world.Pass(5);
  CHECK(queue.Hold("FILE1", ticket).outcome == Outcome::kOk);
  CHECK(queue.Hold("FILE3", "").outcome == Outcome::kNotListed);
}

TEST_CASE("a queue's chain is its own, and an engine with another chain.key does not start") {
  Queue queue;
  const std::string key = queue.world.directory + "/keys/chain.key";
  queue.world.Stop();
  std::filesystem::rename(key, key + ".kept");
  EngineOptions options;
  options.data = queue.world.directory + "/data";
  options.keys = queue.world.directory + "/keys";
  options.segment_bytes = limits::kMinSegmentBytes;
  options.steward_thread = false;
  const auto open = [&] {
    return Engine::Open(options, queue.world.files, queue.world.clock, queue.world.entropy,
                        [](const absl::Status&) {})
        .status();
  };
  CHECK(absl::IsFailedPrecondition(open()));
  std::filesystem::copy_file(queue.world.directory + "/keys/mac.key", key);
  const absl::Status other = open();
  CHECK(absl::IsFailedPrecondition(other));
  CHECK(std::string(other.message()).find("chain.key") != std::string::npos);
  std::filesystem::rename(key + ".kept", key);
  queue.world.Start();
}

}  // namespace creneau::booking
