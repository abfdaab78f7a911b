// The power goes at every call to the disk of a run, and again at every call of the recovery from
// it: what was acknowledged is there, what is there is a prefix of what was decided, and three
// starts give one answer. The run has publications, moves, a stop of a day, snapshots, and what the
// staff does about identities.
#include "catch2/catch.hpp"
#include "tests/sim/run.h"

namespace creneau::sim {
namespace {

TEST_CASE("the power goes at every call of a run, and at every call of the recovery from it") {
  std::map<std::string, uint64_t> reached;
  uint64_t calls = 0;
  uint64_t recoveries = 0;
  for (uint64_t at = 1;; ++at) {
    bool crashed = false;
    for (const Loss loss : kLosses) {
      CrashOptions options;
      options.at_call = at;
      options.loss = loss;
      CAPTURE(at, static_cast<int>(loss));
      const CrashReport report = RunAndCrash(options);
      REQUIRE(report.violation == "");
      crashed = report.crashed;
      if (!crashed) reached = report.reached;
      if (!crashed) break;
    }
    if (!crashed) break;
    ++calls;
    for (uint64_t again = 1;; ++again) {
      CrashOptions options;
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
  // The run has each act of the staff.
  for (const char* const act :
       {"did-approve-correct", "did-approve-link", "did-approve-repair", "did-correct", "did-link",
        "did-lookup", "did-propose-correct", "did-propose-link", "did-propose-repair",
        "did-withdraw", "key-from-before-the-repair"}) {
    CAPTURE(act);
    CHECK(reached[act] > 0);
  }
}

}  // namespace
}  // namespace creneau::sim
