// For programs: README.md has the schema.
#include "bench/creneau-bench/crowd/story_report.h"
#include "bench/creneau-bench/json.h"

namespace creneau::bench {
namespace {

std::string People(const StoryReport& report) {
  const Story& story = report.story;
  Object object;
  for (size_t group = 0; group < kGroups; ++group) {
    Object ends;
    ends.Count("identities", report.identities(static_cast<Group>(group)));
    ends.Count("requests", story.requests[group]);
    for (size_t end = 0; end < kEnds; ++end) {
      ends.Count(NameOf(static_cast<End>(end)), story.ends[group][end]);
    }
    object.Add(NameOf(static_cast<Group>(group)), ends.Done());
  }
  return object.Done();
}

std::string Durations(const Story& story) {
  Object object;
  for (size_t end = 0; end < kEnds; ++end) {
    if (story.to_end[end].total() == 0) continue;
    object.Add(NameOf(static_cast<End>(end)), Latency(story.to_end[end]));
  }
  return object.Done();
}

std::string Truth(const Story& story) {
  return Object()
      .Add("first", Latency(story.first_truth))
      .Add("longest", Latency(story.worst_truth))
      .Count("never_told", story.never_told)
      .Count("hung_up_first", story.hung_up_first)
      .Count("gave_up_told", story.gave_up_told)
      .Count("refused_first", story.refused_first)
      .Count("gone_too_early", story.gone_too_early)
      .Count("denied_though_admitted", story.denied_though_admitted)
      .Done();
}

std::string ConfirmsOf(const StoryReport& report) {
  const Confirms& confirms = report.story.confirms;
  return Object()
      .Count("people_in_time", confirms.in_time)
      .Count("people_kept", confirms.kept)
      .Count("sent_in_time", confirms.sent_in_time)
      .Count("succeeded", confirms.answered)
      .Count("sent_by_bots", confirms.sent_by_bots)
      .Count("within_1s", confirms.within_1s)
      .Count("cut_off", confirms.cut)
      .Count("at_deadline", confirms.at_edge)
      .Add("latency", Latency(report.story.confirm_success))
      .Real("per_s", report.goodput_per_s())
      .Count("peak_per_s", report.peak_per_s())
      .Done();
}

std::string LatencyByAsk(const Story& story) {
  Object object;
  for (size_t ask = 0; ask < kAsks; ++ask) {
    if (static_cast<Ask>(ask) == Ask::kProbe) continue;
    object.Add(NameOf(static_cast<Ask>(ask)), Latency(story.latency[ask]));
  }
  return object.Done();
}

std::string Probes(const Story& story) {
  const auto one = [](const ProbeTime& time) {
    return Object().Count("failed", time.failed).Add("latency", Latency(time.latency)).Done();
  };
  return Object()
      .Add("before", one(story.before))
      .Add("during", one(story.during))
      .Add("first_second_after", one(story.settling))
      .Add("after", one(story.after))
      .Done();
}

std::string OutcomesOf(const Story& story) {
  Array array;
  for (const AskOutcome& one : story.outcomes) {
    array.Add(Object()
                  .Text("by", one.bot ? "bots" : "people")
                  .Text("kind", NameOf(one.ask))
                  .Count("status", static_cast<uint64_t>(one.status))
                  .Text("code", one.code)
                  .Count("count", one.count)
                  .Done());
  }
  return array.Done();
}

std::string Series(const Story& story) {
  Array array;
  for (size_t i = 0; i < story.seconds.size(); ++i) {
    const StorySecond& second = story.seconds[i];
    array.Add(Object()
                  .Count("second", i)
                  .Count("arrived", second.arrived)
                  .Count("requests", second.requests)
                  .Count("bot_requests", second.bot_requests)
                  .Count("refused", second.refused)
                  .Count("looks", second.looks)
                  .Count("fetches", second.fetches)
                  .Count("confirms_due", second.confirms_due)
                  .Count("confirmed", second.confirmed)
                  .Count("nothing_left", second.told_nothing_left)
                  .Count("rate_per_min", second.rate_per_min)
                  .Count("served", second.served)
                  .Count("waiting", second.waiting)
                  .Count("free", second.free)
                  .Done());
  }
  return array.Done();
}

std::string Generator(const StoryReport& report) {
  const Losses& losses = report.story.losses;
  const auto requests = static_cast<double>(losses.requests);
  return Object()
      .Count("requests", losses.requests)
      .Count("lost", losses.lost())
      .Real("lost_share", losses.share())
      .Count("late", losses.late)
      .Count("no_descriptor", losses.no_descriptor)
      .Count("no_port", losses.no_port)
      .Count("probes_skipped", losses.probes_skipped)
      .Real("cpu_s", report.cpu.generator_s)
      .Real("cpu_us_per_request", requests == 0 ? 0 : report.cpu.generator_s * 1e6 / requests)
      .Real("busiest_second", report.story.busiest_second)
      .Add("send_lag", Latency(report.story.send_lag))
      .Add("own_lag", Latency(report.story.own_lag))
      .Done();
}

std::string Checked(const StoryReport& report) {
  Array examples;
  for (const std::string& one : report.story.wrong_examples) examples.Add(Quoted(one));
  Object object;
  object.Truth("done", report.checked.has_value());
  if (report.checked) {
    object.Count("reservations", report.checked->reservations)
        .Count("confirmed", report.checked->confirmed)
        .Count("slots", report.checked->slots);
    for (const Findings::Example& one : report.checked->examples) examples.Add(Quoted(one.Text()));
  }
  return object.Count("wrong_replies", report.story.wrong_replies)
      .Count("wrong", report.wrong())
      .Add("examples", examples.Done())
      .Done();
}

std::string Besieged(const StoryReport& report) {
  const Adversity& adversity = report.options.adversity;
  const FloodCount& flood = report.siege.flood;
  Object object;
  object.Add("flood", Object()
                          .Real("per_s", adversity.flood_per_s)
                          .Real("seconds", flood.seconds)
                          .Count("due", flood.due)
                          .Count("sent", flood.sent)
                          .Count("served", flood.served)
                          .Count("refused", flood.refused)
                          .Count("lost", flood.lost)
                          .Done());
  const auto& shed = report.shed_point;
  object.Add("shed_point", shed ? Object()
                                      .Real("per_s", shed->per_s)
                                      .Real("served_per_s", shed->served_per_s)
                                      .Truth("without_a_refusal", shed->without_a_refusal)
                                      .Done()
                                : "null");
  object.Count("idle", adversity.idle)
      .Count("slow_clients", adversity.slow)
      .Count("there", report.siege.loiterers)
      .Count("sent_away", report.siege.sent_away)
      .Real("slow_disk", adversity.slow_disk);
  const auto& fall = report.fall;
  object.Add("fall", fall ? Object()
                                .Real("killed_s", fall->killed_s)
                                .Real("back_s", fall->back_s)
                                .Real("lengthened_s", fall->lengthened_s)
                                .Done()
                          : "null");
  return object.Done();
}

std::string Objectives(const StoryReport& report) {
  Array array;
  for (const Promise& promise : report.promises) {
    array.Add(Object()
                  .Text("name", promise.name)
                  .Text("text", promise.text)
                  .Real("measured", promise.measured)
                  .Text("relation", promise.at_least ? ">=" : "<=")
                  .Real("bound", promise.bound)
                  .Text("unit", promise.unit)
                  .Truth("met", promise.met())
                  .Done());
  }
  return array.Done();
}

}  // namespace

std::string AsJson(const StoryReport& report) {
  std::string out = "{\n";
  const auto member = [&out](std::string_view name, const std::string& value) {
    out += " " + Quoted(name) + ": " + value + ",\n";
  };
  const CrowdOptions& options = report.options;
  const Story& story = report.story;
  member("schema", Quoted(kSchema));
  member("profile", Quoted(options.profile));
  member("taken_at", Quoted(report.machine.taken_at));
  member("machine", MachineOf(report.machine));
  member("build", BuildOf(report.machine));
  member("seed", std::to_string(options.common.seed));
  member("server", Quoted(report.server));
  member("people", std::to_string(options.people));
  member("seats", std::to_string(options.seats));
  member("agendas", std::to_string(options.agendas));
  member("identity_proof", Quoted(options.listed ? "listed" : "declared"));
  member("connections", std::to_string(options.common.connections));
  member("opens_s", Number(story.opens_s));
  member("storm_end_s", Number(story.storm_end_s));
  member("seconds", Number(story.length_s));
  member("became", People(report));
  member("stayed", Durations(story));
  member("truth", Truth(story));
  member("confirms", ConfirmsOf(report));
  member("bots", Object()
                     .Count("seats", report.seated_bots())
                     .Real("share_of_seats", report.share_of_seats())
                     .Real("share_of_identities", report.share_of_identities())
                     .Count("addresses", options.bot_addresses)
                     .Done());
  member("fairness", Object()
                         .Count("people", story.fairness.people)
                         .Real("r", story.fairness.r)
                         .Real("p", story.fairness.p)
                         .Done());
  member("status", Object().Count("looks", story.looks).Count("fetches", story.fetches).Done());
  member("besieged", Besieged(report));
  member("latency", LatencyByAsk(story));
  member("probes", Probes(story));
  member("outcomes", OutcomesOf(story));
  member("series", Series(story));
  member("generator", Generator(report));
  member("server_cpu_s", report.cpu.server_s ? Number(*report.cpu.server_s) : "null");
  member("others_cpu_s", Number(report.cpu.others_s));
  member("stolen_cpu_s", Number(report.cpu.stolen_s));
  member("checked", Checked(report));
  member("objectives", Objectives(report));
  member("verdict_why", Quoted(report.verdict_why()));
  out += " \"verdict\": " + Quoted(report.verdict()) + "\n}\n";
  return out;
}

}  // namespace creneau::bench
