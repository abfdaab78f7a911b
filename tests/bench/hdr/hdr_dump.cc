// Records values of several distributions and prints, as JSON, the values and what our histogram
// made of them: compare.js records the same values with hdr-histogram-js.
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/prng.h"
#include "bench/creneau-bench/histogram.h"
#include "bench/creneau-bench/schedule.h"

namespace creneau::bench {
namespace {

constexpr uint64_t kHighest = 3'600'000'000'000;
constexpr int kValues = 20'000;

struct Case {
  std::string name;
  std::vector<uint64_t> values;
};

std::vector<Case> Cases() {
  Prng prng(20261201);
  std::vector<Case> cases = {
      {"nothing", {}}, {"zeros", {0, 0, 0}}, {"one", {1}}, {"highest", {kHighest}}};
  Case small{"small", {}};
  Case wide{"wide", {}};
  Case exponential{"exponential", {}};
  Case two_humps{"two-humps", {}};
  for (int i = 0; i < kValues; ++i) {
    small.values.push_back(prng.Below(5000));
    wide.values.push_back(prng.Below(kHighest + 1));
    exponential.values.push_back(static_cast<uint64_t>(-std::log(UnitOf(&prng)) * 1e6));
    // What a log with a slow device gives: most at 80 µs, some a thousand times later, a long tail.
    const double middle = prng.Below(50) == 0 ? 8e7 : 8e4;
    const double squeezed = (UnitOf(&prng) + UnitOf(&prng) + UnitOf(&prng)) / 3;
    two_humps.values.push_back(static_cast<uint64_t>(middle * std::exp(4 * (squeezed - 0.5))));
  }
  Case edges{"edges", {}};  // where buckets begin and end
  for (uint64_t power = 1; power < kHighest; power *= 2) {
    for (const uint64_t value : {power - 1, power, power + 1, power + power / 2}) {
      if (value <= kHighest) edges.values.push_back(value);
    }
  }
  for (Case* one : {&small, &wide, &exponential, &two_humps, &edges}) cases.push_back(*one);
  return cases;
}

template <typename List, typename Print>
std::string Joined(const List& list, Print print) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ",") + print(one);
  return "[" + out + "]";
}

std::string Dump(const Case& one, int digits) {
  Histogram histogram(digits, kHighest);
  // In two halves that are added, as several threads' are.
  Histogram other(digits, kHighest);
  for (size_t i = 0; i < one.values.size(); ++i) {
    (i % 2 == 0 ? histogram : other).Record(one.values[i]);
  }
  histogram.Add(other);
  std::vector<size_t> used;
  for (size_t i = 0; i < histogram.buckets(); ++i) {
    if (histogram.CountAt(i) > 0) used.push_back(i);
  }
  const std::vector<double> percentiles = {0,    0.001, 1,     5,      10, 25, 33.3,
                                           50,   66.7,  75,    90,     95, 99, 99.5,
                                           99.9, 99.95, 99.99, 99.999, 100};
  std::string out =
      absl::StrFormat("{\"name\":\"%s\",\"digits\":%d,\"highest\":%d", one.name, digits, kHighest);
  out += absl::StrFormat(",\"total\":%d,\"min\":%d,\"max\":%d,\"mean\":%.17g", histogram.total(),
                         histogram.min(), histogram.max(), histogram.Mean());
  out += ",\"values\":" + Joined(one.values, [](uint64_t value) { return std::to_string(value); });
  out +=
      ",\"percentiles\":" + Joined(percentiles, [&](double percentile) {
        return absl::StrFormat("[%.17g,%d]", percentile, histogram.ValueAtPercentile(percentile));
      });
  out += ",\"buckets\":" + Joined(used, [&](size_t i) {
           return absl::StrFormat("[%d,%d,%d,%d]", i, histogram.LowestOf(i), histogram.HighestOf(i),
                                  histogram.CountAt(i));
         });
  return out + "}";
}

}  // namespace
}  // namespace creneau::bench

int main() {
  for (const auto& one : creneau::bench::Cases()) {
    for (const int digits : {1, 2, 3, 4}) {
      std::puts(creneau::bench::Dump(one, digits).c_str());
    }
  }
  return 0;
}
