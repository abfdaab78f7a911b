// The controller in its plant (plant.h): what people, seats and disk come to over an opening.
#include "tests/surge/plant.h"

#include <algorithm>
#include <string>
#include <vector>

#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

constexpr size_t kStepsPerS = 4;
static_assert(kStepsPerS * limits::kStewardTickMs == kMsPerSecond);

// People let in by one queue, ten seconds after the other.
std::vector<uint32_t> LetInPer10s(const QueueResult& queue, size_t from_s, size_t until_s) {
  std::vector<uint32_t> people;
  for (size_t s = from_s; s + 10 <= until_s; s += 10) {
    people.push_back(0);
    for (size_t i = s * kStepsPerS; i < (s + 10) * kStepsPerS; ++i)
      people.back() += queue.steps.at(i).people;
  }
  return people;
}

double MeanOf(const std::vector<uint32_t>& numbers) {
  double sum = 0;
  for (const uint32_t number : numbers) sum += number;
  return sum / static_cast<double>(numbers.size());
}

bool Limits(const QueueResult& queue, Limit limit, size_t from_s, size_t until_s) {
  return std::all_of(queue.steps.begin() + static_cast<int64_t>(from_s * kStepsPerS),
                     queue.steps.begin() + static_cast<int64_t>(until_s * kStepsPerS),
                     [&](const Step& step) { return step.limit == limit; });
}

// What holds in every opening. A hold is promised by a grant and then lives for its deadline: where
// the bound has fallen, there may be as many as fitted before that.
Result Run(const Plan& plan, uint64_t seed) {
  Result result = Plant(plan, seed).Run();
  CHECK(result.beyond_bound == 0);
  CHECK(result.beyond_seats == 0);
  constexpr size_t kPromisedSteps = (121 + 20 + 303) * kStepsPerS;
  size_t too_many = 0;
  for (size_t i = 0; i < result.live.size(); ++i) {
    if (result.live[i] <= result.bounds[i]) continue;
    const auto end = result.bounds.begin() + static_cast<int64_t>(i);
    const auto begin = end - static_cast<int64_t>(std::min(i, kPromisedSteps));
    if (result.live[i] > *std::max_element(begin, end + 1)) ++too_many;
  }
  CHECK(too_many == 0);
  for (const QueueResult& queue : result.queues) CHECK(queue.came_late == 0);
  return result;
}

struct Nine {
  uint32_t seats;
  uint32_t no_show_percent;
  uint64_t notices_after_ms;
  uint64_t notices_within_ms;
  double taken_within_s;
  double nothing_left_percent;  // of those who came, in their turn
};

}  // namespace

TEST_CASE("all seats are taken within minutes, and those whose turn it is find one") {
  const Nine kCases[] = {
      // People who poll, as design 6 has them.
      {500, 0, 0, 20'000, 60, 2},
      {500, 10, 0, 20'000, 180, 2},
      {500, 20, 0, 20'000, 180, 3},
      {500, 40, 0, 20'000, 180, 4},
      {500, 60, 0, 20'000, 180, 4},
      {500, 80, 0, 20'000, 700, 4},
      // Few seats: little is learnt from eight people.
      {8, 10, 0, 20'000, 400, 13},
      {8, 60, 0, 20'000, 700, 25},
      // A tab in the background is woken once a minute; and nobody comes at once.
      {500, 0, 0, 60'000, 120, 2},
      {500, 20, 0, 60'000, 300, 3},
      {500, 40, 0, 60'000, 500, 9},
      {500, 20, 20'000, 40'000, 240, 4},
      {500, 60, 20'000, 40'000, 300, 9},
      {500, 40, 0, 110'000, 800, 15},
  };
  for (const Nine& nine : kCases) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      CAPTURE(nine.seats, nine.no_show_percent, nine.notices_within_ms, seed);
      Plan plan;
      plan.openings = {{0, nine.seats, 50'000, nine.no_show_percent}};
      plan.notices_after_ms = nine.notices_after_ms;
      plan.notices_within_ms = nine.notices_within_ms;
      plan.run_s = 900;
      const QueueResult queue = Run(plan, seed).queues[0];
      CHECK(queue.all_taken_s.value_or(9'999) <= nine.taken_within_s);
      CHECK(static_cast<double>(queue.nothing_left) <=
            nine.nothing_left_percent / 100 * static_cast<double>(queue.came));
    }
  }
}

TEST_CASE("seats of people who are never heard of again are confirmed by others, in the end") {
  for (const uint32_t dies_percent : {10u, 40u}) {
    CAPTURE(dies_percent);
    Plan plan;
    plan.dies_percent = dies_percent;
    plan.run_s = 3'600;
    CHECK(Run(plan, 1).queues[0].all_confirmed_s);
  }
}

TEST_CASE("how many people come is known within a minute") {
  for (const uint32_t no_show_percent : {10u, 20u, 40u, 60u}) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      CAPTURE(no_show_percent, seed);
      Plan plan;
      plan.openings = {{0, 500, 50'000, no_show_percent}};
      plan.run_s = 61;
      const double shown_up = Run(plan, seed).queues[0].steps[60 * kStepsPerS].shown_up;
      CHECK(shown_up == Approx(1 - no_show_percent / 100.0).margin(0.1));
    }
  }
}

// The measure of oscillation: of any ten seconds after the first minute, while people wait, seats
// are free and nothing changes outside, none has more than twice the mean, and none less than half;
// a third where most do not come, since the first minute comes back two minutes later, when its
// unused grants lapse, and then fades.
TEST_CASE("admission is even while the bound on holds limits it") {
  const struct {
    int64_t batch_us;
    uint32_t no_show_percent;
    double least, most;  // of the mean
  } kCases[] = {
      {30'000, 10, 0.5, 2},
      {30'000, 40, 0.5, 2},
      {30'000, 60, 0.3, 2},
      // A twentieth of the people: the mean is 20, and chance alone moves that by a fifth.
      {500'000, 20, 0.4, 2},
  };
  for (const auto& [batch_us, no_show_percent, least, most] : kCases) {
    CAPTURE(batch_us, no_show_percent);
    Plan plan;
    plan.openings = {{0, 40'000, 100'000, no_show_percent}};
    plan.disk = {{0, batch_us}};
    plan.run_s = 370;
    const QueueResult queue = Run(plan, 1).queues[0];
    CHECK(Limits(queue, Limit::kDisk, 1, 370));
    const std::vector<uint32_t> people = LetInPer10s(queue, 60, 370);
    const auto [min, max] = std::minmax_element(people.begin(), people.end());
    CHECK(*min >= least * MeanOf(people));
    CHECK(*max <= most * MeanOf(people));
  }
}

TEST_CASE("the disk becomes slow: nobody is let in until the holds fit; it recovers: people are") {
  Plan plan;
  plan.openings = {{0, 3'000, 60'000, 20}};
  plan.disk = {{0, 300}, {20, 30'000}, {40, 1'000'000}, {150, 300}};
  plan.run_s = 400;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    const Result result = Run(plan, seed);
    const QueueResult& queue = result.queues[0];
    CHECK(result.bounds[19 * kStepsPerS] == 100'000);
    CHECK(result.bounds[39 * kStepsPerS] == HoldBound(ConfirmsPerSecond(64 << 9)));
    CHECK(result.bounds[60 * kStepsPerS] < 330);
    // Noticed before two batches have ended.
    CHECK(MeanOf(LetInPer10s(queue, 42, 152)) == 0);
    CHECK(Limits(queue, Limit::kDisk, 43, 150));
    // The slow batches leave the window after ten seconds; one may have begun before.
    CHECK(Limits(queue, Limit::kSeats, 163, 180));
    CHECK(LetInPer10s(queue, 163, 173)[0] > 0);
    CHECK(queue.all_taken_s.value_or(9'999) <= 300);
  }
}

TEST_CASE("another opening begins: the bound is shared evenly") {
  Plan plan;
  plan.openings = {{0, 5'000, 50'000, 20}, {120, 5'000, 50'000, 20}};
  plan.disk = {{0, 200'000}};
  plan.run_s = 420;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    const Result result = Run(plan, seed);
    const double first = MeanOf(LetInPer10s(result.queues[0], 180, 420));
    const double second = MeanOf(LetInPer10s(result.queues[1], 60, 300));
    CHECK(second == Approx(first).epsilon(0.05));
  }
}

TEST_CASE("forty openings at once: all get the same") {
  Plan plan;
  plan.openings.assign(40, {0, 500, 5'000, 20});
  plan.disk = {{0, 50'000}};
  plan.run_s = 120;
  const Result result = Run(plan, 1);
  uint64_t all = 0;
  for (const QueueResult& queue : result.queues) all += queue.let_in;
  const double mean = static_cast<double>(all) / 40;
  for (const QueueResult& queue : result.queues)
    CHECK(static_cast<double>(queue.let_in) == Approx(mean).margin(3));
}

TEST_CASE(
    "everybody confirms at once: ten seconds, and within a hold after a fall to a thirtieth") {
  Plan plan;
  plan.openings = {{0, 9'000, 50'000, 10}};
  plan.dies_percent = 0;
  plan.storm_s = 100;
  plan.run_s = 400;
  plan.disk = {{0, 30'000}};
  const Result steady = Run(plan, 1);
  CHECK(steady.live[100 * kStepsPerS - 1] > steady.bounds[0] / 2);
  CHECK(steady.slowest_confirm_s <= 10);
  plan.disk = {{0, 30'000}, {100, 30 * 30'000}};
  CHECK(Run(plan, 1).slowest_confirm_s <= 300);
}

TEST_CASE("an operator caps the rate, stops it, and lets it go") {
  Plan plan;
  plan.orders = {{0, 60, false}, {100, 0, true}, {150, 600, false}, {200, 0, false}};
  plan.run_s = 400;
  const Result result = Run(plan, 1);
  const QueueResult& queue = result.queues[0];
  for (const uint32_t people : LetInPer10s(queue, 0, 100)) CHECK(people == Approx(10).margin(1));
  CHECK(Limits(queue, Limit::kRateCap, 10, 100));
  CHECK(MeanOf(LetInPer10s(queue, 100, 150)) == 0);
  CHECK(Limits(queue, Limit::kPaused, 101, 150));
  for (const uint32_t people : LetInPer10s(queue, 150, 180)) CHECK(people <= 101);
  CHECK(queue.all_taken_s.value_or(9'999) <= 350);
}

}  // namespace creneau::surge
