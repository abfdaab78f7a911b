#include "bench/creneau-bench/schedule.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "bench/creneau-bench/profile.h"

namespace creneau::bench {
namespace {

TEST_CASE("arrivals: even ones keep their distance, threads take turns, nothing drifts") {
  // 3 a second does not divide a nanosecond.
  Arrivals first(3, Spacing::kEven, 0, 2, 1);
  Arrivals second(3, Spacing::kEven, 1, 2, 1);
  std::vector<int64_t> all;
  for (int i = 0; i < 3'000'000 / 2; ++i) {
    all.push_back(first.NextNs());
    all.push_back(second.NextNs());
  }
  CHECK(std::is_sorted(all.begin(), all.end()));
  for (const size_t n : {0u, 1u, 2u, 3u, 300u, 2'999'999u}) {
    CHECK(std::llabs(all[n] - static_cast<int64_t>(static_cast<double>(n) / 3 * 1e9)) <= 1);
  }
}

TEST_CASE("arrivals: strangers come at the rate, and not evenly") {
  Arrivals arrivals(1000, Spacing::kPoisson, 0, 1, 5);
  int64_t last = 0;
  int close = 0;
  constexpr int kMany = 100'000;
  for (int i = 0; i < kMany; ++i) {
    const int64_t at = arrivals.NextNs();
    REQUIRE(at >= last);
    close += at - last < 100'000 ? 1 : 0;
    last = at;
  }
  CHECK(static_cast<double>(last) / 1e9 == Approx(100).epsilon(0.02));
  // 1 - exp(-0.1) of the distances are below a tenth of the mean.
  CHECK(static_cast<double>(close) / kMany == Approx(0.0952).epsilon(0.05));
}

TEST_CASE("thinking: its three forms") {
  std::string error;
  Prng prng(3);
  CHECK(Think::Parse("0", &error)->none());
  CHECK(Think::Parse("200", &error)->DrawNs(&prng) == 200'000'000);
  const auto between = Think::Parse("10-50", &error);
  REQUIRE(between);
  CHECK(between->Text() == "10-50");
  for (int i = 0; i < 1000; ++i) {
    const int64_t ns = between->DrawNs(&prng);
    REQUIRE((ns >= 10'000'000 && ns <= 50'000'000));
  }
  const auto exponential = Think::Parse("exp:100", &error);
  REQUIRE(exponential);
  double sum = 0;
  for (int i = 0; i < 20'000; ++i) sum += static_cast<double>(exponential->DrawNs(&prng));
  CHECK(sum / 20'000 / 1e6 == Approx(100).epsilon(0.03));
  for (const char* wrong : {"", "x", "-5", "50-10", "1-", "exp:", "exp:x", "1e99", "5 ms"}) {
    INFO(wrong);
    error.clear();
    CHECK(!Think::Parse(wrong, &error));
    CHECK(!error.empty());
  }
}

TEST_CASE("steady: requests are due at the rate, whatever the journeys") {
  Options options;
  std::string error;
  options.rate = 2000;
  options.pipeline = 4;
  options.mix = *Mix::Parse("hold-confirm=1,read=1", &error);  // 1.5 requests
  options.think = *Think::Parse("5", &error);
  const auto profile = MakeProfile(options, 0);
  int64_t at = 0;
  for (int i = 0; i <= 1000; ++i) at = profile->NextArrivalNs();
  // 1000 batches of 4 journeys of 1.5 requests.
  CHECK(static_cast<double>(at) / 1e9 == Approx(3));
  CHECK(profile->NextStepNs(7) == 5'000'007);
}

TEST_CASE(
    "confirm-storm: everybody holds before, confirms are due at one moment or at their rate") {
  Options options;
  options.profile = ProfileKind::kConfirmStorm;
  options.journeys = 101;
  options.rate = 100;
  options.threads = 2;
  const Window window = WindowOf(options);
  CHECK(window.until_done);
  int journeys = 0;
  for (unsigned thread = 0; thread < 2; ++thread) {
    const auto profile = MakeProfile(options, thread);
    for (int64_t at = 0; (at = profile->NextArrivalNs()) != kNever; ++journeys) {
      REQUIRE(at < window.begin_ns);
      REQUIRE(profile->NextStepNs(at) == window.begin_ns);
    }
    // Whoever held late confirms late, not before.
    CHECK(profile->NextStepNs(window.begin_ns + 5) == window.begin_ns + 5);
  }
  CHECK(journeys == 101);
  options.storm_rate = 1000;
  const auto profile = MakeProfile(options, 0);
  CHECK(profile->NextStepNs(0) == window.begin_ns);
  CHECK(profile->NextStepNs(0) == window.begin_ns + 2'000'000);
}

TEST_CASE("seats: enough for every hold that is due") {
  Options options;
  options.rate = 2000;
  options.seconds = 10;
  options.warmup_s = 1;
  CHECK(options.SeatsNeeded() >= 11'000);
  CHECK(options.SeatsNeeded() <= 15'000);
  options.mix = Mix::Only(JourneyKind::kRead);
  CHECK(options.SeatsNeeded() <= 2000);
}

}  // namespace
}  // namespace creneau::bench
