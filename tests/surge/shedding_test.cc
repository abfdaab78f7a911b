// Who is refused under which load, and that a thread which refuses them stays in time.
#include "surge/shedding.h"

#include <algorithm>
#include <array>
#include <deque>

#include "base/limits.h"
#include "base/prng.h"
#include "catch2/catch.hpp"
#include "surge/lag_meter.h"

namespace creneau::surge {
namespace {

constexpr int64_t kUs = 1'000;
constexpr int64_t kMs = 1'000'000;

// Of a hundred requests of the lane, spread evenly over the draws.
int RefusedOfHundred(const Load& load, Lane lane, Shed why) {
  int refused = 0;
  for (uint64_t i = 0; i < 100; ++i) {
    const Shed shed = Decide(load, lane, static_cast<uint32_t>((i << 32) / 100));
    if (shed == Shed::kNo) continue;
    CHECK(shed == why);
    ++refused;
  }
  return refused;
}

}  // namespace

TEST_CASE(
    "as a thread lags, receipts wait first, then arrivals, reads and holds, and nobody else") {
  struct Case {
    int64_t lag_ms;
    int receipts;
    int arrivals;
    int reads;
    int holds;
  };
  const Case cases[] = {
      {0, 0, 0, 0, 0},
      {25, 0, 0, 0, 0},
      {30, 20, 0, 0, 0},
      {50, 100, 0, 0, 0},
      {65, 100, 20, 0, 0},
      {125, 100, 100, 0, 0},
      {150, 100, 100, 20, 0},
      {250, 100, 100, 100, 0},
      {300, 100, 100, 100, 20},
      {375, 100, 100, 100, 50},
      {500, 100, 100, 100, 100},
      {2000, 100, 100, 100, 100},
      {60'000, 100, 100, 100, 100},
  };
  for (const Case& c : cases) {
    INFO(c.lag_ms << " ms");
    const Load load{.lag_us = 1'000 * c.lag_ms};
    CHECK(RefusedOfHundred(load, Lane::kReceipt, Shed::kLag) == c.receipts);
    CHECK(RefusedOfHundred(load, Lane::kArrival, Shed::kLag) == c.arrivals);
    CHECK(RefusedOfHundred(load, Lane::kRead, Shed::kLag) == c.reads);
    CHECK(RefusedOfHundred(load, Lane::kHold, Shed::kLag) == c.holds);
    CHECK(RefusedOfHundred(load, Lane::kConfirm, Shed::kLag) == 0);
    CHECK(RefusedOfHundred(load, Lane::kOperator, Shed::kLag) == 0);
  }
}

TEST_CASE("few arrivals a second are let in whatever the lag, a second of them at once, no more") {
  ArrivalFloor floor(2'000);
  int64_t taken = 0;
  const Instant begin{1'796'112'000'000};
  for (int64_t us = 0; us < 3'000'000; us += 50)  // 20,000 a second
    taken += floor.Takes(begin + us / 1'000);
  CHECK(taken >= 4 * 2'000 - 2);
  CHECK(taken <= 4 * 2'000);
  // Evenly, once the first ones are in.
  for (int64_t ms = 3'000; ms < 3'100; ++ms) {
    for (int i = 0; i < 2; ++i) CHECK(floor.Takes(begin + ms));
    CHECK(!floor.Takes(begin + ms));
  }
  // A clock that was set back gives nothing, and takes nothing for long.
  CHECK(!floor.Takes(begin - 60'000));
  CHECK(floor.Takes(begin - 59'999));
}

TEST_CASE("while the log is behind or stands still, new claims are refused, and nothing else") {
  const Load behind{.log_behind = true};
  const Load standing{.log_in_flight_ms = limits::kHoldLogMs};
  for (const Load& load : {behind, standing}) {
    CHECK(RefusedOfHundred(load, Lane::kHold, Shed::kLog) == 100);
    for (const Lane lane :
         {Lane::kOperator, Lane::kConfirm, Lane::kRead, Lane::kArrival, Lane::kReceipt}) {
      CHECK(RefusedOfHundred(load, lane, Shed::kLog) == 0);
    }
  }
  CHECK(RefusedOfHundred({.log_in_flight_ms = limits::kHoldLogMs - 1}, Lane::kHold, Shed::kLog) ==
        0);
}

TEST_CASE("the lag is what two probes in a row have met") {
  LagMeter meter;
  const auto probe = [&meter](int64_t sent_ms, int64_t met_ms) {
    REQUIRE(meter.Due(sent_ms * kMs, true));
    meter.Sent(sent_ms * kMs);
    CHECK(!meter.Due((sent_ms + 1'000) * kMs, true));
    meter.Met(met_ms * kMs);
  };
  CHECK(meter.LagNs(0) == 0);
  probe(0, 300);  // a standstill
  CHECK(meter.LagNs(300 * kMs) == 0);
  probe(300, 301);
  CHECK(meter.LagNs(301 * kMs) == 1 * kMs);
  CHECK(!meter.Due(301 * kMs, true));  // not so often
  probe(400, 600);
  CHECK(meter.LagNs(600 * kMs) == 1 * kMs);
  meter.Sent(600 * kMs);  // a queue that stands: this one waits, too
  CHECK(meter.LagNs(650 * kMs) == 50 * kMs);
  CHECK(meter.LagNs(900 * kMs) == 200 * kMs);
  meter.Met(900 * kMs);
  CHECK(meter.LagNs(900 * kMs) == 200 * kMs);
  // Everybody has gone: the probe goes round alone until it says so.
  REQUIRE(meter.Due(900 * kMs, false));
  meter.Sent(900 * kMs);
  meter.Met(901 * kMs);
  CHECK(meter.LagNs(901 * kMs) == 1 * kMs);
  CHECK(!meter.Due(2'000 * kMs, false));
}

namespace {

// One I/O thread and those who ask it, in the order they come, on a clock of its own. What it does
// costs what it does on this project's machines (engine/http/README.md): a hold or confirm 18 us, a
// read 12, a refusal 9, of which the kernel's send and recv are eight. Nobody waits who finds
// kMaxConnections others waiting.
class Plant {
 public:
  struct Mix {
    double arrivals = 0, reads = 0, holds = 0, confirms = 0;  // requests/s
  };
  struct Told {
    int64_t asked = 0, served = 0, refused = 0, lost = 0;
    int64_t longest_ns = 0;  // wait of one that was served
  };

  // For so long; what was told in it, by lane.
  std::array<Told, kLanes> Run(const Mix& mix, int64_t ms) {
    const std::array<double, kLanes> rates = {0, mix.confirms, mix.holds, mix.reads, mix.arrivals};
    told_ = {};
    for (const int64_t end = now_ + ms * kMs; now_ < end;) {
      Arrive(rates);
      Serve();
    }
    return told_;
  }

  void StandStill(int64_t ms) { now_ += ms * kMs; }

 private:
  struct Waiting {
    Lane lane;
    bool probe;
    int64_t since;
  };

  void Arrive(const std::array<double, kLanes>& rates) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      due_[lane] += rates[lane] * 1e-9 * static_cast<double>(now_ - arrived_);
      // As strangers come: by chance, not in step with anything here.
      for (; due_[lane] >= 1; due_[lane] -= static_cast<double>(chance_.Below(2'000)) * 1e-3) {
        ++told_[lane].asked;
        if (queue_.size() < limits::kMaxConnections) {
          queue_.push_back({static_cast<Lane>(lane), false, now_});
        } else {
          ++told_[lane].lost;
        }
      }
    }
    arrived_ = now_;
    if (!meter_.Due(now_, !queue_.empty())) return;
    meter_.Sent(now_);
    queue_.push_back({Lane::kOperator, true, now_});
  }

  void Serve() {
    if (queue_.empty()) {
      now_ += 20 * kUs;
      return;
    }
    const Waiting next = queue_.front();
    queue_.pop_front();
    if (next.probe) return meter_.Met(now_);
    Told& told = told_[static_cast<size_t>(next.lane)];
    const Load load{.lag_us = meter_.LagNs(now_) / kUs};
    if (Decide(load, next.lane, static_cast<uint32_t>(chance_.Next())) != Shed::kNo) {
      ++told.refused;
      now_ += 9 * kUs;
      return;
    }
    ++told.served;
    told.longest_ns = std::max(told.longest_ns, now_ - next.since);
    now_ += (next.lane >= Lane::kRead ? 12 : 18) * kUs;
  }

  Prng chance_{20261201};
  int64_t now_ = 0;
  int64_t arrived_ = 0;
  std::array<double, kLanes> due_{};
  std::deque<Waiting> queue_;
  LagMeter meter_;
  std::array<Told, kLanes> told_{};
};

}  // namespace

TEST_CASE("a thread that is overloaded settles, and whoever holds a seat is served in time") {
  struct Case {
    const char* what;
    Plant::Mix mix;
    Lane lowest_served;  // whose requests are refused in part; those above it never are
    int64_t confirm_ms;  // the longest that a confirm waits
  };
  const Case cases[] = {
      {"what it can do", {40'000, 10'000, 2'000, 2'000}, Lane::kArrival, 5},
      {"too many arrivals", {80'000, 10'000, 2'000, 2'000}, Lane::kArrival, 125},
      {"too many readers", {10'000, 80'000, 2'000, 2'000}, Lane::kRead, 250},
      {"far too much", {300'000, 100'000, 2'000, 2'000}, Lane::kRead, 250},
      {"too many who hold", {1'000, 1'000, 65'000, 2'000}, Lane::kHold, 400},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    Plant plant;
    plant.Run(c.mix, 3'000);
    double least = 1;
    double most = 0;
    for (int window = 0; window < 8; ++window) {
      const auto told = plant.Run(c.mix, 250);
      const auto of = [&told](Lane lane) { return told[static_cast<size_t>(lane)]; };
      CHECK(of(Lane::kConfirm).longest_ns <= c.confirm_ms * kMs);
      for (const Lane lane : {Lane::kConfirm, Lane::kHold, Lane::kRead, Lane::kArrival}) {
        if (lane < c.lowest_served) CHECK(of(lane).refused == 0);
        if (lane > c.lowest_served) CHECK(of(lane).served == 0);
      }
      const Plant::Told& part = of(c.lowest_served);
      const double share = static_cast<double>(part.refused) /
                           static_cast<double>(std::max<int64_t>(1, part.refused + part.served));
      least = std::min(least, share);
      most = std::max(most, share);
    }
    CHECK(most - least < 0.1);  // it does not swing to and fro
    CHECK(most < 0.9);
    CHECK((most > 0) == (c.confirm_ms > 5));
    // The storm is over, and half a second later nobody is refused.
    const Plant::Mix calm{1'000, 1'000, 1'000, 1'000};
    plant.Run(calm, 500);
    for (const Plant::Told& told : plant.Run(calm, 250)) CHECK(told.refused == 0);
  }
}

TEST_CASE("a thread that stood still for a moment, and catches up at once, refuses nobody") {
  Plant plant;
  const Plant::Mix mix{10'000, 8'000, 1'000, 1'000};
  plant.Run(mix, 500);
  for (int i = 0; i < 3; ++i) {
    plant.StandStill(150);
    for (const Plant::Told& told : plant.Run(mix, 500)) CHECK(told.refused == 0);
  }
}

}  // namespace creneau::surge
