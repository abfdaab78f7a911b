// An agenda that names a beacon: what it gave is mixed into K, and until that is told, its opening
// waits.
#include "tests/booking/queue_fixture.h"

namespace creneau::booking {
namespace {

using What = OpeningOrder::What;
constexpr const char* kBeacon = "accept_invented = true\nbeacon = \"Loto, tirage de midi\"";

// The opening of a queue whose beacon is told at nine.
struct Told {
  explicit Told(What what = What::kBeacon) : queue(8, kBeacon) {
    queue.GoTo(8, 40);
    ticket = queue.TicketOf("FILE1");
    queue.GoTo(9, 0);
    queue.world.Pass(2);
    REQUIRE(queue.Order(what, 0, what == What::kBeacon ? "7 12 33" : "").outcome == Outcome::kOk);
    queue.world.Pass(2);
  }
  surge::Rank RankWith(const surge::ChainValue& k) const {
    const auto read = surge::ReadUnverified(ticket);
    return surge::RankOf(k, read->tag, read->bucket);
  }

  Queue queue;
  std::string ticket;
};

}  // namespace

TEST_CASE("it is told once its hour has come, once, in one spelling, and then it is mixed in") {
  Queue queue(8, kBeacon);
  CHECK(queue.Order(What::kBeacon, 0, "7 12 33").outcome == Outcome::kValidationFailed);
  queue.GoTo(8, 40);
  CHECK(queue.Order(What::kBeacon, 0, "7 12 33").outcome == Outcome::kValidationFailed);
  CHECK(queue.Order(What::kWithoutBeacon).outcome == Outcome::kValidationFailed);
  queue.GoTo(9, 0);
  CHECK(queue.Order(What::kBeacon, 0, "7, 12, 33").outcome == Outcome::kValidationFailed);
  REQUIRE(queue.Order(What::kBeacon, 0, "7 12 33").outcome == Outcome::kOk);
  CHECK(queue.Order(What::kBeacon, 0, "7 12 33").outcome == Outcome::kOk);  // a lost answer
  CHECK(queue.Order(What::kBeacon, 0, "8 12 33").problem.find("7 12 33") != std::string::npos);
  queue.world.Restart();  // before it has begun
  queue.world.Pass(1);
  CHECK(queue.Status().phase == Phase::kOpen);
  CHECK(queue.Status().state.beacon == "7 12 33");
  CHECK(queue.Order(What::kBeacon, 0, "8").outcome == Outcome::kValidationFailed);
  CHECK(queue.Order(What::kWithoutBeacon).outcome == Outcome::kValidationFailed);
}

TEST_CASE("ranks are drawn with K as it was mixed, before and after a restart") {
  Told told;
  const OpeningView open = told.queue.Status();
  const surge::Rank mixed = told.RankWith(surge::WithBeacon(open.state.k, "7 12 33"));
  CHECK(mixed != told.RankWith(open.state.k));
  CHECK(told.queue.Ticket("FILE1", told.ticket).rank == mixed);
  told.queue.world.Restart();
  CHECK(told.queue.Ticket("FILE1", told.ticket).rank == mixed);
  CHECK(told.queue.HoldInTime("FILE1", told.ticket).outcome == Outcome::kOk);
}

TEST_CASE("an operator can open without it: ranks are then drawn with K of the chain") {
  Told told(What::kWithoutBeacon);
  CHECK(told.queue.Order(What::kBeacon, 0, "7").outcome == Outcome::kValidationFailed);
  const OpeningView open = told.queue.Status();
  CHECK(open.phase == Phase::kOpen);
  CHECK(open.state.without_beacon);
  const surge::Rank plain = told.RankWith(open.state.k);
  CHECK(told.queue.Ticket("FILE1", told.ticket).rank == plain);
  told.queue.world.Restart();
  CHECK(told.queue.Status().state.without_beacon);
  CHECK(told.queue.Ticket("FILE1", told.ticket).rank == plain);
}

TEST_CASE("an opening waits for its beacon, whatever stands still, and closes as much later") {
  Queue queue(8, kBeacon);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  queue.world.Pass(60);
  const OpeningView waiting = queue.Status();
  CHECK(waiting.phase == Phase::kGathering);
  CHECK(waiting.limit == kWaitsForBeacon);
  CHECK(queue.Hold("FILE1", ticket).outcome == Outcome::kNotOpenYet);
  // Who gathered keeps his place; nobody joins them who may know already what the beacon gave.
  CHECK(queue.Ticket("FILE1", ticket).outcome == Outcome::kOk);
  CHECK(queue.Ticket("FILE2").outcome == Outcome::kNotOpenYet);
  queue.world.Stop();
  queue.world.clock.now = queue.world.clock.now + 60 * kMsPerSecond;
  queue.world.Start();
  queue.world.Pass(60);
  // The steward stands still, and not the process.
  queue.world.clock.now = queue.world.clock.now + 60 * kMsPerSecond;
  queue.world.engine->Tick();
  queue.world.Pass(3600);  // beyond the hour at which it would have closed
  CHECK(queue.Status().phase == Phase::kGathering);
  REQUIRE(queue.Order(What::kBeacon, 0, "4f1ce94f1ce94f1ce9").outcome == Outcome::kOk);
  queue.world.Pass(1);
  const OpeningView open = queue.Status();
  CHECK(open.phase == Phase::kOpen);
  const int64_t left_ms = open.times->closes_at - queue.world.clock.now;
  CHECK(left_ms > 60 * kMsPerMinute - 4'000);
  CHECK(left_ms < 60 * kMsPerMinute + 4'000);
  CHECK(queue.HoldInTime("FILE1", ticket).outcome == Outcome::kOk);
}

TEST_CASE("an opening whose beacon is never told ends when people gather for the next one") {
  Queue queue(8, kBeacon);
  std::string toml = QueueToml(8, kBeacon);
  toml.replace(toml.find("08:30"), 5, "00:05").replace(toml.find("10:00"), 5, "23:59");
  REQUIRE(queue.world.Publish("92-naturalisation", toml).outcome == Outcome::kOk);
  const Instant midnight = kTuesdayAt830 - 8 * kMsPerHour - 30 * kMsPerMinute;
  const Instant tuesday = kTuesdayAt830 + 30 * kMsPerMinute;
  queue.world.Pass(2);
  queue.world.clock.now = midnight - 2 * kMsPerMinute;
  queue.world.engine->Tick();
  queue.world.Pass(30);
  CHECK(queue.Status().phase == Phase::kGathering);
  CHECK(queue.Status().times->opens_at == tuesday - 24 * kMsPerHour);
  queue.world.Pass(6 * 60);
  CHECK(queue.Status().phase == Phase::kGathering);
  CHECK(queue.Status().times->opens_at == tuesday - 24 * kMsPerHour);  // 0:04:30
  queue.world.Pass(60);
  CHECK(queue.Status().phase == Phase::kGathering);
  CHECK(queue.Status().times->opens_at == tuesday);
  CHECK(queue.Ticket("FILE1").outcome == Outcome::kOk);
}

TEST_CASE("while people gather, what its draw rests on cannot be published anew, in no order") {
  Queue queue(8, kBeacon);
  queue.GoTo(8, 40);
  const auto published = [&](const std::string& toml) {
    return queue.world.Publish("92-naturalisation", toml).outcome;
  };
  const auto with = [&](const std::string& what, const std::string& instead) {
    std::string toml = QueueToml(8, kBeacon);
    return toml.replace(toml.find(what), what.size(), instead);
  };
  CHECK(published(QueueToml(8)) == Outcome::kValidationFailed);
  CHECK(published(with("tirage de midi", "tirage du soir")) == Outcome::kValidationFailed);
  CHECK(published(with("gather = \"08:30\"", "gather = \"08:50\"")) == Outcome::kValidationFailed);
  CHECK(published(with("[\"mon\", \"tue\", ", "[\"mon\", ")) == Outcome::kValidationFailed);
  CHECK(published(QueueToml(9, kBeacon)) == Outcome::kOk);
  queue.GoTo(9, 0);
  queue.world.Pass(5);
  CHECK(published(QueueToml(8)) == Outcome::kValidationFailed);
}

TEST_CASE("an agenda that names no beacon takes none") {
  Queue queue;
  queue.GoTo(9, 0);
  CHECK(queue.Order(What::kBeacon, 0, "7").problem == "this agenda names no beacon");
}

}  // namespace creneau::booking
