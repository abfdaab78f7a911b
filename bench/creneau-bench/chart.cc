#include "bench/creneau-bench/chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_format.h"

namespace creneau::bench {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 300;
constexpr double kLeft = 70;
constexpr double kRight = 110;  // room for the names of the curves
constexpr double kTop = 34;
constexpr double kBottom = 46;
constexpr double kFoot = 1e-3;  // of a logarithmic axis
constexpr std::array<const char*, 8> kColours = {"#2563ae", "#c2410c", "#15803d", "#7e22ce",
                                                 "#b91c1c", "#0e7490", "#a16207", "#475569"};

struct Scale {
  double low = 0;
  double high = 1;
  double from = 0;  // on the page
  double to = 1;
  bool logarithmic = false;

  double At(double value) const {
    const auto f = [this](double x) { return logarithmic ? std::log10(std::max(x, kFoot)) : x; };
    const double share = (f(value) - f(low)) / (f(high) - f(low));
    return from + std::clamp(share, 0.0, 1.0) * (to - from);
  }
};

// 1, 2 or 5 times a power of ten, so that about five steps make `length`.
double RoundStep(double length) {
  const double rough = length / 5;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (times * power >= rough) return times * power;
  }
  return 10 * power;
}

std::string NumberText(double value) {
  if (value >= 1e6) return absl::StrFormat("%gM", value / 1e6);
  if (value >= 1e4) return absl::StrFormat("%gk", value / 1e3);
  return absl::StrFormat("%g", value);
}

std::vector<Tick> RoundTicks(double low, double high) {
  std::vector<Tick> ticks;
  const double step = RoundStep(std::max(high - low, 1e-9));
  for (double i = std::ceil(low / step); i * step <= high * (1 + 1e-9); ++i) {
    ticks.push_back({i * step, NumberText(i * step)});
  }
  return ticks;
}

std::vector<Tick> PowerTicks(double low, double high) {
  std::vector<Tick> ticks;
  for (double power = std::floor(std::log10(low)); power <= std::ceil(std::log10(high)); ++power) {
    ticks.push_back({std::pow(10, power), NumberText(std::pow(10, power))});
  }
  return ticks;
}

std::string TextAt(double x, double y, const char* anchor, const std::string& text,
                   const char* more = "") {
  return absl::StrFormat("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n", x, y,
                         anchor, more, Escaped(text));
}

std::string LineOf(double x1, double y1, double x2, double y2) {
  return absl::StrFormat("<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                         x1, y1, x2, y2);
}

std::string Begin(const std::string& id, const std::string& title, double height) {
  return absl::StrFormat(
             "<svg id=\"%s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n",
             Escaped(id), kWidth, height, Escaped(title)) +
         TextAt(kLeft, 20, "start", title, " class=\"title\"");
}

// What the curves span; never nothing.
void Span(const Chart& chart, Scale* x, Scale* y) {
  double x_low = 0;
  double x_high = 0;
  double y_low = INFINITY;
  double y_high = 0;
  for (const Curve& curve : chart.curves) {
    for (const auto& [at, value] : curve.points) {
      x_high = std::max(x_high, at);
      y_low = std::min(y_low, value);
      y_high = std::max(y_high, value);
    }
  }
  *x = {x_low, x_high > x_low ? x_high : x_low + 1, kLeft, kWidth - kRight, false};
  if (!chart.logarithmic) {
    const double step = RoundStep(std::max(y_high, 1e-9));
    *y = {0, std::max(1.0, std::ceil(y_high / step)) * step, kHeight - kBottom, kTop, false};
    return;
  }
  y_low = std::pow(10, std::floor(std::log10(std::clamp(y_low, kFoot, 1e9))));
  y_high = std::pow(10, std::ceil(std::log10(std::max(y_high, kFoot))));
  *y = {y_low, y_high > y_low ? y_high : y_low * 10, kHeight - kBottom, kTop, true};
}

std::string Axes(const Chart& chart, const Scale& x, const Scale& y) {
  std::string out;
  const std::vector<Tick> y_ticks =
      chart.logarithmic ? PowerTicks(y.low, y.high) : RoundTicks(y.low, y.high);
  for (const Tick& tick : y_ticks) {
    out += LineOf(kLeft, y.At(tick.at), kWidth - kRight, y.At(tick.at));
    out += TextAt(kLeft - 6, y.At(tick.at) + 4, "end", tick.label + std::string(chart.y_unit));
  }
  const std::vector<Tick> x_ticks =
      chart.x_ticks.empty() ? RoundTicks(x.low, x.high) : chart.x_ticks;
  for (const Tick& tick : x_ticks) {
    if (tick.at > x.high * (1 + 1e-9)) continue;
    out += LineOf(x.At(tick.at), kTop, x.At(tick.at), kHeight - kBottom);
    out += TextAt(x.At(tick.at), kHeight - kBottom + 16, "middle", tick.label);
  }
  out += TextAt((kLeft + kWidth - kRight) / 2, kHeight - 10, "middle", chart.x_label);
  out +=
      TextAt(14, (kTop + kHeight - kBottom) / 2, "middle", chart.y_label,
             absl::StrFormat(" transform=\"rotate(-90 14 %.0f)\"", (kTop + kHeight - kBottom) / 2)
                 .c_str());
  return out;
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string SvgOf(const Chart& chart) {
  Scale x;
  Scale y;
  Span(chart, &x, &y);
  std::string out = Begin(chart.id, chart.title, kHeight) + Axes(chart, x, y);
  size_t drawn = 0;
  for (const Curve& curve : chart.curves) {
    const char* colour = kColours[drawn % kColours.size()];
    out += absl::StrFormat("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"",
                           colour);
    for (const auto& [at, value] : curve.points) {
      out += absl::StrFormat("%.1f,%.1f ", x.At(at), y.At(value));
    }
    out += "\"/>\n";
    // A single second is a point, which a line does not show.
    if (curve.points.size() == 1) {
      out += absl::StrFormat("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                             x.At(curve.points[0].first), y.At(curve.points[0].second), colour);
    }
    const double line = kTop + 12 + 18 * static_cast<double>(drawn++);
    out += absl::StrFormat("<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"4\" fill=\"%s\"/>\n",
                           kWidth - kRight + 10, line - 6, colour);
    out += TextAt(kWidth - kRight + 26, line, "start", curve.name);
  }
  return out + "</svg>\n";
}

std::string SvgOfBars(const std::string& id, const std::string& title,
                      const std::vector<Bar>& bars) {
  constexpr double kRow = 24;
  constexpr double kLabels = 250;
  constexpr double kNumbers = 100;
  double most = 1;
  for (const Bar& bar : bars) most = std::max(most, bar.value);
  std::string out =
      Begin(id, title, kTop + kRow * static_cast<double>(std::max<size_t>(bars.size(), 1)) + 10);
  double top = kTop;
  for (const Bar& bar : bars) {
    const double width = std::max(bar.value / most * (kWidth - kLabels - kNumbers), 1.0);
    out += TextAt(kLabels - 8, top + 14, "end", bar.label);
    out += absl::StrFormat(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.0f\" fill=\"%s\"/>\n", kLabels, top,
        width, kRow - 6, bar.bad ? kColours[1] : kColours[0]);
    out += TextAt(kLabels + width + 6, top + 14, "start", absl::StrFormat("%.0f", bar.value));
    top += kRow;
  }
  return out + "</svg>\n";
}

}  // namespace creneau::bench
