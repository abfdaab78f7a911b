#include "bench/creneau-bench/report.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/check.h"

namespace creneau::bench {
namespace {

// A thread that is busy for nine tenths of the time has no time of its own left to be punctual.
constexpr double kBusy = 0.9;
// Then what it measures is partly its own lateness, one time in a hundred: so much of it, and so
// large a part of the latency.
constexpr double kLateNs = 2e6;
constexpr double kLatePart = 0.1;
// Processors that others may use before a run is worth nothing: the disk's kernel threads need a
// little.
constexpr double kOthers = 0.3;
// Of what was due, so much was answered in time.
constexpr double kKept = 0.98;

std::optional<double> Measure(const Report& report, const Objective& objective) {
  const Stats& stats = report.measured;
  const Histogram& latency =
      objective.kind ? stats.latency[static_cast<size_t>(*objective.kind)] : report.all;
  const uint64_t errors =
      objective.kind ? stats.failed[static_cast<size_t>(*objective.kind)] : stats.errors();
  if (latency.total() == 0) return std::nullopt;
  switch (objective.metric) {
    case Objective::Metric::kPercentile:
      return static_cast<double>(latency.Percentile(objective.percentile));
    case Objective::Metric::kMax:
      return static_cast<double>(latency.max());
    case Objective::Metric::kMean:
      return latency.Mean();
    case Objective::Metric::kErrorCount:
      return static_cast<double>(errors);
    case Objective::Metric::kErrorShare:
      return 100.0 * static_cast<double>(errors) / static_cast<double>(latency.total());
    case Objective::Metric::kRate:
      return objective.kind ? static_cast<double>(latency.total()) / report.seconds
                            : report.requests_per_s();
  }
  CHECK(false);
}

// After the other two: it goes before them, and hides no fault of our own.
void JudgeMachine(Report* report) {
  const Cpu& cpu = report->cpu;
  const double length = std::max(cpu.length_s, 1e-9);
  if ((cpu.others_s + cpu.stolen_s) / length < kOthers) return;
  std::string why = absl::StrFormat(
      "others used %.2f of %d processors, and %.2f were taken by the host: measure again, alone",
      cpu.others_s / length, report->machine.cpus, cpu.stolen_s / length);
  report->generator_too = report->limit == Limit::kGenerator;
  if (report->generator_too) why += "; and " + report->limit_why;
  report->limit = Limit::kMachine;
  report->limit_why = std::move(why);
}

void JudgeClosed(Report* report) {
  const double busy = report->cpu.busiest_generator_share;
  report->limit = busy >= kBusy ? Limit::kGenerator : Limit::kServer;
  report->limit_why = absl::StrFormat(
      "closed loop; the busiest generator thread used %.0f %% of a processor%s", 100 * busy,
      busy >= kBusy ? ": compare CPU per request, not requests per second" : "");
}

void JudgeOpen(Report* report) {
  const Stats& stats = report->measured;
  const auto late = static_cast<double>(stats.own_lag.Percentile(99));
  const double busy = report->cpu.busiest_generator_share;
  const double due = static_cast<double>(stats.requests());
  const double kept = due == 0 ? 1 : static_cast<double>(stats.replies) / due;
  const auto p99 = static_cast<double>(report->all.Percentile(99));
  if (busy >= kBusy || (late >= kLateNs && late >= kLatePart * p99)) {
    report->limit = Limit::kGenerator;
    report->limit_why = absl::StrFormat(
        "the generator came late to what was due (p99 %s), its busiest thread used %.0f %% of a "
        "processor: latencies are partly its own",
        DurationText(late), 100 * busy);
  } else if (kept < kKept && report->options.profile == ProfileKind::kSteady) {
    report->limit = Limit::kServer;
    report->limit_why = absl::StrFormat(
        "only %.1f %% of what was due was answered within the measured time: the server, or "
        "%u connections, do not carry this rate",
        100 * kept, report->options.connections);
  } else {
    report->limit_why = absl::StrFormat("the schedule was kept (the generator's own lag: p99 %s)",
                                        DurationText(late));
  }
}

}  // namespace

std::string_view NameOf(Limit limit) {
  switch (limit) {
    case Limit::kNothing:
      return "none";
    case Limit::kGenerator:
      return "generator";
    case Limit::kServer:
      return "server";
    case Limit::kMachine:
      return "machine";
  }
  CHECK(false);
}

std::string Report::bottleneck() const {
  return std::string(NameOf(limit)) + (generator_too ? " and generator" : "");
}

double Report::requests_per_s() const {
  return seconds > 0 ? static_cast<double>(measured.replies) / seconds : 0;
}

double Report::reservations_per_s() const {
  return seconds > 0 ? static_cast<double>(measured.confirmed) / seconds : 0;
}

std::optional<double> Report::server_cpu_us_per_request() const {
  if (!cpu.server_s || measured.replies == 0) return std::nullopt;
  return *cpu.server_s * 1e6 / static_cast<double>(measured.replies);
}

double Report::generator_cpu_us_per_request() const {
  return measured.replies == 0 ? 0 : cpu.generator_s * 1e6 / static_cast<double>(measured.replies);
}

bool Report::objectives_met() const {
  return std::all_of(verdicts.begin(), verdicts.end(),
                     [](const Verdict& verdict) { return verdict.met; });
}

bool Report::right() const {
  return options.unchecked || (wrong_replies == 0 && (!checked || checked->wrong == 0));
}

std::string Report::why_not_checked() const {
  if (checked) return "";
  if (options.unchecked) return "--unchecked";
  return interrupted ? "interrupted" : gone;
}

std::string Report::none_of() const {
  std::string none;
  for (size_t i = 0; i < kKinds; ++i) {
    uint64_t sent = measured.latency[i].total();
    uint64_t failed = measured.failed[i];
    if (options.profile == ProfileKind::kConfirmStorm) {  // its holds come before
      sent += before.latency[i].total();
      failed += before.failed[i];
    }
    if (sent == 0 || failed < sent) continue;
    absl::StrAppendFormat(&none, "%snot one %s of %d was a success", none.empty() ? "" : ", ",
                          std::string(NameOf(static_cast<Kind>(i))), sent);
  }
  return none;
}

std::string_view Report::verdict() const {
  if (!right()) return "wrong";
  if (interrupted) return "interrupted";
  if (!gone.empty()) return "unreachable";
  if (!none_of().empty()) return "no-success";
  return objectives_met() ? "ok" : "objective-missed";
}

std::string Report::verdict_why() const {
  if (!right()) return "what was told is not true";
  if (interrupted) {
    return absl::StrFormat(
        "after %.2f s: the figures are those until then, and not all was read back", seconds);
  }
  if (!gone.empty()) return gone;
  if (const std::string none = none_of(); !none.empty()) return none;
  std::string missed;
  for (const Verdict& verdict : verdicts) {
    if (!verdict.met) missed += (missed.empty() ? "missed: " : ", ") + verdict.objective.text;
  }
  return missed;
}

void Conclude(Report* report) {
  report->all = report->measured.All();
  report->verdicts.clear();
  for (const Objective& objective : report->options.objectives) {
    Verdict verdict{objective, Measure(*report, objective), false};
    verdict.met = verdict.measured && objective.Holds(*verdict.measured);
    report->verdicts.push_back(verdict);
  }
  if (report->options.closed_loop()) {
    JudgeClosed(report);
  } else {
    JudgeOpen(report);
  }
  JudgeMachine(report);
}

std::string DurationText(double ns) {
  if (ns < 1e3) return absl::StrFormat("%.0f ns", ns);
  if (ns < 1e6) return absl::StrFormat("%.3g us", ns / 1e3);
  if (ns < 1e9) return absl::StrFormat("%.3g ms", ns / 1e6);
  return absl::StrFormat("%.3g s", ns / 1e9);
}

}  // namespace creneau::bench
