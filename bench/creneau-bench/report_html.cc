// One page for people: figures, plots, and what they were taken on. Everything is in it; it loads
// nothing.
#include "absl/strings/str_format.h"
#include "bench/creneau-bench/chart.h"
#include "bench/creneau-bench/page.h"
#include "bench/creneau-bench/report.h"

namespace creneau::bench {
namespace {

std::string SpectrumPlot(const Report& report) {
  Chart chart{"spectrum",
              "Latency spectrum",
              "percentile of requests",
              "latency",
              PercentileTicks(),
              true,
              " ms",
              {}};
  chart.curves.push_back(Spectrum("all", report.all));
  for (size_t i = 0; i < kKinds; ++i) {
    const Histogram& latency = report.measured.latency[i];
    if (latency.total() > 0) {
      chart.curves.push_back(Spectrum(NameOf(static_cast<Kind>(i)), latency));
    }
  }
  return SvgOf(chart);
}

std::string LagPlot(const Report& report) {
  Chart chart{"send-lag",
              "Send lag: written later than due",
              "percentile of requests",
              "lag",
              PercentileTicks(),
              true,
              " ms",
              {}};
  chart.curves.push_back(Spectrum("send lag", report.measured.send_lag));
  chart.curves.push_back(Spectrum("own lag", report.measured.own_lag));
  return SvgOf(chart);
}

std::string TimePlots(const Report& report) {
  Chart latency{"latency-over-time",
                "Latency over time",
                "second",
                "latency",
                {},
                true,
                " ms",
                {{"max", {}}, {"p99", {}}, {"p50", {}}}};
  Chart rate{"throughput-over-time",
             "Throughput over time",
             "second",
             "replies in the second",
             {},
             false,
             "",
             {{"replies", {}}, {"errors", {}}}};
  for (size_t i = 0; i < report.measured.series.size(); ++i) {
    const Second* second = report.measured.series[i].get();
    const auto at = static_cast<double>(i);
    rate.curves[0].points.emplace_back(
        at, second == nullptr ? 0 : static_cast<double>(second->latency.total()));
    rate.curves[1].points.emplace_back(at,
                                       second == nullptr ? 0 : static_cast<double>(second->errors));
    if (second == nullptr) continue;
    const auto ms = [](uint64_t ns) { return static_cast<double>(ns) / 1e6; };
    latency.curves[0].points.emplace_back(at, ms(second->latency.max()));
    latency.curves[1].points.emplace_back(at, ms(second->latency.Percentile(99)));
    latency.curves[2].points.emplace_back(at, ms(second->latency.Percentile(50)));
  }
  return SvgOf(latency) + SvgOf(rate);
}

std::string OutcomePlot(const Report& report) {
  std::vector<Bar> bars;
  for (const Outcome& one : report.measured.outcomes) {
    std::string label = std::string(NameOf(one.kind)) + " ";
    label += one.status == 0 ? "no reply" : std::to_string(one.status);
    if (!one.code.empty()) label += " " + one.code;
    const bool good = one.status >= 200 && one.status < 300 && one.code.empty();
    bars.push_back({label, static_cast<double>(one.count), !good});
  }
  return SvgOfBars("outcomes", "Outcomes", bars);
}

std::string LatencyRow(std::string_view name, const Histogram& latency) {
  if (latency.total() == 0) return "";
  std::string row = absl::StrFormat("<tr><td>%s</td><td>%d</td><td>%s</td>", std::string(name),
                                    latency.total(), DurationText(latency.Mean()));
  for (const double percentile : {50.0, 90.0, 99.0, 99.9, 99.99}) {
    row += "<td>" + DurationText(static_cast<double>(latency.Percentile(percentile))) + "</td>";
  }
  return row + "<td>" + DurationText(static_cast<double>(latency.max())) + "</td></tr>\n";
}

std::string LatencyTable(const Report& report) {
  std::string table =
      "<div "
      "class=\"wide\"><table><tr><th></th><th>requests</th><th>mean</th><th>p50</th><th>p90</th>"
      "<th>p99</th><th>p99.9</th><th>p99.99</th><th>max</th></tr>\n";
  table += LatencyRow("all", report.all);
  for (size_t i = 0; i < kKinds; ++i) {
    table += LatencyRow(NameOf(static_cast<Kind>(i)), report.measured.latency[i]);
  }
  table += LatencyRow("send lag", report.measured.send_lag);
  table += LatencyRow("own lag", report.measured.own_lag);
  return table + "</table></div>\n";
}

std::string Facts(const Report& report) {
  const Machine& machine = report.machine;
  std::string out = "<table>\n";
  const auto fact = [&out](std::string_view name, const std::string& value) {
    out += "<tr><td>" + std::string(name) + "</td><td>" + Escaped(value) + "</td></tr>\n";
  };
  const auto cpu = report.server_cpu_us_per_request();
  fact("requests/s", absl::StrFormat("%.0f", report.requests_per_s()));
  fact("reservations/s", absl::StrFormat("%.0f", report.reservations_per_s()));
  fact("server CPU per request", cpu ? absl::StrFormat("%.2f us", *cpu) : "not known");
  fact("generator CPU per request",
       absl::StrFormat("%.2f us", report.generator_cpu_us_per_request()));
  fact("measured", absl::StrFormat("%.2f s", report.seconds));
  fact("server", report.server);
  fact("connections, pipelined, threads",
       absl::StrFormat("%d, %d, %d", report.options.connections, report.options.pipeline,
                       report.options.threads));
  fact("mix, thinking", report.options.mix.Text() + ", " + report.options.think.Text() + " ms");
  fact("machine", absl::StrFormat("%d x %s, %s, %d MiB", machine.cpus, machine.model,
                                  machine.kernel, machine.memory_mib));
  fact("build", machine.version + ", " + machine.compiler + ", " + machine.build_type);
  fact("seed", std::to_string(report.options.seed));
  return out + "</table>\n";
}

std::string Truth(const Report& report) {
  if (!report.checked) {
    return "<p>Not checked: nothing was read back (" + Escaped(report.why_not_checked()) +
           ").</p>\n";
  }
  const Findings& found = *report.checked;
  std::string out = absl::StrFormat(
      "<p%s>Checked: %d reservations given, %d confirmed and %d cancelled read back as such, seats "
      "of "
      "%d slots counted; %d wrong.</p>\n",
      report.right() ? "" : " class=\"bad\"", found.reservations, found.confirmed, found.cancelled,
      found.slots, found.wrong + report.wrong_replies);
  for (const Findings::Example& one : found.examples) {
    out += "<p class=\"bad\">" + Escaped(one.Text()) + "</p>\n";
  }
  return out;
}

std::string Objectives(const Report& report) {
  std::string out;
  for (const Verdict& verdict : report.verdicts) {
    std::string measured = "no such request";
    if (verdict.measured) {
      measured = verdict.objective.IsLatency() ? DurationText(*verdict.measured)
                                               : absl::StrFormat("%g", *verdict.measured);
    }
    out +=
        absl::StrFormat("<p%s>Objective %s: %s (%s)</p>\n", verdict.met ? "" : " class=\"bad\"",
                        Escaped(verdict.objective.text), verdict.met ? "met" : "missed", measured);
  }
  return out;
}

}  // namespace

std::string AsHtml(const Report& report) {
  const bool storm = report.options.profile == ProfileKind::kConfirmStorm;
  std::string load =
      storm ? absl::StrFormat("confirm-storm, %d journeys", report.options.journeys)
      : report.options.closed_loop()
          ? "steady, closed loop: the latencies are those of a saturated server"
          : absl::StrFormat("steady, open loop at %g requests/s", report.options.rate);
  std::string out = PageHead(load);
  out += "<h1>creneau-bench</h1>\n<p>" + load + ". Taken at " + report.machine.taken_at + ".</p>\n";
  const std::string why = report.verdict_why();
  out += absl::StrFormat("<p%s>Verdict: %s%s%s. Bottleneck: %s: %s.</p>\n",
                         report.verdict() == "ok" ? "" : " class=\"bad\"",
                         std::string(report.verdict()), why.empty() ? "" : ": ", Escaped(why),
                         report.bottleneck(), Escaped(report.limit_why));
  out += Objectives(report) + Truth(report) + LatencyTable(report) + SpectrumPlot(report) +
         TimePlots(report) + OutcomePlot(report) + LagPlot(report) + Facts(report);
  return out + "</html>\n";
}

}  // namespace creneau::bench
