// The power goes at every call to the disk of a run, and again at every call of the recovery from
// it: what was acknowledged is there, what is there is a prefix of what was decided, and three
// starts give one answer. The run has publications, moves, a stop of a day, snapshots, and what the
// staff does about identities: each of its acts is there.
#include <algorithm>

#include "catch2/catch.hpp"
#include "tests/sim/run.h"

namespace creneau::sim {
namespace {

// The first from the given one on whose run, if nothing befalls it, has each of these acts.
uint64_t SeedWith(CrashOptions options, const std::vector<std::string>& acts) {
  options.at_call = UINT64_MAX / 2;
  for (const uint64_t last = options.seed + 400; options.seed < last; ++options.seed) {
    std::map<std::string, uint64_t> reached = RunAndCrash(options).reached;
    if (std::all_of(acts.begin(), acts.end(),
                    [&](const std::string& act) { return reached[act] > 0; }))
      return options.seed;
  }
  return 0;
}

struct Calls {
  uint64_t of_runs = 0;
  uint64_t of_recoveries = 0;
};

// How much is tried: each way in which the power goes, or one after the other; and the recoveries
// from each crash, or from some.
struct Thorough {
  bool each_way = true;
  uint64_t recover_each = 1;
};

// The power goes at each call of that run, and at each call of recoveries from it.
Calls CrashEverywhere(CrashOptions options, const Thorough& thorough) {
  Calls calls;
  for (options.at_call = 1;; ++options.at_call) {
    bool crashed = false;
    options.at_recovery_call = 0;
    for (const Loss loss : kLosses) {
      const bool turn = options.at_call % std::size(kLosses) == static_cast<size_t>(loss);
      if (!thorough.each_way && !turn) continue;
      options.loss = loss;
      CAPTURE(options.at_call, static_cast<int>(loss));
      const CrashReport report = RunAndCrash(options);
      REQUIRE(report.violation == "");
      crashed = report.crashed;
      if (!crashed) return calls;
    }
    ++calls.of_runs;
    options.loss = Loss::kTorn;
    if (options.at_call % thorough.recover_each != 0) continue;
    for (options.at_recovery_call = 1;; ++options.at_recovery_call) {
      CAPTURE(options.at_call, options.at_recovery_call);
      const CrashReport report = RunAndCrash(options);
      REQUIRE(report.violation == "");
      if (!report.crashed_again) break;
      ++calls.of_recoveries;
    }
  }
}

void CrashEverywhere(CrashOptions options, const Thorough& thorough,
                     const std::vector<std::string>& acts) {
  options.seed = SeedWith(options, acts);
  REQUIRE(options.seed > 0);
  CAPTURE(options.seed);
  const Calls calls = CrashEverywhere(options, thorough);
  std::printf("%llu calls, each the last; %llu calls of recoveries\n",
              static_cast<unsigned long long>(calls.of_runs),
              static_cast<unsigned long long>(calls.of_recoveries));
  CHECK(calls.of_runs > 200);
  CHECK(calls.of_recoveries > 10 * (calls.of_runs / thorough.recover_each));
}

TEST_CASE("the power goes at every call of a run, and at every call of the recovery from it") {
  CrashEverywhere(
      {}, {},
      {"did-approve-correct", "did-approve-link", "did-approve-repair", "did-correct", "did-link",
       "did-lookup", "did-propose-correct", "did-propose-link", "did-propose-repair",
       "did-withdraw", "snapshot-asked-for", "key-from-before-the-repair"});
}

TEST_CASE("the same of all that is done about shares, at the desk, for courts and for families") {
  CrashOptions options;
  options.fairly = true;
  options.acts = 200;
  options.seed = 65;  // the first of them that has all is near
  CrashEverywhere(
      options, {false, 8},
      {"booked-on-desk", "booked-on-phone", "booked-on-post", "helped-on-desk", "did-shift",
       "shift-of-several-slots", "flow-from-phone", "published-over-a-shift", "did-enter-mandate",
       "did-withdraw-mandate", "mandate-seat-share", "mandate-seat-added",
       "mandate-seat-court-overflow", "family-held", "snapshot-asked-for"});
}

// In one way each, and without the recoveries, which are those of the other runs.
TEST_CASE("the same while people wait for seats, and days are closed") {
  CrashOptions options;
  options.lists = true;
  options.acts = 120;
  options.seed = SeedWith(
      options, {"joined-web", "joined-phone", "left", "offered-web", "offered-phone",
                "offer-given-up", "offer-confirmed", "day-closed-with-people", "day-reopened",
                "lists-published", "displaced-to-a-free-seat", "snapshot-asked-for"});
  REQUIRE(options.seed > 0);
  CAPTURE(options.seed);
  CHECK(CrashEverywhere(options, {false, UINT64_MAX}).of_runs > 100);
}

}  // namespace
}  // namespace creneau::sim
