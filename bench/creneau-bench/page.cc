#include "bench/creneau-bench/page.h"

#include <algorithm>
#include <cmath>

namespace creneau::bench {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 780px; margin: 2em auto; padding: 0 1em;
  background: #fff; color: #1c1e21; }
svg { width: 100%; height: auto; margin: 1.2em 0 0; font-size: 12px; fill: currentColor; }
svg .title { font-size: 15px; font-weight: 600; }
svg .grid { stroke: currentColor; stroke-opacity: .16; }
table { border-collapse: collapse; margin: 1em 0; font-variant-numeric: tabular-nums; }
th, td { padding: .2em .8em .2em 0; text-align: right; }
th:first-child, td:first-child { text-align: left; }
.wide { overflow-x: auto; }
.bad { color: #c2410c; font-weight: 600; }
@media (prefers-color-scheme: dark) { body { background: #17181a; color: #e4e6e8; } }
)";

}  // namespace

std::string PageHead(const std::string& what) {
  return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<title>creneau-bench: " +
         what + "</title>\n<style>" + kStyle + "</style>\n";
}

Curve Spectrum(std::string_view name, const Histogram& latency) {
  Curve curve{std::string(name), {}};
  const double end = std::log10(static_cast<double>(std::max<uint64_t>(latency.total(), 2)));
  constexpr int kSteps = 160;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = end * i / kSteps;
    const double percentile = 100 * (1 - std::pow(10, -x));
    curve.points.emplace_back(x, static_cast<double>(latency.Percentile(percentile)) / 1e6);
  }
  return curve;
}

std::vector<Tick> PercentileTicks() {
  return {{0, "0 %"},    {std::log10(2), "50 %"}, {1, "90 %"},     {2, "99 %"},
          {3, "99.9 %"}, {4, "99.99 %"},          {5, "99.999 %"}, {6, "99.9999 %"}};
}

}  // namespace creneau::bench
