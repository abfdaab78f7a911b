// What one thread measured, and how several come together. Latencies in nanoseconds. Each Stats has
// one owner while it is filled.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/creneau-bench/histogram.h"
#include "bench/creneau-bench/journey.h"

namespace creneau::bench {

// An hour: whoever waits longer is counted as one hour, and in the histogram's clamped().
inline constexpr uint64_t kHighestNs = 3'600'000'000'000;

Histogram LatencyHistogram();  // three digits

// How requests ended: by kind, status and problem code. Status 0: no reply, and the code says why
// ("closed", "reset", "not-http", "no-reply", "not-sent").
struct Outcome {
  Kind kind = Kind::kHold;
  int status = 0;
  std::string code;
  uint64_t count = 0;
};

// One second of the measured time, by the moment of the reply.
struct Second {
  Second();
  Histogram latency;  // two digits: there may be thousands of these
  uint64_t errors = 0;
};

struct Stats {
  Stats();

  // A request that ended. `second` is where in the series it belongs; negative: before it.
  void Count(Kind kind, int status, std::string_view code, bool success, uint64_t latency_ns,
             int64_t second);
  void Add(const Stats& other);

  uint64_t errors() const;
  uint64_t requests() const;
  Histogram All() const;

  std::array<Histogram, kKinds> latency;
  std::array<uint64_t, kKinds> failed{};
  Histogram send_lag;  // from when it was due to when it was written
  // The part of it in which a connection was idle, once a batch: the generator's own. In a closed
  // loop, from the last reply to the next request.
  Histogram own_lag;
  std::vector<Outcome> outcomes;
  std::vector<std::unique_ptr<Second>> series;
  // By the moment of the reply, within the measured window.
  uint64_t replies = 0;
  uint64_t confirmed = 0;
  int64_t last_reply_ns = 0;
  uint64_t reconnects = 0;
};

}  // namespace creneau::bench
