#include "bench/creneau-bench/stats.h"

#include <algorithm>

namespace creneau::bench {

Histogram LatencyHistogram() { return Histogram(3, kHighestNs); }

Second::Second() : latency(2, kHighestNs) {}

Stats::Stats()
    : latency{LatencyHistogram(), LatencyHistogram(), LatencyHistogram(), LatencyHistogram()},
      send_lag(LatencyHistogram()),
      own_lag(LatencyHistogram()) {
  static_assert(kKinds == 4);
}

namespace {

// A handful of different ends at most: looked for from the front, where the frequent ones came
// first.
void CountOutcome(std::vector<Outcome>* outcomes, Kind kind, int status, std::string_view code,
                  uint64_t times) {
  for (Outcome& one : *outcomes) {
    if (one.kind != kind || one.status != status || one.code != code) continue;
    one.count += times;
    return;
  }
  outcomes->push_back({kind, status, std::string(code), times});
}

}  // namespace

void Stats::Count(Kind kind, int status, std::string_view code, bool success, uint64_t latency_ns,
                  int64_t second) {
  latency[static_cast<size_t>(kind)].Record(latency_ns);
  if (!success) ++failed[static_cast<size_t>(kind)];
  CountOutcome(&outcomes, kind, status, code, 1);
  if (second < 0) return;
  const auto index = static_cast<size_t>(second);
  if (index >= series.size()) series.resize(index + 1);
  if (!series[index]) series[index] = std::make_unique<Second>();
  series[index]->latency.Record(latency_ns);
  if (!success) ++series[index]->errors;
}

void Stats::Add(const Stats& other) {
  for (size_t i = 0; i < kKinds; ++i) {
    latency[i].Add(other.latency[i]);
    failed[i] += other.failed[i];
  }
  send_lag.Add(other.send_lag);
  own_lag.Add(other.own_lag);
  for (const Outcome& one : other.outcomes) {
    CountOutcome(&outcomes, one.kind, one.status, one.code, one.count);
  }
  if (other.series.size() > series.size()) series.resize(other.series.size());
  for (size_t i = 0; i < other.series.size(); ++i) {
    if (!other.series[i]) continue;
    if (!series[i]) series[i] = std::make_unique<Second>();
    series[i]->latency.Add(other.series[i]->latency);
    series[i]->errors += other.series[i]->errors;
  }
  replies += other.replies;
  confirmed += other.confirmed;
  last_reply_ns = std::max(last_reply_ns, other.last_reply_ns);
  reconnects += other.reconnects;
}

uint64_t Stats::errors() const {
  uint64_t sum = 0;
  for (const uint64_t one : failed) sum += one;
  return sum;
}

uint64_t Stats::requests() const {
  uint64_t sum = 0;
  for (const Histogram& one : latency) sum += one.total();
  return sum;
}

Histogram Stats::All() const {
  Histogram all = LatencyHistogram();
  for (const Histogram& one : latency) all.Add(one);
  return all;
}

}  // namespace creneau::bench
