// What the log can confirm, out of counts of batches by duration.
#include "surge/capacity.h"

#include <cstdint>
#include <vector>

#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

constexpr int kLast = BatchCounts::kBuckets - 1;

// A log that somebody looks at four times a second.
class Looked {
 public:
  void Batches(int bucket, uint64_t batches) {
    counts_.by_duration[static_cast<size_t>(bucket)] += batches;
    counts_.duration_us_sum += batches * (uint64_t{64} << bucket);
  }
  void Lasting(uint64_t us) {
    ++counts_.by_duration[kLast];
    counts_.duration_us_sum += us;
  }
  Capacity After(int64_t ms, int64_t in_flight_ms = 0) {
    Capacity capacity;
    for (; ms > 0; ms -= 250) capacity = window_.Look(counts_, in_flight_ms, now_ = now_ + 250);
    return capacity;
  }

  void NobodyLooksFor(int64_t ms) { now_ = now_ + ms; }

 private:
  BatchCounts counts_;
  BatchWindow window_;
  Instant now_{5'000};
};

}  // namespace

TEST_CASE("holds are bounded by what can be confirmed in ten seconds, with half in reserve") {
  const struct {
    double p99_us;
    double confirms_per_s;
    uint64_t bound;
  } kCases[] = {
      {0, 20'000, 100'000},  // never more than the rest of the engine can do
      {512, 20'000, 100'000}, {3'200, 20'000, 100'000}, {6'400, 10'000, 50'000},
      {64'000, 1'000, 5'000}, {1'000'000, 64, 320},     {30'000'000, 64.0 / 30, 10},
      {400'000'000, 0.16, 0},  // whoever held a seat now could not confirm it in time
  };
  for (const auto& [p99_us, confirms_per_s, bound] : kCases) {
    CAPTURE(p99_us);
    CHECK(ConfirmsPerSecond(p99_us) == Approx(confirms_per_s));
    CHECK(HoldBound(ConfirmsPerSecond(p99_us)) == bound);
  }
}

TEST_CASE(
    "the p99 is that of the batches of about the last ten seconds, at the end of its bucket") {
  Looked log;
  log.Batches(3, 98);
  log.Batches(9, 2);
  CHECK(log.After(250).batch_p99_us == 64 << 9);
  log.Batches(3, 101);  // the two are not one in a hundred any more
  CHECK(log.After(250).batch_p99_us == 64 << 3);
  log.Batches(9, 3);
  CHECK(log.After(9'250).batch_p99_us == 64 << 9);
  log.Batches(2, 1);
  CHECK(log.After(250).batch_p99_us == 64 << 9);
  CHECK(log.After(1'500).batch_p99_us == 64 << 2);
}

TEST_CASE("when nobody has looked for a while, what is recent is what has come since") {
  Looked log;
  log.Batches(9, 1);
  CHECK(log.After(1'250).batch_p99_us == 64 << 9);
  log.NobodyLooksFor(60'000);
  log.Batches(2, 1);
  CHECK(log.After(250).batch_p99_us == 64 << 2);
}

TEST_CASE("the last bucket has no end: its batches took no longer than all together, on average") {
  Looked log;
  log.Lasting(1'200'000);
  CHECK(log.After(250).batch_p99_us == 1'200'000);
  log.Lasting(5'000'000);
  CHECK(log.After(250).batch_p99_us == 3'100'000);
}

TEST_CASE("a batch that is under way counts once it is longer than the p99") {
  Looked log;
  log.Batches(9, 100);
  CHECK(log.After(250, 20).batch_p99_us == 64 << 9);
  CHECK(log.After(250, 500).batch_p99_us == 500'000);
  CHECK(log.After(250, 60'000).batch_p99_us == 60'000'000);
  CHECK(log.After(250).batch_p99_us == 64 << 9);
}

TEST_CASE("before the first batch the disk is taken for slow, and without any the last stays") {
  Looked log;
  CHECK(log.After(250).batch_p99_us == 1'000'000);
  CHECK(log.After(30'000).batch_p99_us == 1'000'000);
  log.Batches(1, 1);
  CHECK(log.After(250).batch_p99_us == 64 << 1);
  CHECK(log.After(600'000).batch_p99_us == 64 << 1);
}

TEST_CASE(
    "a probe is wanted at the beginning, after a second without a batch, and not during one") {
  Looked log;
  CHECK(log.After(250).probe_wanted);
  CHECK(!log.After(250, 10).probe_wanted);
  log.Batches(1, 1);
  CHECK(!log.After(250).probe_wanted);
  CHECK(!log.After(750).probe_wanted);
  CHECK(log.After(250).probe_wanted);
  CHECK(!log.After(5'000, 5'000).probe_wanted);
}

TEST_CASE("the disk is slow where it is what bounds the holds") {
  Looked log;
  log.Batches(5, 1);
  CHECK(!log.After(250).disk_is_slow);
  log.Batches(6, 1);
  CHECK(log.After(250).disk_is_slow);
}

}  // namespace creneau::surge
