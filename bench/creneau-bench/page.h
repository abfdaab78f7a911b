// What the pages for people have in common: the head with their style, and the plot of a latency's
// whole distribution. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/creneau-bench/chart.h"
#include "bench/creneau-bench/histogram.h"

namespace creneau::bench {

// Up to where the body begins. `what` stands in the title.
std::string PageHead(const std::string& what);

// From the median's side to the last value: on the logarithmic axis that the tail needs.
// Milliseconds, of nanoseconds.
Curve Spectrum(std::string_view name, const Histogram& latency);
std::vector<Tick> PercentileTicks();

}  // namespace creneau::bench
