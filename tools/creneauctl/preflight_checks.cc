#include "tools/creneauctl/preflight_checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/text.h"
#include "surge/key_chain.h"
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

// An opening at nine is at nine for everybody to within a tenth of a second, about what a citizen's
// own clock is wrong by; at a second, people see it.
constexpr int64_t kClockWarnUs = 100'000;
constexpr int64_t kClockFailUs = 1'000'000;
// A confirm waits for two batches at most, and shall take 250 ms with all else it does.
constexpr double kFlushWarnS = 0.020;
constexpr double kFlushFailS = 0.100;
// What one seat can cost in an opening: a hold that lapses, another, its confirm, each alone in a
// batch, and as much again for moves and cancellations.
constexpr uint64_t kLogBytesPerSeat = 2 * limits::kLogReservePerHoldBytes;
// Two segments that are preallocated, and a snapshot, at their defaults.
constexpr uint64_t kLogMarginBytes = 2 * limits::kDefaultSegmentBytes + (uint64_t{256} << 20);
// Read at a start in some ten seconds: what an outage at nine lasts at least.
constexpr double kLogSinceSnapshotWarn = 1 << 30;

Check Ok(std::string name, std::string says) {
  return {std::move(name), Fitness::kOk, std::move(says), ""};
}
Check Warn(std::string name, std::string says, std::string what_to_do) {
  return {std::move(name), Fitness::kWarn, std::move(says), std::move(what_to_do)};
}
Check Fail(std::string name, std::string says, std::string what_to_do) {
  return {std::move(name), Fitness::kFail, std::move(says), std::move(what_to_do)};
}

std::string Mib(double bytes) { return absl::StrFormat("%.0f MiB", bytes / (1 << 20)); }

std::string Millis(double seconds) { return absl::StrFormat("%.4g ms", seconds * 1000); }

Check CheckClock(const std::optional<ClockFacts>& clock) {
  constexpr const char* kName = "clock";
  if (!clock) return Warn(kName, "the kernel does not say", "look at chronyc tracking");
  const std::string error = absl::StrFormat("off by about %.1f ms, by %.1f ms at most",
                                            static_cast<double>(clock->estimated_error_us) / 1e3,
                                            static_cast<double>(clock->largest_error_us) / 1e3);
  // What the kernel estimates means nothing while nobody tells it the time.
  if (!clock->synchronised) {
    return Warn(
        kName, "the kernel is not told the time by anybody: how far it is off is not known",
        "start chrony or systemd-timesyncd; on a virtual machine whose host keeps the time, "
        "compare with another clock");
  }
  if (clock->estimated_error_us >= kClockFailUs)
    return Fail(kName, error, "chronyc makestep, before people come");
  if (clock->estimated_error_us >= kClockWarnUs)
    return Warn(kName, error, "see chronyc sources for a better one");
  return Ok(kName, error);
}

Check CheckFlush(const MetricsText& metrics) {
  constexpr const char* kName = "flush";
  std::optional<double> p99 = metrics.Value("creneau_log_batch_p99_seconds");
  std::string says = "recent batches of the log take ";
  if (!p99 || *p99 <= 0) {
    p99 = metrics.QuantileSince(MetricsText(), "creneau_log_batch_duration_seconds", 0.99);
    says = "since its start, batches of the log took at most ";
  }
  if (!p99) return Warn(kName, "nothing was written yet", "hold a seat and look again");
  says += Millis(*p99) + " (p99)";
  const std::string look = "see who else uses that disk (iostat -x 1), and whether its cache is on";
  if (*p99 >= kFlushFailS) return Fail(kName, says, look);
  if (*p99 >= kFlushWarnS) return Warn(kName, says, look);
  return Ok(kName, says);
}

uint64_t WebSeatsFree(const json::object& agenda) {
  return Whole(Object(Object(agenda, "channels"), "web"), "free").value_or(0);
}

Check CheckDisk(const PreflightFacts& facts, const json::object& agenda) {
  constexpr const char* kName = "disk";
  const std::string make_room = "make room: old snapshots and archived log go elsewhere";
  if (facts.metrics.Value("creneau_log_failed").value_or(0) > 0)
    return Fail(kName, "the log has failed", "the daemon's diary says why; start it anew");
  if (facts.metrics.Value("creneau_read_only").value_or(0) > 0)
    return Fail(kName, "nearly full: new holds are refused", make_room);
  if (!facts.disk) return Warn(kName, "not looked at", "give --data, the daemon's directory");
  const uint64_t needed = kLogMarginBytes + WebSeatsFree(agenda) * kLogBytesPerSeat;
  const auto have = static_cast<double>(facts.disk->free_bytes);
  const std::string says =
      absl::StrCat(Mib(have), " free at ", facts.disk->directory,
                   ", of which the opening may need ", Mib(static_cast<double>(needed)));
  if (have < static_cast<double>(needed)) return Fail(kName, says, make_room);
  if (have < 2 * static_cast<double>(needed)) return Warn(kName, says, make_room);
  return Ok(kName, says);
}

Check CheckDescriptors(const std::optional<DescriptorFacts>& found) {
  constexpr const char* kName = "descriptors";
  if (!found)
    return Warn(kName, "the daemon's cannot be looked at", "run this as its user, beside it");
  const uint64_t left = found->limit - std::min(found->limit, found->used);
  const std::string says = absl::StrCat(found->used, " of ", found->limit, " in use");
  const std::string raise = "raise LimitNOFILE of its unit, and start it anew";
  // Connections take one each; the daemon accepts fewer where it has fewer.
  if (left < limits::kMaxConnections / 16) return Fail(kName, says, raise);
  if (left < limits::kMaxConnections) {
    return Warn(kName,
                absl::StrCat(says, ": fewer connections than the ", limits::kMaxConnections,
                             " it could serve"),
                raise);
  }
  return Ok(kName, says);
}

Check CheckKeys(const std::optional<KeyFacts>& keys) {
  constexpr const char* kName = "keys";
  if (!keys || !keys->readable) {
    return Warn(kName, keys ? keys->directory + " cannot be read" : std::string("not looked at"),
                "give --keys, as the daemon's user");
  }
  const auto joined = [](const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  };
  if (!keys->missing.empty()) {
    return Fail(kName, "missing in " + keys->directory + ": " + joined(keys->missing),
                "put them back from where they are kept apart; without them no start succeeds");
  }
  if (!keys->open_to_others.empty())
    return Fail(kName, "others may read " + joined(keys->open_to_others),
                "chmod 600, then see who did");
  return Ok(kName, "all there, in " + keys->directory);
}

// That what is published is a chain, and the next opening lies within it.
Check CheckChain(const json::object& agenda, const json::object& queue) {
  constexpr const char* kName = "chain";
  const std::string end = Text(Object(agenda, "rules"), "chain_end");
  if (!FromHex(end) || end.size() != 2 * sizeof(surge::ChainValue) ||
      end.find_first_not_of('0') == std::string::npos)
    return Fail(kName, "no end of the chain of K is published", "publish the agenda again");
  if (Text(queue, "chain_end") != end) {
    return Fail(kName, "the agenda and its queue name different ends of the chain",
                "tell the engine's makers; what is drawn could not be checked");
  }
  const std::optional<CivilDate> date = ParseDate(Text(queue, "opening"));
  if (!date) return Warn(kName, "there is no opening to have a K", "see the agenda's [opening]");
  const int32_t index = DaysFromCivil(*date) - surge::kChainFirstDay;
  if (index < 0 || index >= surge::kChainDays) {
    return Fail(kName, "the opening of " + Text(queue, "opening") + " is beyond the chain's years",
                "the engine needs a newer version with another chain");
  }
  return Ok(kName, absl::StrCat("K of ", Text(queue, "opening"), " is number ", index + 1, " of ",
                                surge::kChainDays));
}

Check CheckSeats(const PreflightFacts& facts, const json::object& agenda) {
  constexpr const char* kName = "seats";
  const json::object before = ParseDocument(facts.yesterday);
  std::string says;
  std::string fell;
  for (const Channel channel : kAllChannels) {
    const std::string name(ChannelName(channel));
    const json::object& counts = Object(Object(agenda, "channels"), name);
    const uint64_t free = Whole(counts, "free").value_or(0);
    const std::optional<uint64_t> old = Whole(Object(Object(before, "seats"), name), "free");
    if (Whole(counts, "published").value_or(0) == 0 && old.value_or(0) == 0) continue;
    absl::StrAppend(&says, says.empty() ? "" : ", ", name, " ", free, " free");
    if (old) absl::StrAppend(&says, " (", *old, " then)");
    // Half as many from one day to the next is more than a day's reservations.
    if (old && free < *old / 2) fell += (fell.empty() ? "" : ", ") + name;
  }
  if (WebSeatsFree(agenda) == 0)
    return Fail(kName, says.empty() ? "there are none" : says,
                "publish a calendar with free seats");
  if (!fell.empty()) {
    return Warn(kName, says + "; less than half of what was free then: " + fell,
                "see whether the calendar is the one that was meant");
  }
  if (!facts.yesterday.empty() && before.empty())
    return Warn(kName, says + "; --yesterday is no report of this", "give what --json printed");
  return Ok(kName, says);
}

Check CheckSnapshot(const PreflightFacts& facts) {
  constexpr const char* kName = "snapshot";
  const std::string take = "creneauctl snapshot save, before people come";
  const double since = facts.metrics.Value("creneau_log_bytes_since_snapshot").value_or(0);
  const auto taken_s = facts.metrics.Value("creneau_snapshot_timestamp_seconds");
  const std::string age =
      !taken_s ? "there is none"
               : absl::StrFormat("%.1f hours old",
                                 (static_cast<double>(facts.now.ms) / 1000 - *taken_s) / 3600);
  const std::string says = age + ", a start would read " + Mib(since) + " of log after it";
  if (since >= kLogSinceSnapshotWarn) return Warn(kName, says, take);
  return Ok(kName, says);
}

Check CheckListener(const ListenerFacts& listener) {
  if (listener.address.empty())
    return Warn(listener.name, "not looked at", "give its address, to see that it answers");
  if (!listener.failure.empty()) {
    return Fail(listener.name, listener.address + ": " + listener.failure,
                "see the daemon's --listen, and what stands between");
  }
  return Ok(listener.name,
            absl::StrCat(listener.address, " answered in ", listener.answered_in_ms, " ms"));
}

absl::CivilDay Today(Instant now, const std::string& zone_name) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(zone_name, &zone);
  return absl::ToCivilDay(absl::FromUnixMillis(now.ms), zone);
}

// Today, at the office; the next one otherwise is tomorrow's at best.
Check CheckOpening(const PreflightFacts& facts, const json::object& agenda,
                   const json::object& phased) {
  constexpr const char* kName = "opening";
  const std::string phase = Text(phased, "phase");
  const std::string opens = Text(phased, "opens_at");
  const std::string words = PhaseInWords(phased);
  if (phase == "open") return Ok(kName, words);
  if (phase == "exhausted") return Warn(kName, words, "nothing can be booked: see the seats below");
  absl::Time at;
  std::string reason;
  if (!absl::ParseTime(absl::RFC3339_full, opens, &at, &reason))
    return Fail(kName, "none within a year", "see the agenda's [opening]");
  const absl::Duration left = at - absl::FromUnixMillis(facts.now.ms);
  const std::string when =
      "at " + Minute(opens) + ", in " + absl::FormatDuration(absl::Trunc(left, absl::Seconds(1)));
  const std::string zone = Text(agenda, "timezone");
  if (Today(facts.now, zone) != Today(Instant{absl::ToUnixMillis(at)}, zone))
    return Warn(kName, "not today, but " + when, "if it should be, see the agenda's [opening]");
  return Ok(kName, when);
}

Check CheckHand(const PreflightFacts& facts, const json::object& phased) {
  constexpr const char* kName = "by hand";
  const std::string resume = "creneauctl queue resume " + Text(phased, "agenda");
  if (IsTrue(phased, "paused")) return Fail(kName, "PAUSED: nobody can hold a seat", resume);
  const MetricsText::Labels of_agenda = {{"agenda", Text(phased, "agenda")}};
  if (facts.metrics.Value("creneau_queue_draining", of_agenda).value_or(0) > 0)
    return Fail(kName, "DRAINING: no tickets are given out", resume);
  const double cap =
      facts.metrics.Value("creneau_queue_rate_cap_per_minute", of_agenda).value_or(0);
  if (cap > 0) {
    return Warn(kName, absl::StrFormat("at most %.0f people a minute are let in", cap),
                "if nobody meant it: creneauctl queue rate " + Text(phased, "agenda") + " 0");
  }
  return Ok(kName, "neither paused nor slowed down");
}

Check CheckRoster(const PreflightFacts& facts, const json::object& agenda) {
  constexpr const char* kName = "roster";
  const auto people =
      facts.metrics.Value("creneau_roster_people", {{"agenda", Text(agenda, "agenda")}});
  if (!people) return Warn(kName, "the engine does not say", "see its version");
  if (*people < 1)
    return Fail(kName, "empty: nobody can book",
                "creneauctl roster import, from the office's list");
  return Ok(kName, absl::StrFormat("%.0f people", *people));
}

}  // namespace

std::string_view FitnessName(Fitness fitness) {
  switch (fitness) {
    case Fitness::kOk:
      return "ok";
    case Fitness::kWarn:
      return "warn";
    case Fitness::kFail:
      return "FAIL";
  }
  return "";
}

std::vector<Check> ChecksOf(const PreflightFacts& facts) {
  const json::object agenda = ParseDocument(facts.agenda);
  const json::object queue = ParseDocument(facts.queue);
  std::vector<Check> checks;
  if (agenda.empty()) {
    checks.push_back(Fail("agenda", "there is none of that name", "creneauctl agenda publish"));
  } else {
    const json::object& phased = queue.empty() ? agenda : queue;
    checks.push_back(Ok("agenda", absl::StrCat("version ", Text(agenda, "version"), ", published ",
                                               Minute(Text(agenda, "published_at")))));
    checks.push_back(CheckOpening(facts, agenda, phased));
    checks.push_back(CheckHand(facts, phased));
    checks.push_back(CheckSeats(facts, agenda));
    if (Text(Object(agenda, "rules"), "identity_proof") == "listed")
      checks.push_back(CheckRoster(facts, agenda));
    if (Text(agenda, "policy") == "queue") checks.push_back(CheckChain(agenda, queue));
    const std::string beacon = Text(Object(agenda, "rules"), "beacon");
    if (Text(queue, "limited_by") == "beacon")
      checks.push_back(Fail("beacon", "the opening is due and waits for what it gives: " + beacon,
                            "creneauctl queue beacon AGENDA VALUE, or --without"));
    else if (!beacon.empty() && Text(Object(queue, "beacon"), "value").empty())
      checks.push_back(Warn("beacon", "the opening will wait for what it gives: " + beacon,
                            "have it at hand at its hour: creneauctl queue beacon AGENDA VALUE"));
  }
  checks.push_back(CheckClock(facts.clock));
  checks.push_back(CheckFlush(facts.metrics));
  checks.push_back(CheckDisk(facts, agenda));
  checks.push_back(CheckDescriptors(facts.descriptors));
  checks.push_back(CheckKeys(facts.keys));
  checks.push_back(CheckSnapshot(facts));
  for (const ListenerFacts& listener : facts.listeners) checks.push_back(CheckListener(listener));
  return checks;
}

bool IsFit(const std::vector<Check>& checks) {
  return std::none_of(checks.begin(), checks.end(),
                      [](const Check& check) { return check.fitness == Fitness::kFail; });
}

std::string ChecksAsText(const std::vector<Check>& checks) {
  Table table({Align::kLeft, Align::kLeft, Align::kLeft});
  for (const Check& check : checks) {
    table.Row({std::string(FitnessName(check.fitness)), check.name, check.says});
    if (!check.what_to_do.empty()) table.Row({"", "", "-> " + check.what_to_do});
  }
  return table.Text() + (IsFit(checks) ? "fit\n" : "NOT FIT\n");
}

std::string ChecksAsJson(const std::vector<Check>& checks, const PreflightFacts& facts) {
  std::vector<std::string> list;
  for (const Check& check : checks) {
    Fields members = {{"check", JsonText(check.name)},
                      {"verdict", JsonText(FitnessName(check.fitness))},
                      {"says", JsonText(check.says)}};
    if (!check.what_to_do.empty()) members.emplace_back("do", JsonText(check.what_to_do));
    list.push_back(JsonObject(members));
  }
  const json::object agenda = ParseDocument(facts.agenda);
  Fields seats;
  for (const auto& [channel, counts] : Object(agenda, "channels"))
    seats.emplace_back(std::string(channel.data(), channel.size()), json::serialize(counts));
  return JsonObject({{"fit", IsFit(checks) ? "true" : "false"},
                     {"agenda", JsonText(Text(agenda, "agenda"))},
                     {"checked_at", JsonText(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                                                              absl::FromUnixMillis(facts.now.ms),
                                                              absl::UTCTimeZone()))},
                     {"checks", JsonList(list)},
                     {"seats", JsonObject(seats)}});
}

}  // namespace creneau::ctl
