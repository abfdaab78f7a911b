// The checker against what is known: textbook programs with their outcomes, and a thousand small
// random programs, where the reduced exploration must find just what the unreduced one does.
#include "tests/interleave/litmus.h"

#include <catch2/catch.hpp>

#include "base/prng.h"

namespace creneau::interleave {
namespace {

struct Known {
  const char* name;
  std::vector<std::string> threads;
  std::string outcome;
  bool possible;
};

const std::vector<Known> kKnown = {
    {"a message arrives without its data",
     {"x=1 rlx; y=1 rlx", "y rlx; x rlx"},
     "0 0 |1 0 |110",
     true},
    {"release alone does not help", {"x=1 rlx; y=1 rel", "y rlx; x rlx"}, "0 0 |1 0 |110", true},
    {"acquire alone does not help", {"x=1 rlx; y=1 rlx", "y acq; x rlx"}, "0 0 |1 0 |110", true},
    {"release and acquire do", {"x=1 rlx; y=1 rel", "y acq; x rlx"}, "0 0 |1 0 |110", false},
    {"the release sequence goes on through another's relaxed add",
     {"x=1 rlx; y=1 rel", "y+1 rlx", "y acq; x rlx"},
     "0 0 |1 |2 0 |120",
     false},
    {"but not through another's plain store",
     {"x=1 rlx; y=1 rel", "y=2 rlx", "y acq; x rlx"},
     "0 0 |0 |2 0 |120",
     true},
    {"two stores pass each other", {"x=1 rel; y acq", "y=1 rel; x acq"}, "0 0 |0 0 |110", true},
    {"seq_cst: they do not", {"x=1 sc; y sc", "y=1 sc; x sc"}, "0 0 |0 0 |110", false},
    {"one of the four not seq_cst: they do",
     {"x=1 sc; y acq", "y=1 sc; x sc"},
     "0 0 |0 0 |110",
     true},
    {"an atomic is never seen going backwards",
     {"x=1 rlx; x=2 rlx", "x rlx; x rlx"},
     "0 0 |2 1 |200",
     false},
    {"two readers agree about one atomic",
     {"x=1 rlx", "x=2 rlx", "x rlx; x rlx", "x rlx; x rlx"},
     "0 |0 |1 2 |2 1 |200",
     false},
    {"two readers disagree about two",
     {"x=1 rel", "y=1 rel", "x acq; y acq", "y acq; x acq"},
     "0 |0 |1 0 |1 0 |110",
     true},
    {"seq_cst: they agree",
     {"x=1 sc", "y=1 sc", "x sc; y sc", "y sc; x sc"},
     "0 |0 |1 0 |1 0 |110",
     false},
    {"adds do not get lost", {"x+1 rlx", "x+1 rlx"}, "0 |0 |100", false},
    {"one of two exchanges wins", {"x?0:1 rlx", "x?0:2 rlx"}, "0 |0 |200", false},
    {"a failed exchange may have read what is old",
     {"x=1 rlx; x=2 rlx; y=1 rlx", "y rlx; x?7:9 rlx"},
     "0 0 0 |1 1 |210",
     true},
    {"what was read before is a bound for an exchange that fails",
     {"x=1 rlx; x=2 rlx", "x rlx; x?7:9 rlx"},
     "0 0 |2 1 |200",
     false},
    // Known limits, of ours and of RC11: no load before a later store of its own thread, no
    // modification order against the order of execution.
    {"not shown: a load that returns what depends on it",
     {"x rlx; y=1 rlx", "y rlx; x=1 rlx"},
     "1 0 |1 0 |110",
     false},
    {"not shown: two orders of modification that contradict each other",
     {"x=1 rlx; y=2 rlx", "y=1 rlx; x=2 rlx"},
     "0 0 |0 0 |110",
     false},
};

TEST_CASE("programs from the textbooks have their outcomes") {
  for (const Known& known : kKnown) {
    Report report;
    const auto outcomes = Outcomes(LitmusFromText(known.threads), true, &report);
    INFO(known.name);
    CHECK(outcomes.contains(known.outcome) == known.possible);
  }
}

std::vector<LitmusThread> RandomProgram(uint64_t seed) {
  constexpr std::memory_order kOrders[] = {std::memory_order_relaxed, std::memory_order_acquire,
                                           std::memory_order_release, std::memory_order_acq_rel,
                                           std::memory_order_seq_cst};
  Prng prng(seed);
  std::vector<LitmusThread> threads(2 + prng.Below(2));
  const bool three = threads.size() == 3;
  uint64_t next = 1;
  for (LitmusThread& thread : threads) {
    for (uint64_t acts = (three ? 1 : 2) + prng.Below(3); acts > 0; --acts) {
      LitmusAct act;
      act.what = static_cast<LitmusAct::What>(prng.Below(4));
      act.variable = static_cast<int>(prng.Below(2));
      act.value = next++;
      act.expected = prng.Below(next);
      act.order = kOrders[prng.Below(5)];
      thread.push_back(act);
    }
  }
  return threads;
}

TEST_CASE("the reduction leaves no outcome out") {
  uint64_t reduced_runs = 0, all_runs = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    const auto program = RandomProgram(seed);
    Report reduced, all;
    INFO("seed " << seed);
    const auto found = Outcomes(program, true, &reduced);
    REQUIRE(found == Outcomes(program, false, &all));
    reduced_runs += reduced.executions + reduced.cut;
    all_runs += all.executions;
  }
  WARN("1000 programs: " << reduced_runs << " executions for " << all_runs);
}

TEST_CASE("a schedule in print is the schedule") {
  const std::vector<Step> steps = {{0, -1}, {0, -1}, {1, 3}, {0, 2}, {0, 2}, {0, 2}};
  const auto again = ScheduleFromText(ScheduleText(steps));
  REQUIRE(ScheduleText(steps) == "0:-1x2,1:3,0:2x3");
  REQUIRE(ScheduleText(again) == ScheduleText(steps));
}

}  // namespace
}  // namespace creneau::interleave
