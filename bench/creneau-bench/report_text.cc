// For people at a terminal.
#include "absl/strings/str_format.h"
#include "bench/creneau-bench/report.h"

namespace creneau::bench {
namespace {

void Latencies(std::string_view name, const Histogram& latency, std::string* out) {
  if (latency.total() == 0) return;
  const auto at = [&latency](double percentile) {
    return DurationText(static_cast<double>(latency.Percentile(percentile)));
  };
  absl::StrAppendFormat(out, "  %-9s %9d %10s %10s %10s %10s %10s %10s %10s\n", std::string(name),
                        latency.total(), DurationText(latency.Mean()), at(50), at(90), at(99),
                        at(99.9), at(99.99), DurationText(static_cast<double>(latency.max())));
}

void Load(const Report& report, std::string* out) {
  const Options& options = report.options;
  if (options.profile == ProfileKind::kSteady) {
    absl::StrAppendFormat(
        out, "steady: %s, mix %s, thinking %s ms\n",
        options.closed_loop()
            ? "closed loop (--rate max: latencies are those of a saturated server)"
            : absl::StrFormat("open loop, %g requests/s due", options.rate),
        options.mix.Text(), options.think.Text());
  } else {
    absl::StrAppendFormat(
        out, "confirm-storm: %d journeys hold at %g/s, then confirm %s\n", options.journeys,
        options.rate,
        options.storm_rate > 0 ? absl::StrFormat("at %g/s", options.storm_rate) : "all at once");
  }
  absl::StrAppendFormat(out, "server %s; %d agendas; %d connections, %d pipelined, %d threads\n",
                        report.server, options.agendas.size(), options.connections,
                        options.pipeline, options.threads);
  absl::StrAppendFormat(out, "machine %d x %s, %s, %d MiB; build %s, %s, %s; seed %d\n",
                        report.machine.cpus, report.machine.model, report.machine.kernel,
                        report.machine.memory_mib, report.machine.version, report.machine.compiler,
                        report.machine.build_type, options.seed);
}

void Outcomes(const Report& report, std::string* out) {
  *out += "\noutcomes\n";
  for (const Outcome& one : report.measured.outcomes) {
    absl::StrAppendFormat(out, "  %-9s %s %-20s %d\n", std::string(NameOf(one.kind)),
                          one.status == 0 ? "---" : std::to_string(one.status), one.code,
                          one.count);
  }
}

void WrongReplies(const Report& report, std::string* out) {
  if (report.wrong_replies == 0 || report.options.unchecked) return;
  absl::StrAppendFormat(
      out, "  WRONG: %d replies were a success by their status, and not what was asked for\n",
      report.wrong_replies);
}

void Checked(const Report& report, std::string* out) {
  *out += "\n";
  if (!report.checked) {
    absl::StrAppendFormat(out, "not checked: nothing was read back (%s)\n",
                          report.gone.empty() ? report.why_not_checked() : "see the verdict");
    WrongReplies(report, out);
    return;
  }
  const Findings& found = *report.checked;
  absl::StrAppendFormat(out,
                        "checked: %d reservations given, %d confirmed and %d cancelled read back "
                        "as such, seats of %d slots counted; %d wrong\n",
                        found.reservations, found.confirmed, found.cancelled, found.slots,
                        found.wrong + report.wrong_replies);
  if (found.slots_not_listed > 0) {
    absl::StrAppendFormat(out, "  %d slots are not listed any more: their seats were not counted\n",
                          found.slots_not_listed);
  }
  WrongReplies(report, out);
  for (const Findings::Example& one : found.examples) *out += "  WRONG: " + one.Text() + "\n";
  if (found.not_shown() > 0) {
    absl::StrAppendFormat(out, "  ... and %d more\n", found.not_shown());
  }
}

std::string MeasuredText(const Verdict& verdict) {
  if (!verdict.measured) return "no such request";
  if (verdict.objective.IsLatency()) return DurationText(*verdict.measured);
  return absl::StrFormat("%g", *verdict.measured);
}

}  // namespace

std::string AsText(const Report& report) {
  std::string out;
  Load(report, &out);
  absl::StrAppendFormat(&out, "\n%.0f requests/s, %.0f reservations/s over %.2f s; %d errors\n",
                        report.requests_per_s(), report.reservations_per_s(), report.seconds,
                        report.measured.errors());
  if (const auto cpu = report.server_cpu_us_per_request()) {
    absl::StrAppendFormat(&out, "CPU per request: server %.2f us, ", *cpu);
  } else {
    out += "CPU per request: server not known (--server-pid), ";
  }
  absl::StrAppendFormat(&out, "generator %.2f us\n", report.generator_cpu_us_per_request());
  absl::StrAppendFormat(&out, "bottleneck: %s: %s\n", report.bottleneck(), report.limit_why);
  absl::StrAppendFormat(&out, "\n  %-9s %9s %10s %10s %10s %10s %10s %10s %10s\n", "latency",
                        "requests", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max");
  Latencies("all", report.all, &out);
  for (size_t i = 0; i < kKinds; ++i) {
    Latencies(NameOf(static_cast<Kind>(i)), report.measured.latency[i], &out);
  }
  Latencies("send lag", report.measured.send_lag, &out);
  Latencies("own lag", report.measured.own_lag, &out);
  if (report.options.profile == ProfileKind::kConfirmStorm) {
    Latencies("before:", report.before.latency[static_cast<size_t>(Kind::kHold)], &out);
  }
  Outcomes(report, &out);
  Checked(report, &out);
  for (const Verdict& verdict : report.verdicts) {
    absl::StrAppendFormat(&out, "objective %s: %s (%s)\n", verdict.objective.text,
                          verdict.met ? "met" : "MISSED", MeasuredText(verdict));
  }
  const std::string why = report.verdict_why();
  absl::StrAppendFormat(&out, "verdict: %s%s%s\n", std::string(report.verdict()),
                        why.empty() ? "" : ": ", why);
  return out;
}

}  // namespace creneau::bench
