// What makes an engine unfit for nine o'clock, one thing at a time.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "tools/creneauctl/preflight_checks.h"

namespace creneau::ctl {
namespace {

const std::string kEnd(64, 'a');

// 8:55 of a day on which all is well.
PreflightFacts Good() {
  PreflightFacts facts;
  facts.now = Instant{1'796'111'700'000};  // 2026-12-01T07:55:00Z
  facts.agenda = R"({"agenda":"92","version":3,"published_at":"2026-11-22T05:00:00+01:00",
      "timezone":"Europe/Paris","policy":"queue","phase":"gathering",
      "rules":{"identity_proof":"listed","chain_from":"2026-01-01","chain_end":")" +
                 kEnd + R"("},
      "channels":{"web":{"published":500,"free":430},"desk":{"published":100,"free":60}}})";
  facts.queue = R"({"agenda":"92","phase":"gathering","opening":"2026-12-01",
      "opens_at":"2026-12-01T09:00:00+01:00","closes_at":"2026-12-01T10:00:00+01:00",
      "chain_end":")" +
                kEnd + "\"}";
  facts.metrics = MetricsText(
      "creneau_log_batch_p99_seconds 0.001\n"
      "creneau_roster_people{agenda=\"92\"} 5000\n"
      "creneau_log_bytes_since_snapshot 1000000\n"
      "creneau_snapshot_timestamp_seconds 1796080000\n");
  facts.clock = ClockFacts{true, 900, 20'000};
  facts.disk = DiskFacts{"data", uint64_t{100} << 30};
  facts.descriptors = DescriptorFacts{limits::kMaxConnections + 2000, 100};
  facts.keys = KeyFacts{"data/keys", true, {}, {}};
  facts.listeners = {{"listener", "127.0.0.1:8080", "", 2}};
  facts.yesterday = R"({"seats":{"web":{"free":450},"desk":{"free":70}}})";
  return facts;
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  text.replace(text.find(from), from.size(), to);
}

const Check& Find(const std::vector<Check>& checks, const std::string& name) {
  const auto at = std::find_if(checks.begin(), checks.end(),
                               [&](const Check& check) { return check.name == name; });
  REQUIRE(at != checks.end());
  return *at;
}

TEST_CASE("at 8:55 of a good day everything is ok") {
  const std::vector<Check> checks = ChecksOf(Good());
  CHECK(checks.size() == 13);
  for (const Check& check : checks) {
    INFO(check.name << ": " << check.says);
    CHECK(check.fitness == Fitness::kOk);
    CHECK(check.what_to_do.empty());
  }
  CHECK(Find(checks, "opening").says == "at 2026-12-01T09:00, in 5m");
  CHECK(Find(checks, "seats").says == "web 430 free (450 then), desk 60 free (70 then)");
  CHECK(Find(checks, "chain").says == "K of 2026-12-01 is number 335 of 7305");
  CHECK(ChecksAsText(checks).find("\nfit\n") != std::string::npos);
  const std::string json = ChecksAsJson(checks, Good());
  CHECK(json.rfind(R"({"fit":true,"agenda":"92","checked_at":"2026-12-01T07:55:00Z",)", 0) == 0);
  CHECK(json.find(R"("seats":{"web":{"published":500,"free":430},"desk")") != std::string::npos);
}

using Change = std::function<void(PreflightFacts&)>;

struct Case {
  const char* name;
  Fitness fitness;
  const char* said;
  Change change;
};

constexpr Fitness kWarn = Fitness::kWarn;
constexpr Fitness kFail = Fitness::kFail;

// Nothing but that metric.
Change Metric(const std::string& line) {
  return [line](PreflightFacts& facts) { facts.metrics = MetricsText(line + "\n"); };
}
Change Agenda(const std::string& from, const std::string& to) {
  return [from, to](PreflightFacts& facts) { Replace(facts.agenda, from, to); };
}
Change Queue(const std::string& from, const std::string& to) {
  return [from, to](PreflightFacts& facts) { Replace(facts.queue, from, to); };
}

void TryEach(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    PreflightFacts facts = Good();
    one.change(facts);
    const std::vector<Check> checks = ChecksOf(facts);
    const Check& check = Find(checks, one.name);
    INFO(one.name << ": " << check.says);
    CHECK(check.fitness == one.fitness);
    CHECK(check.says.find(one.said) != std::string::npos);
    CHECK(check.what_to_do.empty() == (one.fitness == Fitness::kOk));
    if (one.fitness == kFail) CHECK_FALSE(IsFit(checks));
  }
}

TEST_CASE("what is not as it should be in an agenda is said, with what to do") {
  TryEach({
      {"agenda", kFail, "none of that name", [](auto& facts) { facts.agenda = ""; }},
      {"opening", kWarn, "not today, but at 2026-12-02T09:00, in 24h5m",
       Queue("2026-12-01T09:00", "2026-12-02T09:00")},
      {"opening", kFail, "none within a year", Queue("opens_at", "opened")},
      {"opening", Fitness::kOk, "open until 2026-12-01T10:00", Queue("gathering", "open")},
      {"opening", kWarn, "exhausted", Queue("gathering", "exhausted")},
      {"by hand", kFail, "PAUSED", Queue("{", "{\"paused\":true,")},
      {"by hand", kFail, "DRAINING", Metric("creneau_queue_draining{agenda=\"92\"} 1")},
      {"by hand", kWarn, "at most 60 people a minute",
       Metric("creneau_queue_rate_cap_per_minute{agenda=\"92\"} 60")},
      {"seats", kFail, "web 0 free", Agenda("\"free\":430", "\"free\":0")},
      {"seats", kWarn, "less than half of what was free then: desk",
       Agenda("\"free\":60", "\"free\":34")},
      {"seats", kWarn, "no report", [](auto& facts) { facts.yesterday = "x"; }},
      {"roster", kFail, "empty", Metric("creneau_roster_people{agenda=\"92\"} 0")},
      {"roster", kWarn, "does not say", Metric("x 1")},
      {"chain", kFail, "different ends", Queue(kEnd, std::string(64, 'b'))},
      {"chain", kFail, "no end of the chain", Agenda(kEnd, std::string(64, '0'))},
      {"chain", kFail, "beyond the chain's years", Queue("2026-12-01\"", "2046-01-01\"")},
  });
}

TEST_CASE("what is not as it should be in an engine is said, with what to do") {
  TryEach({
      {"clock", kWarn, "does not say", [](auto& facts) { facts.clock.reset(); }},
      {"clock", kWarn, "not told the time", [](auto& facts) { facts.clock->synchronised = false; }},
      {"clock", kWarn, "about 200.0 ms",
       [](auto& facts) { facts.clock->estimated_error_us = 200'000; }},
      {"clock", kFail, "about 1500.0 ms",
       [](auto& facts) { facts.clock->estimated_error_us = 1'500'000; }},
      {"flush", kWarn, "nothing was written yet", Metric("x 1")},
      {"flush", kWarn, "30 ms (p99)", Metric("creneau_log_batch_p99_seconds 0.03")},
      {"flush", kFail, "200 ms (p99)", Metric("creneau_log_batch_p99_seconds 0.2")},
      {"flush", Fitness::kOk, "since its start",
       Metric("creneau_log_batch_duration_seconds_bucket{le=\"0.001\"} 3")},
      {"disk", kFail, "the log has failed", Metric("creneau_log_failed 1")},
      {"disk", kFail, "new holds are refused", Metric("creneau_read_only 1")},
      {"disk", kWarn, "not looked at", [](auto& facts) { facts.disk.reset(); }},
      {"disk", kWarn, "500 MiB free", [](auto& facts) { facts.disk->free_bytes = 500u << 20; }},
      {"disk", kFail, "100 MiB free", [](auto& facts) { facts.disk->free_bytes = 100u << 20; }},
      {"descriptors", kWarn, "cannot be looked at", [](auto& facts) { facts.descriptors.reset(); }},
      {"descriptors", kWarn, "fewer connections",
       [](auto& facts) { facts.descriptors->limit = 4096; }},
      {"descriptors", kFail, "100 of 512", [](auto& facts) { facts.descriptors->limit = 512; }},
      {"keys", kWarn, "not looked at", [](auto& facts) { facts.keys.reset(); }},
      {"keys", kWarn, "cannot be read", [](auto& facts) { facts.keys->readable = false; }},
      {"keys", kFail, "names.key, chain.key",
       [](auto& facts) {
         facts.keys->missing = {"names.key", "chain.key"};
       }},
      {"keys", kFail, "others may read",
       [](auto& facts) { facts.keys->open_to_others = {"mac.key"}; }},
      {"snapshot", kWarn, "2048 MiB of log", Metric("creneau_log_bytes_since_snapshot 2147483648")},
      {"listener", kWarn, "not looked at", [](auto& facts) { facts.listeners[0].address = ""; }},
      {"listener", kFail, "nobody", [](auto& facts) { facts.listeners[0].failure = "nobody"; }},
  });
}

TEST_CASE("an agenda without a queue has neither chain nor roster to look at") {
  PreflightFacts facts = Good();
  facts.agenda = R"({"agenda":"93","timezone":"Europe/Paris","policy":"direct","phase":"closed",
      "opens_at":"2026-12-01T09:00:00+01:00","rules":{"identity_proof":"declared"},
      "channels":{"web":{"published":5,"free":4}}})";
  facts.queue = "";
  facts.yesterday = "";
  const std::vector<Check> checks = ChecksOf(facts);
  CHECK(checks.size() == 11);
  CHECK(Find(checks, "opening").fitness == Fitness::kOk);
  CHECK(Find(checks, "seats").says == "web 4 free");
  CHECK(IsFit(checks));
}

}  // namespace
}  // namespace creneau::ctl
