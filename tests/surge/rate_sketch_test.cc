// Who keeps to the limit is never refused, whoever else there is; who does not gets little more.
#include "surge/rate_sketch.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

constexpr Cells::Salt kSalt{9, 8, 7};
constexpr RateLimit kLimit{10, 10'000};

struct Key {
  char text[9];
  Key(char kind, uint64_t number) {
    text[0] = kind;
    std::memcpy(text + 1, &number, sizeof number);
  }
  operator std::string_view() const { return {text, sizeof text}; }
};

// How many of `count` at that moment are allowed.
int Burst(RateSketch& sketch, std::string_view key, int64_t now_ms, int count,
          RateLimit limit = kLimit) {
  int allowed = 0;
  for (int i = 0; i < count; ++i) allowed += sketch.Take(key, now_ms, limit).allowed;
  return allowed;
}

}  // namespace

TEST_CASE("ten in ten seconds: ten at once, then one a second, and all again after ten") {
  // From before the 32 bits of a time begin anew to behind it.
  for (const int64_t start : {int64_t{5}, (int64_t{1} << 32) - 3'000, int64_t{1} << 40}) {
    RateSketch sketch(kSalt);
    const Key ada('a', 1);
    CHECK(Burst(sketch, ada, start, 12) == 10);
    CHECK(sketch.Take(ada, start, kLimit).retry_after_ms == 1'000);
    CHECK(sketch.Take(ada, start + 999, kLimit).retry_after_ms == 1);
    CHECK(Burst(sketch, ada, start + 1'000, 3) == 1);
    CHECK(Burst(sketch, ada, start + 4'500, 5) == 3);
    CHECK(Burst(sketch, ada, start + 14'500, 12) == 10);
    CHECK(Burst(sketch, Key('a', 2), start + 14'500, 12) == 10);
    CHECK(Burst(sketch, Key('s', 1), start + 14'500, 12) == 10);
    CHECK(Burst(sketch, ada, start + limits::kRatePeriodMaxMs * 5, 12) == 10);
  }
}

TEST_CASE("whoever keeps to the limit in every period is never refused") {
  RateSketch sketch(kSalt);
  Prng prng(1);
  std::vector<int64_t> asked;
  for (int64_t now_ms = 0; now_ms < 1'000'000;
       now_ms += 1 + static_cast<int64_t>(prng.Below(900))) {
    const auto in_period = std::count_if(
        asked.begin(), asked.end(), [&](int64_t then) { return then > now_ms - kLimit.per_ms; });
    if (in_period == kLimit.count) continue;
    CHECK(sketch.Take("ada", now_ms, kLimit).allowed);
    asked.push_back(now_ms);
  }
}

// The others ask all the time, each `times` in a period. Some people keep to half of the limit and
// ask for all of it at once; some programs ask for 25 times as much, evenly.
TEST_CASE("100,000 others neither have anybody refused nor let anybody through") {
  constexpr RateLimit kFour{4, 10'000};
  constexpr uint64_t kOthers = 100'000;
  constexpr uint64_t kPeople = 500;
  constexpr uint64_t kPrograms = 50;
  constexpr int64_t kMoments = 100;  // in a period
  struct Row {
    uint64_t times;
    size_t entries;
  };
  for (const Row& row : {Row{1, limits::kRates}, Row{4, limits::kRates},
                         // Three of the others for every place, and forty-nine.
                         Row{1, limits::kRates / 8}, Row{1, limits::kRates / 128}}) {
    RateSketch sketch(kSalt, row.entries);
    uint64_t asked = 0;
    int refused = 0;
    int got = 0;  // by programs, in the second period
    for (int64_t moment = 0; moment < 2 * kMoments; ++moment) {
      const int64_t now_ms = moment * kFour.per_ms / kMoments;
      for (uint64_t i = 0; i < kOthers * row.times / kMoments; ++i)
        sketch.Take(Key('o', asked++ % kOthers), now_ms, kFour);
      for (uint64_t program = 0; program < kPrograms; ++program) {
        const bool allowed = sketch.Take(Key('b', program), now_ms, kFour).allowed;
        got += allowed && moment >= kMoments;
      }
      for (uint64_t person = 0; person < kPeople; ++person) {
        if (static_cast<int64_t>(person) % kMoments != moment % kMoments) continue;
        refused += 2 - Burst(sketch, Key('p', person), now_ms, 2, kFour);
      }
    }
    const double each = static_cast<double>(got) / kPrograms;
    INFO(row.times << " times, " << row.entries << " places: people were refused " << refused
                   << " times, programs got " << each << " in a period");
    CHECK(refused == 0);
    CHECK(each <= kFour.count);
  }
}

TEST_CASE("one limit for all threads") {
  RateSketch sketch(kSalt);
  constexpr uint64_t kKeys = 2'000;
  const auto ask = [&](int& allowed) {
    for (int round = 0; round < 8; ++round)
      for (uint64_t key = 0; key < kKeys; ++key)
        allowed += sketch.Take(Key('a', key), 0, kLimit).allowed;
  };
  int here = 0;
  int there = 0;
  std::thread other([&] { ask(there); });
  ask(here);
  other.join();
  CHECK(here + there == static_cast<int>(kKeys * kLimit.count));
}

}  // namespace creneau::surge
