// One page for people: what became of everybody, the plots of the storm, and the text's figures.
#include "absl/strings/str_format.h"
#include "bench/creneau-bench/chart.h"
#include "bench/creneau-bench/crowd/story_report.h"
#include "bench/creneau-bench/page.h"

namespace creneau::bench {
namespace {

std::string EndsPlot(const Story& story) {
  std::vector<Bar> bars;
  for (size_t group = 0; group < kGroups; ++group) {
    for (size_t end = 0; end < kEnds; ++end) {
      const uint64_t count = story.ends[group][end];
      if (count == 0) continue;
      const auto what = static_cast<End>(end);
      const bool bad = what == End::kHoldLost || what == End::kBroken || what == End::kStillThere;
      bars.push_back(
          {std::string(NameOf(static_cast<Group>(group))) + " " + std::string(NameOf(what)),
           static_cast<double>(count), bad});
    }
  }
  return SvgOfBars("ends", "What became of them", bars);
}

std::string TruthPlot(const Story& story) {
  Chart chart{"truth",
              "How long until a true answer",
              "percentile of people",
              "time",
              PercentileTicks(),
              true,
              " ms",
              {}};
  chart.curves.push_back(Spectrum("first", story.first_truth));
  chart.curves.push_back(Spectrum("longest", story.worst_truth));
  return SvgOf(chart);
}

std::string LatencyPlot(const Story& story) {
  Chart chart{"spectrum",
              "Latency spectrum, from the moment of wanting to ask",
              "percentile of requests",
              "latency",
              PercentileTicks(),
              true,
              " ms",
              {}};
  for (const Ask ask : {Ask::kTicket, Ask::kSlots, Ask::kHold, Ask::kConfirm}) {
    const Histogram& latency = story.latency[static_cast<size_t>(ask)];
    if (latency.total() > 0) chart.curves.push_back(Spectrum(NameOf(ask), latency));
  }
  chart.curves.push_back(Spectrum("probe", story.during.latency));
  chart.curves.push_back(Spectrum("own lag", story.own_lag));
  return SvgOf(chart);
}

std::string StormPlot(const Story& story) {
  Chart chart{
      "storm",
      "The storm",
      "second",
      "in the second",
      {},
      false,
      "",
      {{"arrived", {}}, {"requests", {}}, {"by bots", {}}, {"refused", {}}, {"nothing left", {}}}};
  Chart seats{"seats", "Seats", "second", "in the second",
              {},      false,   "",       {{"confirms due", {}}, {"confirmed", {}}}};
  for (size_t i = 0; i < story.seconds.size(); ++i) {
    const StorySecond& second = story.seconds[i];
    const uint64_t counts[] = {second.arrived, second.requests, second.bot_requests, second.refused,
                               second.told_nothing_left};
    for (size_t curve = 0; curve < chart.curves.size(); ++curve) {
      chart.curves[curve].points.emplace_back(i, static_cast<double>(counts[curve]));
    }
    seats.curves[0].points.emplace_back(i, static_cast<double>(second.confirms_due));
    seats.curves[1].points.emplace_back(i, static_cast<double>(second.confirmed));
  }
  return SvgOf(chart) + SvgOf(seats);
}

std::string Promises(const StoryReport& report) {
  std::string out;
  for (const Promise& promise : report.promises) {
    out += absl::StrFormat("<p%s>Objective %s: %s (%g %s, %s %g)</p>\n",
                           promise.met() ? "" : " class=\"bad\"", Escaped(promise.text),
                           promise.met() ? "met" : "missed", promise.measured, promise.unit,
                           promise.at_least ? "at least" : "at most", promise.bound);
  }
  return out;
}

}  // namespace

std::string AsHtml(const StoryReport& report) {
  const CrowdOptions& options = report.options;
  const std::string what =
      absl::StrFormat("%s, %d people for %d seats", options.profile, options.people, options.seats);
  const std::string why = report.verdict_why();
  std::string out = PageHead(what);
  out += "<h1>creneau-bench</h1>\n<p>" + what + ". Taken at " + report.machine.taken_at + ".</p>\n";
  out += absl::StrFormat("<p%s>Verdict: %s%s%s.</p>\n",
                         report.verdict() == "ok" ? "" : " class=\"bad\"",
                         std::string(report.verdict()), why.empty() ? "" : ": ", Escaped(why));
  out += Promises(report) + EndsPlot(report.story) + StormPlot(report.story) +
         TruthPlot(report.story) + LatencyPlot(report.story);
  return out + "<div class=\"wide\"><pre>" + Escaped(AsText(report)) + "</pre></div>\n</html>\n";
}

}  // namespace creneau::bench
