// Plots as inline SVG, so that a page needs nothing from anywhere. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creneau::bench {

struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x never decreasing
};

struct Tick {
  double at;
  std::string label;
};

struct Chart {
  std::string id;  // of the <svg>
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Tick> x_ticks;  // empty: round numbers
  bool logarithmic = false;   // the y axis; values below its foot are drawn on it
  std::string_view y_unit;    // behind the y axis' numbers
  std::vector<Curve> curves;  // eight at most
};

std::string SvgOf(const Chart& chart);

struct Bar {
  std::string label;
  double value;
  bool bad;
};
std::string SvgOfBars(const std::string& id, const std::string& title,
                      const std::vector<Bar>& bars);

// For text and attributes.
std::string Escaped(std::string_view text);

}  // namespace creneau::bench
