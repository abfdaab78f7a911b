// How many requests a second a server without a queue takes before it first sheds: our own creneaud
// with the same offices, open to whoever comes first, under a flood that grows.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "bench/creneau-bench/crowd/crowd_options.h"

namespace creneau::bench {

struct ShedPoint {
  double per_s = 0;                // offered, when a thousandth was refused for load
  double served_per_s = 0;         // then
  bool without_a_refusal = false;  // the connections took no more, and nobody had been refused
};

absl::StatusOr<ShedPoint> FindShedPoint(const CrowdOptions& options,
                                        const std::function<bool()>& go_on);

}  // namespace creneau::bench
