#include "tools/creneauctl/watch_view.h"

#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

std::optional<uint64_t> AsWhole(std::optional<double> value) {
  if (!value || !(*value >= 0 && *value < 1e18)) return std::nullopt;
  return static_cast<uint64_t>(*value + 0.5);
}

// How much a counter has grown; one that fell began anew.
uint64_t Growth(const MetricsText& before, const std::string& counter,
                const MetricsText::Series& now) {
  const double then = before.Value(counter, now.labels).value_or(0);
  return static_cast<uint64_t>(now.value < then ? now.value : now.value - then);
}

// Each series by what its labels say: "not-admitted", "shed hold/lag".
void CountRefusals(const WatchSources& sources, const std::string& counter,
                   const std::string& prefix, WatchFrame* frame) {
  for (const MetricsText::Series& series : sources.metrics.All(counter)) {
    const uint64_t in_all = Growth(sources.first, counter, series);
    if (in_all == 0) continue;
    std::string values;
    for (const auto& [label, value] : series.labels) values += (values.empty() ? "" : "/") + value;
    if (values == "ok") continue;
    frame->refused[prefix + values] = {Growth(sources.before, counter, series), in_all};
  }
}

std::string Number(std::optional<uint64_t> value) {
  return value ? std::to_string(*value) : std::string("null");
}

// JSON has no infinity: there, what is beyond the last bound is null and confirm_p99_beyond true.
std::string Milliseconds(std::optional<double> seconds) {
  if (!seconds || !std::isfinite(*seconds)) return "null";
  return absl::StrFormat("%.3f", *seconds * 1000.0);
}

std::string Shown(std::optional<uint64_t> value) { return value ? std::to_string(*value) : "-"; }

std::string ShownDuration(std::optional<double> seconds, const char* before) {
  if (!seconds) return "-";
  if (!std::isfinite(*seconds)) return "more than can be told";
  return absl::StrFormat("%s%.4g ms", before, *seconds * 1000.0);
}

std::string ShownRate(const WatchFrame& frame) {
  if (!frame.rate_per_min) return "-";
  std::string text = std::to_string(*frame.rate_per_min) + " a minute";
  if (frame.rate_cap_per_min) text += ", at most " + std::to_string(*frame.rate_cap_per_min);
  if (frame.limited_by == "nobody-waits") return text + "; nobody waits";
  return frame.limited_by.empty() ? text : text + "; limited by " + frame.limited_by;
}

std::string ShownHolds(const WatchFrame& frame) {
  if (!frame.live_holds) return "-";
  const std::string text = std::to_string(*frame.live_holds) + " live holds";
  return frame.hold_bound ? text + " of at most " + std::to_string(*frame.hold_bound) : text;
}

}  // namespace

WatchFrame ReadFrame(const WatchSources& sources) {
  WatchFrame frame;
  const json::object agenda = ParseDocument(sources.agenda);
  const json::object queue = ParseDocument(sources.queue);
  frame.agenda = Text(agenda, "agenda");
  const json::object& phased = queue.empty() ? agenda : queue;
  frame.phase = Text(phased, "phase");
  frame.in_words = PhaseInWords(phased);
  frame.paused = IsTrue(phased, "paused");
  frame.waiting = Whole(queue, "waiting");
  frame.admitted = Whole(queue, "served");
  frame.rate_per_min = Whole(queue, "rate_per_min");
  const json::object& web = Object(Object(agenda, "channels"), "web");
  frame.held = Whole(web, "held");
  frame.confirmed = Whole(web, "confirmed");
  frame.left = queue.empty() ? Whole(web, "free") : Whole(queue, "free");

  const MetricsText& metrics = sources.metrics;
  const MetricsText::Labels of_agenda = {{"agenda", frame.agenda}};
  const auto cap = AsWhole(metrics.Value("creneau_queue_rate_cap_per_minute", of_agenda));
  if (cap && *cap > 0) frame.rate_cap_per_min = cap;
  frame.draining = metrics.Value("creneau_queue_draining", of_agenda).value_or(0) > 0;
  for (const MetricsText::Series& series : metrics.All("creneau_admission_limited_by")) {
    const auto name = series.labels.find("agenda");
    const auto reason = series.labels.find("reason");
    if (name == series.labels.end() || reason == series.labels.end()) continue;
    if (name->second == frame.agenda && series.value > 0) frame.limited_by = reason->second;
  }
  frame.confirm_p99_s =
      metrics.QuantileSince(sources.before, "creneau_confirm_duration_seconds", 0.99);
  frame.flush_p99_s = metrics.Value("creneau_log_batch_p99_seconds");
  frame.live_holds = AsWhole(metrics.Value("creneau_live_holds"));
  frame.hold_bound = AsWhole(metrics.Value("creneau_hold_bound"));
  CountRefusals(sources, "creneau_outcomes_total", "", &frame);
  // Those of them that were refused unread, by lane and reason; and who did not get as far.
  CountRefusals(sources, "creneau_shed_total", "shed ", &frame);
  CountRefusals(sources, "creneau_connections_refused_total", "connections ", &frame);
  return frame;
}

std::string FrameAsJson(const WatchFrame& frame, std::string_view at) {
  Fields refused;
  Fields refused_in_all;
  for (const auto& [outcome, count] : frame.refused) {
    if (count.lately > 0) refused.emplace_back(outcome, std::to_string(count.lately));
    refused_in_all.emplace_back(outcome, std::to_string(count.in_all));
  }
  const bool beyond = frame.confirm_p99_s && !std::isfinite(*frame.confirm_p99_s);
  return JsonObject({{"at", JsonText(at)},
                     {"agenda", JsonText(frame.agenda)},
                     {"phase", JsonText(frame.phase)},
                     {"paused", frame.paused ? "true" : "false"},
                     {"draining", frame.draining ? "true" : "false"},
                     {"waiting", Number(frame.waiting)},
                     {"admitted", Number(frame.admitted)},
                     {"rate_per_min", Number(frame.rate_per_min)},
                     {"rate_cap_per_min", Number(frame.rate_cap_per_min)},
                     {"limited_by", frame.limited_by.empty() ? "null" : JsonText(frame.limited_by)},
                     {"held", Number(frame.held)},
                     {"confirmed", Number(frame.confirmed)},
                     {"left", Number(frame.left)},
                     {"confirm_p99_ms", Milliseconds(frame.confirm_p99_s)},
                     {"confirm_p99_beyond", beyond ? "true" : "false"},
                     {"flush_p99_ms", Milliseconds(frame.flush_p99_s)},
                     {"live_holds", Number(frame.live_holds)},
                     {"hold_bound", Number(frame.hold_bound)},
                     {"refused", JsonObject(refused)},
                     {"refused_in_all", JsonObject(refused_in_all)}});
}

std::string FrameAsScreen(const WatchFrame& frame, std::string_view at) {
  std::string text = frame.agenda + "  " + frame.in_words + (frame.draining ? ", DRAINING" : "") +
                     "  (" + std::string(at) + ")\n\n";
  Sheet sheet;
  // A direct agenda has no queue to tell of.
  if (frame.waiting) {
    sheet.Add("waiting", Shown(frame.waiting));
    sheet.Add("admitted", Shown(frame.admitted));
    sheet.Add("rate", ShownRate(frame));
  }
  sheet.Add("held", Shown(frame.held));
  sheet.Add("confirmed", Shown(frame.confirmed));
  sheet.Add("left", Shown(frame.left));
  text += sheet.Text() + "\nthe whole engine\n";
  Sheet engine;
  engine.Add("confirm p99", ShownDuration(frame.confirm_p99_s, "at most "));
  engine.Add("flush p99", ShownDuration(frame.flush_p99_s, ""));
  engine.Add("holds", ShownHolds(frame));
  text += engine.Text() + "\n";
  if (frame.refused.empty()) return text + "nothing was refused since this began\n";
  Table table({Align::kLeft, Align::kRight, Align::kRight});
  table.Row({"REFUSED", "LATELY", "SINCE THIS BEGAN"});
  for (const auto& [outcome, count] : frame.refused)
    table.Row({outcome, std::to_string(count.lately), std::to_string(count.in_all)});
  return text + table.Text();
}

}  // namespace creneau::ctl
