#include "bench/creneau-bench/slo.h"

#include <catch2/catch.hpp>

namespace creneau::bench {
namespace {

Objective Read(std::string_view text) {
  std::string error;
  const auto objective = ParseObjective(text, &error);
  INFO(error);
  REQUIRE(objective);
  return *objective;
}

TEST_CASE("objectives: metric, relation and unit") {
  const Objective p99 = Read("p(99)<50ms");
  CHECK(p99.metric == Objective::Metric::kPercentile);
  CHECK(p99.percentile == 99);
  CHECK(p99.bound == 50e6);
  CHECK(p99.Holds(49.9e6));
  CHECK_FALSE(p99.Holds(50e6));
  CHECK(Read("p(99.99) <= 1.5s").Holds(1.5e9));
  CHECK_FALSE(Read("max<=250us").Holds(250'001));
  CHECK(Read("mean<1ms").metric == Objective::Metric::kMean);
  CHECK(Read("rate>=1000").Holds(1000));
  CHECK_FALSE(Read("rate>1000").Holds(1000));
  CHECK(Read("errors<0.1%").metric == Objective::Metric::kErrorShare);
  CHECK(Read("errors<=0").metric == Objective::Metric::kErrorCount);
  CHECK(Read("errors<=0").Holds(0));
  CHECK_FALSE(Read("max<1s").kind);
  CHECK(Read("confirm.p(50)<1s").kind == Kind::kConfirm);
  CHECK(Read("read.rate>1").kind == Kind::kRead);
  CHECK(Read("p(99)<50ms").text == "p(99)<50ms");
}

TEST_CASE("objectives: what is none, each with its reason") {
  for (const char* wrong :
       {"",           "p(99)",       "p(99)<",     "p(99)<50",     "p(101)<5ms",
        "p(-1)<5ms",  "p99<5ms",     "p(99<5ms",   "p(99)=5ms",    "p(99)<5m",
        "median<5ms", "max<ms",      "max<-1ms",   "rate>100ms",   "rate>10%",
        "errors<1ms", "errors<101%", "errors<1%%", "dance.max<1s", "confirm.<1s"}) {
    std::string error;
    INFO(wrong);
    CHECK_FALSE(ParseObjective(wrong, &error));
    CHECK(error.find(wrong) != std::string::npos);
  }
}

}  // namespace
}  // namespace creneau::bench
