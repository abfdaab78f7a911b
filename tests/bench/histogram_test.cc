// What hdr-histogram-js cannot tell (tests/bench/hdr compares the rest with it).
#include "bench/creneau-bench/histogram.h"

#include <catch2/catch.hpp>

namespace creneau::bench {
namespace {

TEST_CASE("histogram: nothing recorded is zero everywhere") {
  const Histogram nothing(3, 1'000'000);
  CHECK(nothing.total() == 0);
  CHECK(nothing.min() == 0);
  CHECK(nothing.max() == 0);
  CHECK(nothing.Mean() == 0);
  CHECK(nothing.ValueAtPercentile(99) == 0);
}

TEST_CASE("histogram: three digits are kept over the whole range") {
  for (const uint64_t value : {1ull, 999ull, 123'456ull, 77'777'777ull, 3'599'999'999'999ull}) {
    Histogram histogram(3, 3'600'000'000'000);
    histogram.Record(value);
    const auto read = static_cast<double>(histogram.ValueAtPercentile(50));
    CHECK(read >= static_cast<double>(value));
    CHECK(read <= static_cast<double>(value) * 1.001);
    CHECK(histogram.Percentile(50) == value);  // never above the largest
  }
}

TEST_CASE("histogram: buckets follow each other without gap or overlap") {
  const Histogram histogram(2, 10'000'000);
  CHECK(histogram.LowestOf(0) == 0);
  for (size_t i = 1; i < histogram.buckets(); ++i) {
    REQUIRE(histogram.LowestOf(i) == histogram.HighestOf(i - 1) + 1);
  }
  CHECK(histogram.HighestOf(histogram.buckets() - 1) >= 10'000'000);
}

TEST_CASE("histogram: what is beyond the highest is counted as it, and told") {
  Histogram histogram(3, 1000);
  histogram.Record(5'000'000, 2);
  histogram.Record(7);
  CHECK(histogram.total() == 3);
  CHECK(histogram.clamped() == 2);
  CHECK(histogram.max() == 5'000'000);
  CHECK(histogram.ValueAtPercentile(100) == 1000);
}

TEST_CASE("histogram: added ones are as one") {
  Histogram one(3, 1'000'000);
  Histogram other(3, 1'000'000);
  Histogram both(3, 1'000'000);
  for (uint64_t i = 0; i < 1000; ++i) {
    (i % 3 == 0 ? one : other).Record(i * i);
    both.Record(i * i);
  }
  one.Add(other);
  CHECK(one.total() == both.total());
  CHECK(one.min() == both.min());
  CHECK(one.max() == both.max());
  CHECK(one.Mean() == both.Mean());
  for (const double percentile : {1.0, 50.0, 99.0, 99.9}) {
    CHECK(one.ValueAtPercentile(percentile) == both.ValueAtPercentile(percentile));
  }
}

}  // namespace
}  // namespace creneau::bench
