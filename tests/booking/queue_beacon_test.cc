// An agenda that names a beacon: what it gave is mixed into K, and until that is told, its opening
// waits.
#include "tests/booking/queue_fixture.h"

namespace creneau::booking {
namespace {

using What = OpeningOrder::What;
constexpr const char* kBeacon = "accept_invented = true\nbeacon = \"Loto, tirage de midi\"";

}  // namespace

TEST_CASE("a value that is told while people gather is mixed in at the hour, for good") {
  Queue queue(8, kBeacon);
  CHECK(queue.Order(What::kBeacon, 0, "7 12 33").outcome == Outcome::kValidationFailed);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  CHECK(queue.Order(What::kWithoutBeacon).outcome ==
        Outcome::kValidationFailed);  // it may still come
  CHECK(queue.Order(What::kBeacon, 0, " 7").outcome == Outcome::kValidationFailed);
  REQUIRE(queue.Order(What::kBeacon, 0, "7 12 33").outcome == Outcome::kOk);
  CHECK(queue.Order(What::kBeacon, 0, "8 12 33").problem.find("7 12 33") != std::string::npos);
  queue.world.Restart();
  queue.GoTo(9, 0);
  queue.world.Pass(5);
  const OpeningView open = queue.Status();
  CHECK(open.phase == Phase::kOpen);
  CHECK(open.state.beacon == "7 12 33");
  CHECK(open.times->closes_at < kTuesdayAt830 + 90 * kMsPerMinute + 5'000);
  const auto rank = queue.Ticket("FILE1", ticket).rank;
  REQUIRE(rank);
  CHECK(*rank == RankIn(open, ticket));
  CHECK(*rank != surge::RankOf(open.state.k, surge::ReadUnverified(ticket)->tag, surge::Bucket{0}));
  CHECK(queue.HoldInTime("FILE1", ticket).outcome == Outcome::kOk);
  CHECK(queue.Order(What::kBeacon, 0, "8").outcome == Outcome::kValidationFailed);
  CHECK(queue.Order(What::kWithoutBeacon).outcome == Outcome::kValidationFailed);
  queue.world.Restart();
  CHECK(queue.Ticket("FILE1", ticket).rank == rank);
}

TEST_CASE("an opening waits for its beacon, crash or not, and closes as much later") {
  Queue queue(8, kBeacon);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  queue.world.Pass(60);
  const OpeningView waiting = queue.Status();
  CHECK(waiting.phase == Phase::kGathering);
  CHECK(waiting.limit == kWaitsForBeacon);
  CHECK(queue.Hold("FILE1", ticket).outcome == Outcome::kNotOpenYet);
  CHECK(queue.Ticket("FILE2").outcome == Outcome::kOk);
  queue.world.Stop();
  queue.world.clock.now = queue.world.clock.now + 60 * kMsPerSecond;
  queue.world.Start();
  queue.world.Pass(3600);  // beyond the hour at which it would have closed
  CHECK(queue.Status().phase == Phase::kGathering);
  REQUIRE(queue.Order(What::kBeacon, 0, "4f1ce9").outcome == Outcome::kOk);
  queue.world.Pass(1);
  const OpeningView open = queue.Status();
  CHECK(open.phase == Phase::kOpen);
  const int64_t left_ms = open.times->closes_at - queue.world.clock.now;
  CHECK(left_ms > 60 * kMsPerMinute - 15'000);
  CHECK(left_ms < 60 * kMsPerMinute + 15'000);
  CHECK(queue.HoldInTime("FILE1", ticket).outcome == Outcome::kOk);
}

TEST_CASE("an operator can open without the beacon, and that is told") {
  Queue queue(8, kBeacon);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  queue.world.Pass(2);
  REQUIRE(queue.Order(What::kWithoutBeacon).outcome == Outcome::kOk);
  CHECK(queue.Order(What::kBeacon, 0, "7").outcome == Outcome::kValidationFailed);
  queue.world.Pass(1);
  const OpeningView open = queue.Status();
  CHECK(open.phase == Phase::kOpen);
  CHECK(open.state.without_beacon);
  CHECK(queue.HoldInTime("FILE1", ticket).outcome == Outcome::kOk);
}

TEST_CASE("an agenda that names no beacon takes none") {
  Queue queue;
  queue.GoTo(8, 40);
  CHECK(queue.Order(What::kBeacon, 0, "7").problem == "this agenda names no beacon");
}

}  // namespace creneau::booking
