// The controller, one step at a time: what bounds it, and that it says so.
#include "surge/admission.h"

#include <string>
#include <vector>

#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

constexpr Instant kNow{1'000'000};
constexpr uint64_t kMany = 1'000'000;

// A quarter of a second after the last step, with half of the people coming, all within the first
// ten seconds, as has been seen for long.
AdmissionState HalfCome() {
  AdmissionState state;
  state.last_step = kNow - limits::kStewardTickMs;
  state.seen.waited_s.fill(1e9);
  state.seen.used[0] = 0.0693147e9;  // ln 2 in ten seconds
  return state;
}

struct Case {
  const char* name;
  uint64_t free = 0;
  uint64_t waiting = kMany;
  uint32_t young = 0;  // grants unused
  uint32_t old = 0;
  uint64_t holds = 0;
  uint64_t others = 0;  // grants
  uint64_t let_in = 0;
  uint64_t bound = kMany;
  bool slow = false;
  uint32_t queues = 1;
  uint32_t cap = 0;
  bool halted = false;
};

Admission Decide(const Case& in, const AdmissionState& state = HalfCome(), Instant now = kNow) {
  QueueLoad queue;
  queue.free_seats = in.free;
  queue.waiting = in.waiting;
  queue.grants.unused[0] = in.young;
  queue.grants.unused[5] = in.old;
  queue.rate_cap_per_min = in.cap;
  queue.halted = in.halted;
  EngineLoad engine;
  engine.capacity.hold_bound = in.bound;
  engine.capacity.disk_is_slow = in.slow;
  engine.live_holds = in.holds;
  engine.grants = in.young + in.old + in.others;
  engine.let_in = in.let_in;
  engine.queues = in.queues;
  return Admit(queue, engine, now, state);
}

struct Expected {
  Case in;
  uint32_t people;
  const char* limit;
  bool wants_more;
};

}  // namespace

TEST_CASE("as many as are expected to find a seat, below the bound on holds, below the cap") {
  // A quarter of a second is 4.88 % of the way to the seats, 0.830 % of that to the bound.
  const Expected kCases[] = {
      {{.name = "half come: two for each seat", .free = 1'000}, 97, "seats", true},
      {{.name = "young grants, of which a part has come already", .free = 1'000, .young = 1'000},
       68,
       "seats",
       true},
      {{.name = "old grants stand in nobody's way", .free = 1'000, .old = 5'000},
       97,
       "seats",
       true},
      {{.name = "enough are let in", .free = 100, .young = 1'000}, 0, "seats", false},
      {{.name = "nothing is left", .free = 0}, 0, "seats", false},
      {{.name = "nobody waits", .free = 500, .waiting = 0}, 0, "nobody-waits", false},
      {{.name = "few wait", .free = 500, .waiting = 3}, 3, "nobody-waits", true},
      {{.name = "the bound, as high as ever", .free = 9'000, .bound = 10'000},
       82,
       "confirms",
       true},
      {{.name = "the bound, with a slow disk", .free = 9'000, .bound = 10'000, .slow = true},
       82,
       "disk",
       true},
      {{.name = "a slow disk that bounds nothing", .free = 10, .bound = 10'000, .slow = true},
       0,
       "seats",
       true},
      {{.name = "holds, and all grants of all queues",
        .free = 9'000,
        .young = 1'000,
        .old = 1'000,
        .holds = 3'000,
        .others = 2'000,
        .bound = 10'000},
       24,
       "confirms",
       true},
      {{.name = "the bound is reached",
        .free = 9'000,
        .holds = 9'000,
        .others = 1'000,
        .bound = 10'000},
       0,
       "confirms",
       true},
      {{.name = "the bound has fallen", .free = 9'000, .holds = 9'000, .bound = 300, .slow = true},
       0,
       "disk",
       true},
      {{.name = "a share of the bound", .free = 9'000, .bound = 40'000, .queues = 4},
       82,
       "confirms",
       true},
      {{.name = "a cap", .free = 9'000, .cap = 2'400}, 10, "rate", true},
      {{.name = "a cap that is no bound", .free = 100, .cap = 24'000}, 9, "seats", true},
      {{.name = "paused", .free = 9'000, .halted = true}, 0, "paused", false},
  };
  for (const Expected& expected : kCases) {
    CAPTURE(expected.in.name);
    const Admission admission = Decide(expected.in);
    CHECK(admission.people == expected.people);
    CHECK(NameOf(admission.limit) == expected.limit);
    CHECK(admission.wants_more == expected.wants_more);
  }
}

TEST_CASE("the parts of people are carried from step to step") {
  AdmissionState state = HalfCome();
  Instant now = kNow;
  uint32_t people = 0;
  for (int step = 0; step < 4 * 60; ++step, now = now + limits::kStewardTickMs) {
    const Admission admission = Decide({.name = "", .free = 9'000, .cap = 7}, state, now);
    people += admission.people;
    state = admission.next;
  }
  CHECK(people == 7);
  CHECK(state.last_minute == Approx(7).margin(3));
}

TEST_CASE("nobody is let in at the first step, and a step that comes late is not made up for") {
  CHECK(Decide({.name = "", .free = 1'000}, AdmissionState{}).people == 0);
  const auto people_after = [](int64_t ms) {
    AdmissionState state = HalfCome();
    state.last_step = kNow - ms;
    return Decide({.name = "", .free = 1'000}, state).people;
  };
  CHECK(people_after(0) == 0);
  CHECK(people_after(-500) == 0);
  CHECK(people_after(1'000) == 362);
  CHECK(people_after(600'000) == 362);
}

TEST_CASE("what is shown is about what was let in during the last minute") {
  AdmissionState state = HalfCome();
  Instant now = kNow;
  double rate = 0;
  const auto run = [&](int seconds, uint32_t cap) {
    for (int step = 0; step < 4 * seconds; ++step, now = now + limits::kStewardTickMs) {
      const Admission admission = Decide({.name = "", .free = 99'000, .cap = cap}, state, now);
      rate = admission.rate_per_min;
      state = admission.next;
    }
  };
  run(10, 6'000);
  CHECK(rate < 1'000);  // not what the first burst would be in a minute
  run(300, 600);
  CHECK(rate == Approx(600).epsilon(0.1));
}

TEST_CASE("one after the other, queues take no more than there is, and each its share") {
  constexpr size_t kQueues = 10;
  for (const uint64_t bound : {uint64_t{3}, uint64_t{40}, uint64_t{10'000}}) {
    CAPTURE(bound);
    std::vector<AdmissionState> states(kQueues, HalfCome());
    std::vector<uint64_t> let_in(kQueues);
    uint64_t all = 0;
    Instant now = kNow;
    for (size_t step = 0; step < 4 * 300; ++step, now = now + limits::kStewardTickMs) {
      const uint64_t before = all;
      for (size_t nth = 0; nth < kQueues; ++nth) {
        const size_t i = (step + nth) % kQueues;
        const Case in{.name = "",
                      .free = 9'000,
                      .others = before,
                      .let_in = all - before,
                      .bound = bound,
                      .queues = kQueues};
        const Admission admission = Decide(in, states[i], now);
        states[i] = admission.next;
        let_in[i] += admission.people;
        all += admission.people;
      }
      REQUIRE(all <= bound);
    }
    CHECK(static_cast<double>(all) >= 0.9 * static_cast<double>(bound) - 1);
    for (const uint64_t people : let_in)
      CHECK(static_cast<double>(people) ==
            Approx(static_cast<double>(all) / kQueues).margin(1 + 0.02 * static_cast<double>(all)));
  }
}

TEST_CASE("before anything is known all are expected to come; never fewer than one of five") {
  AdmissionState state;
  CHECK(Decide({.name = "", .free = 500}, state).shown_up > 0.99);
  state.seen.waited_s.fill(1e9);
  state.seen.used[0] = 1e7;
  CHECK(Decide({.name = "", .free = 500}, state).shown_up == 0.2);
}

TEST_CASE("silence says nothing until many have come, and then those who are older come no more") {
  AdmissionState state;
  state.seen.waited_s[0] = 10'000;  // a thousand grants for ten seconds
  CHECK(Decide({.name = "", .free = 500}, state).shown_up > 0.99);
  state.seen.used[1] = 500;
  state.seen.waited_s[1] = 7'500;
  CHECK(Decide({.name = "", .free = 500}, state).shown_up > 0.99);
  state.seen.waited_s[2] = state.seen.waited_s[3] = 5'000;
  CHECK(Decide({.name = "", .free = 500}, state).shown_up == Approx(0.5).margin(0.1));
}

TEST_CASE("that nobody comes while the queue is paused means nothing") {
  for (const bool halted : {false, true}) {
    AdmissionState state = HalfCome();
    state.seen.waited_s.fill(10'000);
    state.seen.used[0] = 693.147;
    Instant now = kNow;
    double shown_up = 0;
    for (int step = 0; step < 4 * 60; ++step, now = now + limits::kStewardTickMs) {
      const Admission admission =
          Decide({.name = "", .free = 1'000, .young = 1'000, .halted = halted}, state, now);
      shown_up = admission.shown_up;
      state = admission.next;
    }
    CHECK((shown_up > 0.45) == halted);
  }
}

TEST_CASE("counts of uses that begin again are not taken for uses") {
  AdmissionState state = HalfCome();
  state.used_before[0] = 100;
  const Admission admission = Decide({.name = "", .free = 500}, state);
  CHECK(admission.next.used_before[0] == 0);
  CHECK(admission.next.seen.used[0] <= state.seen.used[0]);
}

}  // namespace creneau::surge
