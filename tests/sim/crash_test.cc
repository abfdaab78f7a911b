// The power goes at every call to the disk of a run, and again at every call of the recovery from
// it: what was acknowledged is there, what is there is a prefix of what was decided, and three
// starts give one answer. The run has publications, moves, a stop of a day, snapshots, and what the
// staff does about identities: each of its acts is there.
#include <algorithm>

#include "catch2/catch.hpp"
#include "tests/sim/run.h"

namespace creneau::sim {
namespace {

// The first whose run, if nothing befalls it, has each act of the staff.
uint64_t SeedWithAllActs() {
  for (uint64_t seed = 1; seed < 100; ++seed) {
    CrashOptions options;
    options.seed = seed;
    options.at_call = UINT64_MAX / 2;
    std::map<std::string, uint64_t> reached = RunAndCrash(options).reached;
    const auto all = {"did-approve-correct", "did-approve-link",   "did-approve-repair",
                      "did-correct",         "did-link",           "did-lookup",
                      "did-propose-correct", "did-propose-link",   "did-propose-repair",
                      "did-withdraw",        "snapshot-asked-for", "key-from-before-the-repair"};
    if (std::all_of(all.begin(), all.end(), [&](const char* act) { return reached[act] > 0; }))
      return seed;
  }
  return 0;
}

TEST_CASE("the power goes at every call of a run, and at every call of the recovery from it") {
  const uint64_t seed = SeedWithAllActs();
  REQUIRE(seed > 0);
  CAPTURE(seed);
  uint64_t calls = 0;
  uint64_t recoveries = 0;
  for (uint64_t at = 1;; ++at) {
    bool crashed = false;
    for (const Loss loss : kLosses) {
      CrashOptions options;
      options.seed = seed;
      options.at_call = at;
      options.loss = loss;
      CAPTURE(at, static_cast<int>(loss));
      const CrashReport report = RunAndCrash(options);
      REQUIRE(report.violation == "");
      crashed = report.crashed;
      if (!crashed) break;
    }
    if (!crashed) break;
    ++calls;
    for (uint64_t again = 1;; ++again) {
      CrashOptions options;
      options.seed = seed;
      options.at_call = at;
      options.at_recovery_call = again;
      CAPTURE(at, again);
      const CrashReport report = RunAndCrash(options);
      REQUIRE(report.violation == "");
      if (!report.crashed_again) break;
      ++recoveries;
    }
  }
  std::printf("%llu calls, each the last in three ways; %llu calls of recoveries\n",
              static_cast<unsigned long long>(calls), static_cast<unsigned long long>(recoveries));
  CHECK(calls > 200);
  CHECK(recoveries > 10 * calls);
}

}  // namespace
}  // namespace creneau::sim
