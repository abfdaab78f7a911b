// Objectives: 'p(99)<50ms'. Read from the command line, held against what was measured. Pure; any
// thread.
//
//   objective = [kind "."] metric relation number [unit]
//   kind      = hold | confirm | cancel | read          absent: all requests
//   metric    = p(N) | max | mean                       latencies: unit us, ms or s
//             | errors                                  unit %: share of requests; none: their
//             number | rate                                    requests per second, no unit
//   relation  = < | <= | > | >=
//
// An error is a request without a reply, or with one that is not a success (2xx).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bench/creneau-bench/journey.h"

namespace creneau::bench {

struct Objective {
  enum class Metric { kPercentile, kMax, kMean, kErrorShare, kErrorCount, kRate };
  enum class Relation { kBelow, kAtMost, kAbove, kAtLeast };

  std::string text;  // as it was given
  std::optional<Kind> kind;
  Metric metric = Metric::kMax;
  double percentile = 0;  // of kPercentile
  Relation relation = Relation::kBelow;
  double bound = 0;  // ns, percent, number, or requests per second

  bool IsLatency() const {
    return metric == Metric::kPercentile || metric == Metric::kMax || metric == Metric::kMean;
  }
  bool Holds(double measured) const;
};

// Nothing, and *error says what is wrong, when it is not one.
std::optional<Objective> ParseObjective(std::string_view text, std::string* error);

}  // namespace creneau::bench
