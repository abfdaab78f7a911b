#include "surge/budget.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace creneau::surge {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

int64_t TakenAt(Budget& budget, int64_t now_ns, int64_t asked) {
  int64_t taken = 0;
  for (int64_t i = 0; i < asked; ++i) taken += budget.Takes(now_ns);
  return taken;
}

TEST_CASE("what was not used counts for later, up to so many at once") {
  Budget budget(100, 10);
  struct Step {
    int64_t at_ms;
    int64_t asked;
    int64_t taken;
  };
  const Step steps[] = {
      {5'000, 50, 10},  // all at once, and no more
      {5'009, 5, 0},    // one comes every ten milliseconds
      {5'010, 5, 1},    //
      {5'050, 50, 4},   //
      {5'150, 50, 10},  // a tenth of a second later it is full
      {9'000, 50, 10},  // and never fuller
      {8'000, 50, 0},   // time went back
      {9'010, 50, 1},   //
  };
  for (const Step& step : steps) {
    INFO(step.at_ms);
    CHECK(TakenAt(budget, step.at_ms * kSecondNs / 1'000, step.asked) == step.taken);
  }
}

TEST_CASE("over a second it is what it says, however often it is asked") {
  Budget budget(1'000, 100);
  int64_t taken = 0;
  for (int64_t us = 0; us < 1'000'000; us += 20) taken += budget.Takes(kSecondNs + us * 1'000);
  CHECK(taken >= 1'099);
  CHECK(taken <= 1'100);
}

TEST_CASE("threads take no more together than one alone") {
  Budget budget(1'000, 100);
  std::atomic<int64_t> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] { taken += TakenAt(budget, kSecondNs, 1'000); });
  for (std::thread& thread : threads) thread.join();
  CHECK(taken == 100);
}

}  // namespace
}  // namespace creneau::surge
