// For people at a terminal.
#include "absl/strings/str_format.h"
#include "bench/creneau-bench/crowd/story_report.h"

namespace creneau::bench {
namespace {

std::string At(const Histogram& latency, double percentile) {
  return DurationText(static_cast<double>(latency.Percentile(percentile)));
}

void Row(std::string_view name, const Histogram& latency, std::string* out) {
  if (latency.total() == 0) return;
  absl::StrAppendFormat(out, "  %-22s %9d %10s %10s %10s %10s\n", std::string(name),
                        latency.total(), At(latency, 50), At(latency, 99), At(latency, 99.9),
                        DurationText(static_cast<double>(latency.max())));
}

void Head(const StoryReport& report, std::string* out) {
  const CrowdOptions& options = report.options;
  absl::StrAppendFormat(out, "%s: %d people for %d seats of %d agendas", options.profile,
                        options.people, options.seats, options.agendas);
  if (options.watchers > 0) absl::StrAppendFormat(out, ", %d watchers", options.watchers);
  if (options.bots + options.invented > 0) {
    absl::StrAppendFormat(out, "; bots with %d identities and %d invented, from %d addresses",
                          options.bots, options.invented, options.bot_addresses);
  }
  absl::StrAppendFormat(
      out, "\nserver %s; identities %s; %d connections%s; opened at %.1f s, storm over at %.1f s\n",
      report.server, options.listed ? "listed" : "declared", options.common.connections,
      options.own_connections ? ", one a request" : " shared", report.story.opens_s,
      report.story.storm_end_s);
  absl::StrAppendFormat(out, "machine %d x %s, %s, %d MiB; build %s, %s, %s; seed %d\n",
                        report.machine.cpus, report.machine.model, report.machine.kernel,
                        report.machine.memory_mib, report.machine.version, report.machine.compiler,
                        report.machine.build_type, options.common.seed);
}

void Ends(const StoryReport& report, std::string* out) {
  absl::StrAppendFormat(out, "\n  %-22s", "what became of");
  for (size_t group = 0; group < kGroups; ++group) {
    if (report.identities(static_cast<Group>(group)) == 0) continue;
    absl::StrAppendFormat(out, " %10s", std::string(NameOf(static_cast<Group>(group))));
  }
  *out += "   after their arrival (people): p50, max\n";
  const Story& story = report.story;
  for (size_t end = 0; end < kEnds; ++end) {
    if (story.EndedAs(static_cast<End>(end)) == 0) continue;
    absl::StrAppendFormat(out, "  %-22s", std::string(NameOf(static_cast<End>(end))));
    for (size_t group = 0; group < kGroups; ++group) {
      if (report.identities(static_cast<Group>(group)) == 0) continue;
      absl::StrAppendFormat(out, " %10d", story.ends[group][end]);
    }
    const Histogram& stayed = story.to_end[end];
    if (stayed.total() > 0) {
      absl::StrAppendFormat(out, "   %s, %s", At(stayed, 50),
                            DurationText(static_cast<double>(stayed.max())));
    }
    *out += "\n";
  }
  absl::StrAppendFormat(out,
                        "  of those who gave up, %d of %d knew how it stood; never told: %d; left "
                        "when their own phone had cut off their only question: %d\n",
                        story.gave_up_told, story.EndedAs(End::kGaveUp), story.never_told,
                        story.hung_up_first);
  if (story.fairness.people > 2) {
    absl::StrAppendFormat(out,
                          "  arrival in the gathering against rank: r = %+.4f, p = %.3f, n = "
                          "%d\n",
                          story.fairness.r, story.fairness.p, story.fairness.people);
  }
}

void Bots(const StoryReport& report, std::string* out) {
  if (report.options.bots + report.options.invented == 0) return;
  const Story& story = report.story;
  const auto requests = [&story](Group group) {
    return story.requests[static_cast<size_t>(group)];
  };
  const uint64_t by_bots = requests(Group::kBot) + requests(Group::kInvented);
  absl::StrAppendFormat(
      out,
      "\nbots got %.2f %% of the seats (%d exist, %d invented), with %.2f %% of the identities and "
      "%d of %d requests\n",
      100 * report.share_of_seats(), story.seated(Group::kBot), story.seated(Group::kInvented),
      100 * report.share_of_identities(), by_bots, by_bots + requests(Group::kPerson));
}

void Besieged(const StoryReport& report, std::string* out) {
  const Adversity& adversity = report.options.adversity;
  if (report.shed_point) {
    absl::StrAppendFormat(out,
                          "\na creneaud without a queue %s at %.0f requests/s, and served %.0f\n",
                          report.shed_point->without_a_refusal ? "took no more" : "first shed",
                          report.shed_point->per_s, report.shed_point->served_per_s);
  }
  const FloodCount& flood = report.siege.flood;
  if (adversity.floods()) {
    const double length = std::max(flood.seconds, 1e-9);
    absl::StrAppendFormat(
        out,
        "flood: %.0f requests/s were due for %.1f s, %.0f/s sent on %d connections with as many "
        "under way as they take; %.0f/s served, %.0f/s refused for load, %d lost\n",
        static_cast<double>(flood.due) / length, flood.seconds,
        static_cast<double>(flood.sent) / length, Flood::Connections(),
        static_cast<double>(flood.served) / length, static_cast<double>(flood.refused) / length,
        flood.lost);
  }
  if (adversity.idle + adversity.slow > 0) {
    absl::StrAppendFormat(out,
                          "beside them %d idle connections and %d slow ones, %d of them there at "
                          "once; sent away %d times\n",
                          adversity.idle, adversity.slow, report.siege.loiterers,
                          report.siege.sent_away);
  }
  if (adversity.slow_disk > 1) {
    absl::StrAppendFormat(out, "the disk was slowed %g times\n", adversity.slow_disk);
  }
  if (report.fall) {
    absl::StrAppendFormat(
        out, "killed at %.2f s, ready again at %.2f s; the opening closed %.2f s later\n",
        report.fall->killed_s, report.fall->back_s, report.fall->lengthened_s);
  }
}

void Times(const StoryReport& report, std::string* out) {
  const Story& story = report.story;
  absl::StrAppendFormat(out, "\n  %-22s %9s %10s %10s %10s %10s\n", "time", "count", "p50", "p99",
                        "p99.9", "max");
  Row("first true answer", story.first_truth, out);
  Row("longest for one", story.worst_truth, out);
  for (size_t ask = 0; ask < kAsks; ++ask) {
    Row(NameOf(static_cast<Ask>(ask)), story.latency[ask], out);
  }
  Row("confirm that succeeded", story.confirm_success, out);
  Row("probe before", story.before.latency, out);
  Row("probe during", story.during.latency, out);
  Row("probe within 1 s after", story.settling.latency, out);
  Row("probe from 1 s after", story.after.latency, out);
  Row("send lag", story.send_lag, out);
  Row("own lag", story.own_lag, out);
  absl::StrAppendFormat(
      out, "  failed probes: %d before, %d during, %d within 1 s after, %d then\n",
      story.before.failed, story.during.failed, story.settling.failed, story.after.failed);
}

void ConfirmsText(const StoryReport& report, std::string* out) {
  const Confirms& confirms = report.story.confirms;
  absl::StrAppendFormat(
      out,
      "\nconfirms: %d people sent one before their deadline, %d of them are confirmed; %d of %d "
      "such requests succeeded, %d within a second; %d were cut off by their phone, %d came at the "
      "deadline itself\n",
      confirms.in_time, confirms.kept, confirms.answered, confirms.sent_in_time, confirms.within_1s,
      confirms.cut, confirms.at_edge);
  absl::StrAppendFormat(out, "goodput: %.1f durable confirms a second, %d in the best one\n",
                        report.goodput_per_s(), report.peak_per_s());
  absl::StrAppendFormat(
      out,
      "status documents: %d looks, %d fetches; holds refused although the document said it "
      "was their turn: %d; requests refused before a first answer: %d; told that nothing "
      "is left before somebody else got a seat: %d\n",
      report.story.looks, report.story.fetches, report.story.denied_though_admitted,
      report.story.refused_first, report.story.gone_too_early);
}

void Outcomes(const StoryReport& report, std::string* out) {
  *out += "\noutcomes\n";
  for (const AskOutcome& one : report.story.outcomes) {
    absl::StrAppendFormat(
        out, "  %-6s %-9s %s %-20s %d\n", one.bot ? "bots" : "people", std::string(NameOf(one.ask)),
        one.status == 0 ? "---" : std::to_string(one.status), one.code, one.count);
  }
}

void Generator(const StoryReport& report, std::string* out) {
  const Losses& losses = report.story.losses;
  const double length = std::max(report.cpu.length_s, 1e-9);
  absl::StrAppendFormat(
      out,
      "\ngenerator: lost %d of %d requests (%.4f %%): %d late, %d without descriptor, %d without "
      "port, %d probes; %.2f us CPU a request, %.0f %% of a processor, %.0f %% in its busiest "
      "second\n",
      losses.lost(), losses.requests, 100 * losses.share(), losses.late, losses.no_descriptor,
      losses.no_port, losses.probes_skipped,
      losses.requests == 0 ? 0
                           : report.cpu.generator_s * 1e6 / static_cast<double>(losses.requests),
      100 * report.cpu.generator_s / length, 100 * report.story.busiest_second);
  if (report.cpu.server_s) {
    absl::StrAppendFormat(out, "server: %.2f s CPU, %.0f %% of a processor; others %.2f s\n",
                          *report.cpu.server_s, 100 * *report.cpu.server_s / length,
                          report.cpu.others_s);
  }
}

void Checked(const StoryReport& report, std::string* out) {
  if (!report.checked) {
    *out += "\nnot checked: nothing was read back (see the verdict)\n";
  } else {
    absl::StrAppendFormat(
        out,
        "\nchecked: %d reservations given, %d read back as confirmed, seats of %d "
        "slots counted; %d wrong\n",
        report.checked->reservations, report.checked->confirmed, report.checked->slots,
        report.wrong());
    for (const Findings::Example& one : report.checked->examples) {
      *out += "  WRONG: " + one.Text() + "\n";
    }
  }
  for (const std::string& one : report.story.wrong_examples) *out += "  WRONG: " + one + "\n";
}

}  // namespace

std::string AsText(const StoryReport& report) {
  std::string out;
  Head(report, &out);
  Ends(report, &out);
  Bots(report, &out);
  Besieged(report, &out);
  Times(report, &out);
  ConfirmsText(report, &out);
  Outcomes(report, &out);
  Generator(report, &out);
  Checked(report, &out);
  for (const Promise& promise : report.promises) {
    absl::StrAppendFormat(&out, "objective %s: %s (%g %s, %s %g)\n", promise.text,
                          promise.met() ? "met" : "MISSED", promise.measured, promise.unit,
                          promise.at_least ? "at least" : "at most", promise.bound);
  }
  const std::string why = report.verdict_why();
  out += "verdict: " + std::string(report.verdict()) + (why.empty() ? "" : ": " + why) + "\n";
  return out;
}

}  // namespace creneau::bench
