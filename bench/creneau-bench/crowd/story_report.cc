#include "bench/creneau-bench/crowd/story_report.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace creneau::bench {
namespace {

// Issue 5, "it must show", 1 and 3.
constexpr double kConfirmMs = 250;
constexpr double kTruthS = 2;
constexpr double kGoodput = 95;  // percent, within a second of being due
constexpr double kMostLost = 0.001;
// Of the bots' seats beyond their share: chance does not explain more.
constexpr double kDeviations = 4;

double Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 100 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

double Seconds(uint64_t ns) { return static_cast<double>(ns) / 1e9; }
double Ms(uint64_t ns) { return static_cast<double>(ns) / 1e6; }

void JudgeBots(StoryReport* report) {
  const uint64_t bots = report->identities(Group::kBot) + report->identities(Group::kInvented);
  if (bots == 0) return;
  const double seats = static_cast<double>(report->story.EndedAs(End::kSeated));
  const double share = report->share_of_identities();
  const double chance = seats == 0 ? 0 : std::sqrt(share * (1 - share) / seats);
  report->promises.push_back({"bots_share",
                              "share of the seats that bots got, beside their share "
                              "of the identities and what chance explains",
                              100 * report->share_of_seats(), 100 * (share + kDeviations * chance),
                              false, "%"});
  if (report->options.listed) {
    const auto invented = static_cast<double>(report->story.seated(Group::kInvented));
    report->promises.push_back(
        {"invented_seated", "invented identities that got a seat", invented, 0, false, ""});
  }
}

}  // namespace

void Conclude(StoryReport* report) {
  const Story& story = report->story;
  const Confirms& confirms = story.confirms;
  auto& promises = report->promises;
  promises.clear();
  promises.push_back({"confirms_kept",
                      "who confirmed before the deadline, repeats included, and "
                      "is confirmed",
                      Percent(confirms.kept, confirms.in_time), 100, true, "%"});
  // While creneaud is down nobody can be told anything: that time comes on top.
  const double outage_s = report->fall ? report->fall->back_s - report->fall->killed_s : 0;
  promises.push_back({"confirm_p99_9", "p99.9 of a confirm",
                      Ms(story.confirm_success.Percentile(99.9)), kConfirmMs + 1000 * outage_s,
                      false, "ms"});
  if (!report->fall) {
    promises.push_back({"confirms_within_1s",
                        "people's confirms sent in time that succeeded within a second",
                        Percent(confirms.within_1s, confirms.sent_in_time - confirms.sent_by_bots),
                        kGoodput, true, "%"});
  }
  promises.push_back({"truth_max", "longest wait of anybody for a true answer",
                      Seconds(story.worst_truth.max()), kTruthS + outage_s, false, "s"});
  promises.push_back({"never_told", "people who were never told anything true",
                      static_cast<double>(story.never_told), 0, false, ""});
  const uint64_t failed = story.before.failed + story.after.failed;
  promises.push_back({"probes_failed", "reads that failed before, or from 1 s after the storm on",
                      static_cast<double>(failed), 0, false, ""});
  promises.push_back({"probe_after", "longest of those reads, from 1 s after the storm on",
                      Ms(story.after.latency.max()), kConfirmMs, false, "ms"});
  if (report->fall) {
    promises.push_back({"lengthened", "whole seconds by which the opening closed later",
                        report->fall->lengthened_s, std::floor(outage_s), true, "s"});
  }
  JudgeBots(report);
}

bool StoryReport::is_void() const { return story.losses.share() > kMostLost; }

std::string_view StoryReport::verdict() const {
  if (wrong() > 0) return "wrong";
  if (interrupted) return "interrupted";
  if (!gone.empty()) return "unreachable";
  if (is_void()) return "void";
  if (story.EndedAs(End::kSeated) == 0) return "no-success";
  const bool all = std::all_of(promises.begin(), promises.end(),
                               [](const Promise& promise) { return promise.met(); });
  return all ? "ok" : "objective-missed";
}

std::string StoryReport::verdict_why() const {
  const std::string_view said = verdict();
  if (said == "wrong") return "what was told is not true";
  if (said == "interrupted") {
    return absl::StrFormat(
        "after %.2f s: the figures are those until then, and not all was read "
        "back",
        story.length_s);
  }
  if (said == "unreachable") return gone;
  if (said == "void") {
    return absl::StrFormat(
        "the generator itself came late to %d of %d requests, and %d could not be sent: the "
        "figures are its own (it used %.2f processors, others than it and the server %.2f of %d)",
        story.losses.late, story.losses.requests, story.losses.lost() - story.losses.late,
        cpu.generator_s / std::max(cpu.length_s, 1e-9), cpu.others_s / std::max(cpu.length_s, 1e-9),
        machine.cpus);
  }
  if (said == "no-success") return "nobody got a seat";
  std::string missed;
  for (const Promise& promise : promises) {
    if (promise.met()) continue;
    missed += (missed.empty() ? "missed: " : ", ") + promise.name;
  }
  return missed;
}

uint64_t StoryReport::identities(Group group) const {
  switch (group) {
    case Group::kPerson:
      return options.people;
    case Group::kWatcher:
      return options.watchers;
    case Group::kBot:
      return options.bots;
    case Group::kInvented:
      return options.invented;
  }
  return 0;
}

uint64_t StoryReport::seated_bots() const {
  return story.seated(Group::kBot) + story.seated(Group::kInvented);
}

double StoryReport::share_of_identities() const {
  const auto& ends = story.ends[static_cast<size_t>(Group::kPerson)];
  uint64_t people = options.people;
  for (const End end : {End::kGaveUp, End::kWalkedAway, End::kTooSlow}) {
    people -= std::min<uint64_t>(people, ends[static_cast<size_t>(end)]);
  }
  // Where a roster keeps the invented out, they are none of those who could get a seat.
  const uint64_t bots = options.bots + (options.listed ? 0 : options.invented);
  return people + bots == 0 ? 0 : static_cast<double>(bots) / static_cast<double>(people + bots);
}

double StoryReport::share_of_seats() const {
  const uint64_t seats = story.EndedAs(End::kSeated);
  return seats == 0 ? 0 : static_cast<double>(seated_bots()) / static_cast<double>(seats);
}

double StoryReport::goodput_per_s() const {
  size_t first = story.seconds.size();
  size_t last = 0;
  uint64_t confirmed = 0;
  for (size_t i = 0; i < story.seconds.size(); ++i) {
    if (story.seconds[i].confirmed == 0) continue;
    first = std::min(first, i);
    last = i;
    confirmed += story.seconds[i].confirmed;
  }
  return confirmed == 0 ? 0
                        : static_cast<double>(confirmed) / static_cast<double>(last - first + 1);
}

uint64_t StoryReport::peak_per_s() const {
  uint64_t peak = 0;
  for (const StorySecond& second : story.seconds) peak = std::max(peak, second.confirmed);
  return peak;
}

}  // namespace creneau::bench
