// For programs. The schema is documented in README.md and stays: members are added, never changed.
#include "absl/strings/str_format.h"
#include "bench/creneau-bench/json.h"
#include "bench/creneau-bench/report.h"

namespace creneau::bench {
namespace {

std::string Whole(double number) { return absl::StrFormat("%.1f", number); }

std::string Latencies(const Stats& stats, const Histogram& all) {
  Object object;
  object.Add("all", Latency(all));
  for (size_t i = 0; i < kKinds; ++i) {
    object.Add(NameOf(static_cast<Kind>(i)), Latency(stats.latency[i]));
  }
  return object.Done();
}

std::string Outcomes(const Stats& stats) {
  Array array;
  for (const Outcome& one : stats.outcomes) {
    array.Add(Object()
                  .Text("kind", NameOf(one.kind))
                  .Count("status", static_cast<uint64_t>(one.status))
                  .Text("code", one.code)
                  .Count("count", one.count)
                  .Done());
  }
  return array.Done();
}

std::string Series(const Stats& stats) {
  Array array;
  for (size_t i = 0; i < stats.series.size(); ++i) {
    const Second* second = stats.series[i].get();
    const auto us = [second](double percentile) {
      return second == nullptr ? 0.0
                               : static_cast<double>(second->latency.Percentile(percentile)) / 1e3;
    };
    array.Add(
        Object()
            .Count("second", i)
            .Count("requests", second == nullptr ? 0 : second->latency.total())
            .Count("errors", second == nullptr ? 0 : second->errors)
            .Real("p50", us(50))
            .Real("p99", us(99))
            .Real("max", second == nullptr ? 0 : static_cast<double>(second->latency.max()) / 1e3)
            .Done());
  }
  return array.Done();
}

std::string Checked(const Report& report) {
  if (!report.checked) {
    return Object().Truth("done", false).Text("why", report.why_not_checked()).Done();
  }
  const Findings& found = *report.checked;
  Array examples;
  for (const Findings::Example& one : found.examples) examples.Add(Quoted(one.Text()));
  return Object()
      .Truth("done", true)
      .Count("reservations", found.reservations)
      .Count("confirmed", found.confirmed)
      .Count("cancelled", found.cancelled)
      .Count("slots", found.slots)
      .Count("slots_not_listed", found.slots_not_listed)
      .Count("wrong_replies", report.wrong_replies)
      .Count("wrong", found.wrong)
      .Add("examples", examples.Done())
      .Done();
}

std::string Objectives(const Report& report) {
  Array array;
  for (const Verdict& verdict : report.verdicts) {
    const double scale = verdict.objective.IsLatency() ? 1e3 : 1;
    array.Add(Object()
                  .Text("slo", verdict.objective.text)
                  .Add("measured", verdict.measured ? Number(*verdict.measured / scale) : "null")
                  .Text("unit", verdict.objective.IsLatency() ? "us" : "")
                  .Truth("met", verdict.met)
                  .Done());
  }
  return array.Done();
}

// What was asked for.
void AddLoad(const Report& report, std::string* out) {
  const Options& options = report.options;
  const bool storm = options.profile == ProfileKind::kConfirmStorm;
  const auto member = [out](std::string_view name, const std::string& value) {
    *out += " " + Quoted(name) + ": " + value + ",\n";
  };
  member("schema", Quoted(kSchema));
  member("profile", Quoted(storm ? "confirm-storm" : "steady"));
  member("taken_at", Quoted(report.machine.taken_at));
  member("machine", MachineOf(report.machine));
  member("build", BuildOf(report.machine));
  member("seed", std::to_string(options.seed));
  member("server", Quoted(report.server));
  member("loop", Quoted(options.closed_loop() ? "closed" : "open"));
  member("rate", options.closed_loop() ? Quoted("max") : Number(options.rate));
  if (storm) {
    member("storm_rate", options.storm_rate > 0 ? Number(options.storm_rate) : Quoted("max"));
    member("journeys", std::to_string(options.journeys));
  }
  member("mix", Quoted(options.mix.Text()));
  member("think_ms", Quoted(options.think.Text()));
  member("agendas", std::to_string(options.agendas.size()));
  member("connections", std::to_string(options.connections));
  member("pipeline", std::to_string(options.pipeline));
  member("threads", std::to_string(options.threads));
  member("warmup_s", Number(storm ? 0 : options.warmup_s));
}

}  // namespace

std::string AsJson(const Report& report) {
  std::string out = "{\n";
  AddLoad(report, &out);
  const auto member = [&out](std::string_view name, const std::string& value) {
    out += " " + Quoted(name) + ": " + value + ",\n";
  };
  const Stats& stats = report.measured;
  const auto server_cpu = report.server_cpu_us_per_request();
  member("seconds", Number(report.seconds));
  member("requests", std::to_string(stats.replies));
  member("requests_per_s", Whole(report.requests_per_s()));
  member("reservations", std::to_string(stats.confirmed));
  member("reservations_per_s", Whole(report.reservations_per_s()));
  member("errors", std::to_string(stats.errors()));
  member("reconnects", std::to_string(stats.reconnects));
  member("outcomes", Outcomes(stats));
  member("latency", Latencies(stats, report.all));
  member("before", Latencies(report.before, report.before.All()));
  member("send_lag", Latency(stats.send_lag));
  member("own_lag", Latency(stats.own_lag));
  member("series", Series(stats));
  member("server_cpu_us_per_request", server_cpu ? Number(*server_cpu) : "null");
  member("server_cpu_s", report.cpu.server_s ? Number(*report.cpu.server_s) : "null");
  member("generator_cpu_us_per_request", Number(report.generator_cpu_us_per_request()));
  member("generator_busiest_thread", Number(report.cpu.busiest_generator_share));
  member("others_cpu_s", Number(report.cpu.others_s));
  member("stolen_cpu_s", Number(report.cpu.stolen_s));
  member("bottleneck",
         Object()
             .Text("who", NameOf(report.limit))
             .Truth("generator_too", report.generator_too || report.limit == Limit::kGenerator)
             .Text("why", report.limit_why)
             .Done());
  member("checked", Checked(report));
  member("objectives", Objectives(report));
  member("verdict_why", Quoted(report.verdict_why()));
  out += " \"verdict\": " + Quoted(report.verdict()) + "\n}\n";
  return out;
}

}  // namespace creneau::bench
