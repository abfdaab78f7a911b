// The pieces of a crowd: who comes when, who waits for what, what is sent, what is read.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "bench/creneau-bench/crowd/crowd_requests.h"
#include "bench/creneau-bench/crowd/lines.h"
#include "bench/creneau-bench/crowd/office.h"
#include "bench/creneau-bench/crowd/population.h"
#include "bench/creneau-bench/crowd/shared_document.h"
#include "bench/creneau-bench/crowd/story_report.h"
#include "bench/creneau-bench/crowd/wheel.h"

namespace creneau::bench {
namespace {

constexpr int64_t kS = kNsPerSecond;

TEST_CASE("wheel: everybody is due once, never early, in a quarter of a millisecond") {
  constexpr uint32_t kMany = 5000;
  Wheel wheel(kMany);
  Prng prng(3);
  std::vector<int64_t> due(kMany);
  for (uint32_t i = 0; i < kMany; ++i) {
    due[i] = static_cast<int64_t>(prng.Below(300 * uint64_t{kS}));  // several times around
    wheel.Put(i, due[i]);
  }
  std::set<uint32_t> done;
  for (int64_t now = 0; now < 301 * kS; now += kS / 100) {
    const int64_t look = wheel.LookAgainNs(now, now + kS / 100);
    REQUIRE((look > now || look == now + kS / 100));
    wheel.Turn(now, [&](uint32_t asker, int64_t due_ns) {
      REQUIRE(due_ns == due[asker]);
      REQUIRE(due_ns <= now);
      REQUIRE(due_ns > now - kS / 100 - (1 << 18));
      REQUIRE(done.insert(asker).second);
    });
  }
  CHECK(done.size() == kMany);
  CHECK(wheel.size() == 0);
}

TEST_CASE("wheel: what is put while it turns, also for a moment that has passed, is not lost") {
  Wheel wheel(2);
  wheel.Put(0, 10 * kS);
  int turns = 0;
  const auto again = [&](uint32_t asker, int64_t) {
    if (++turns < 3) wheel.Put(asker, 1);
  };
  wheel.Turn(500 * kS, again);  // after a long sleep
  wheel.Turn(501 * kS, again);
  CHECK(turns == 3);
}

TEST_CASE("lines: first come, first served, and no lane waits for another") {
  Lines lines({1, 1, 0, 1, 1}, 10);
  for (const uint32_t asker : {4u, 2u, 7u}) lines.Wait(asker, Lane::kPeople);
  lines.Wait(5, Lane::kConfirms);
  CHECK(lines.waiting() == 4);
  uint32_t connection = 0;
  uint32_t asker = 0;
  CHECK(!lines.Pair(Lane::kPeople, &connection, &asker));
  lines.Idle(0, 1);
  lines.Idle(0, 2);  // it is there once
  REQUIRE(lines.Pair(Lane::kPeople, &connection, &asker));
  CHECK(asker == 4);
  CHECK(lines.at(connection).asker == 4);
  CHECK(!lines.Pair(Lane::kPeople, &connection, &asker));
  lines.Idle(lines.first_of(Lane::kConfirms), 1);
  CHECK(lines.CanPair(Lane::kConfirms));
  lines.WaitFirst(9, Lane::kPeople);
  for (const uint32_t next : {9u, 2u, 7u}) {
    lines.Idle(0, 3);
    REQUIRE(lines.Pair(Lane::kPeople, &connection, &asker));
    CHECK(asker == next);
  }
}

TEST_CASE("population: most come before the opening, more and more of them, and stay the same") {
  CrowdOptions options;
  options.common.seed = 5;
  options.people = 20'000;
  options.bots = 10;
  options.invented = 10;
  options.watchers = 10;
  options.agendas = 101;
  const Timeline timeline{10 * kS, 50 * kS, 650 * kS};
  const Population population(options, timeline);
  std::map<int64_t, int> tens;  // of seconds before or after the opening
  std::map<Group, int> groups;
  std::vector<int> agendas(options.agendas);
  int early = 0;
  int drops = 0;
  std::vector<double> think;
  for (uint32_t i = 0; i < population.size(); ++i) {
    const Person person = population.Make(i);
    const Person again = population.Make(i);
    REQUIRE(person.arrives_ns == again.arrives_ns);
    REQUIRE(person.arrives_ns >= timeline.arrivals_ns);
    ++groups[person.traits.group];
    if (person.traits.group != Group::kPerson) continue;
    ++agendas[person.agenda];
    early += person.arrives_ns < timeline.opens_ns;
    drops += person.traits.drops_of_256 > 0;
    think.push_back(person.traits.think_ms);
    ++tens[(person.arrives_ns - timeline.opens_ns) / (10 * kS) -
           (person.arrives_ns < timeline.opens_ns)];
  }
  CHECK(groups == std::map<Group, int>{{Group::kPerson, 20'000},
                                       {Group::kWatcher, 10},
                                       {Group::kBot, 10},
                                       {Group::kInvented, 10}});
  CHECK(early / 20'000.0 == Approx(0.8).epsilon(0.03));
  CHECK(drops / 20'000.0 == Approx(0.3).epsilon(0.05));
  CHECK(tens[-1] > 2 * tens[-2]);
  CHECK(tens[-2] > 2 * tens[-3]);
  CHECK(tens[0] > tens[1]);
  CHECK(agendas[0] > 5 * agendas[100]);
  CHECK(*std::min_element(agendas.begin(), agendas.end()) > 0);
  std::nth_element(think.begin(), think.begin() + 10'000, think.end());
  CHECK(think[10'000] / 1000 == Approx(options.think_s).epsilon(0.05));
}

std::string Document(const std::string& more) {
  return R"({"agenda":"a","opening":"2026-12-01","phase":"open","paused":false,)"
         R"("now":"2026-12-01T08:00:30Z","gathers_at":"2026-12-01T07:30:00Z",)"
         R"("opens_at":"2026-12-01T09:00:00+01:00","closes_at":"2026-12-01T09:00:00Z",)"
         R"("served":20,"rate_per_min":600,"gathered":1000,"waiting":980,"free":7)" +
         more + "}";
}

TEST_CASE("status document: read, on our clock") {
  const auto sight = ReadSight(Document(R"(,"served_rank":"12345678901234567890")"), 100 * kS);
  REQUIRE(sight);
  CHECK(sight->phase == Phase::kOpen);
  CHECK(sight->opens_ns == 70 * kS);
  CHECK(sight->closes_ns == (100 + 3570) * kS);
  CHECK(sight->served_rank == 12'345'678'901'234'567'890u);
  CHECK(sight->free == 7);
  CHECK(!sight->k);
  CHECK(!ReadSight(Document(""), 0));
  CHECK(!ReadSight("{}", 0));
  // Half of the thousand who gathered are before the middle; twenty have been served.
  CHECK(PlaceOf(*sight, surge::RankAt(surge::Bucket{0}, 0.5), 0) == 479);
  CHECK(PlaceOf(*sight, surge::RankAt(surge::Bucket{0}, 0.01), 0) == 0);
  CHECK(PlaceOf(*sight, surge::RankAt(surge::Bucket{4}, 0.5), 1000) == 981);
  // 10 a second: a quarter of the wait, two seconds at least, thirty at most.
  CHECK(PollAfterNs(*sight, 480) == 12 * kS);
  CHECK(PollAfterNs(*sight, 0) == 2 * kS);
  CHECK(PollAfterNs(*sight, 1'000'000) == 30 * kS);
}

TEST_CASE("status document: what cannot be true beside what it said before") {
  KeyedHash::Key secret{};
  const surge::KeyChain chain(secret, "a");
  const auto hex = [](const surge::ChainValue& value) {
    std::string out;
    for (const uint8_t byte : value) {
      for (const int digit : {byte >> 4, byte & 15}) out += "0123456789abcdef"[digit];
    }
    return out;
  };
  const auto key = chain.KeyOf(surge::kChainFirstDay + 334);  // 2026-12-01
  REQUIRE(key);
  const auto with = [&](const std::string& k, const std::string& end, int served) {
    return Document(R"(,"served_rank":")" + std::to_string(served) + R"(","k":")" + k +
                    R"(","chain_end":")" + end + '"');
  };
  const std::string end = hex(chain.End());
  SharedDocument document;
  std::string untrue;
  REQUIRE(document.Take(200, with(hex(*key), end, 5), kS, &untrue));
  CHECK(untrue.empty());
  CHECK(document.Fresh(kS + kS / 2));
  CHECK(!document.Fresh(2 * kS));
  CHECK(!document.Take(503, with(hex(*key), end, 5), kS, &untrue));
  REQUIRE(document.Take(200, with(hex(*key), end, 4), kS, &untrue));
  CHECK(untrue == "the served rank went back");
  REQUIRE(document.Take(200, with(hex(chain.End()), end, 6), kS, &untrue));
  CHECK(untrue == "K changed");
  // The next day's opening has another K, and has served nobody.
  std::string tomorrow = with("", end, 0);
  tomorrow.replace(tomorrow.find("2026-12-01"), 10, "2026-12-02");
  REQUIRE(document.Take(200, tomorrow, kS, &untrue));
  CHECK(untrue.empty());
  SharedDocument other;
  REQUIRE(other.Take(200, with(hex(chain.End()), end, 5), kS, &untrue));
  CHECK(untrue == "K does not belong to the chain whose end the document says");
}

TEST_CASE("requests: framed right, and everybody is the same person each time") {
  const CrowdRequests requests({"a", "b"}, "host", 9);
  const auto framed = [](const std::string& out) {
    const size_t body = out.find("\r\n\r\n") + 4;
    const size_t length = out.find("Content-Length: ") + 16;
    return std::stoul(out.substr(length)) == out.size() - body ? out.substr(body) : "";
  };
  std::string ticket;
  requests.Ticket(1, 3, &ticket);
  CHECK(ticket.rfind("POST /v1/agendas/b/tickets HTTP/1.1\r\n", 0) == 0);
  const std::string applicant = framed(ticket);
  CHECK(applicant.rfind(R"({"applicant":{"dossier":")", 0) == 0);
  std::string hold;
  requests.Hold(0, 3, "TICKET", "", &hold);
  CHECK(framed(hold) == applicant.substr(0, applicant.size() - 1) + R"(,"ticket":"TICKET"})");
  hold.clear();
  requests.Hold(0, 3, "TICKET", "2026-12-01T09:20", &hold);
  CHECK(framed(hold).find(R"("ticket":"TICKET","slot":"2026-12-01T09:20"})") != std::string::npos);
}

TEST_CASE("replies: what a person hears") {
  const struct {
    Ask ask;
    int status;
    const char* body;
    Heard::What what;
  } cases[] = {
      {Ask::kTicket, 201, R"({"ticket":"t","admitted":false,"poll_after_s":12})",
       Heard::What::kTicket},
      {Ask::kTicket, 201, R"({"admitted":false})", Heard::What::kWrong},
      {Ask::kTicket, 409, R"({"code":"not-open-yet"})", Heard::What::kNotOpenYet},
      {Ask::kHold, 409, R"({"code":"not-admitted","poll_after_s":3})", Heard::What::kNotAdmitted},
      {Ask::kHold, 200, R"({"state":"held"})", Heard::What::kHeld},
      {Ask::kHold, 409, R"({"code":"slot-taken"})", Heard::What::kSlotTaken},
      {Ask::kConfirm, 200, R"({"state":"held"})", Heard::What::kWrong},
      {Ask::kConfirm, 200, R"({"state":"confirmed"})", Heard::What::kConfirmed},
      {Ask::kConfirm, 410, R"({"code":"hold-expired"})", Heard::What::kHoldExpired},
      {Ask::kConfirm, 503, R"({"code":"outcome-unknown"})", Heard::What::kLost},
      {Ask::kTicket, 429, R"({"code":"rate-limited"})", Heard::What::kRefused},
      {Ask::kTicket, 502, "<html>nginx", Heard::What::kRefused},
      {Ask::kTicket, 404, R"({"code":"not-found"})", Heard::What::kWrong},
  };
  for (const auto& one : cases) {
    INFO(one.body);
    CHECK(HeardOf(one.ask, one.status, one.body, 0).what == one.what);
  }
  CHECK(HeardOf(Ask::kTicket, 201, cases[0].body, 0).after_ns == 12 * kS);
  CHECK(HeardOf(Ask::kTicket, 503, "", 4).after_ns == 4 * kS);
  const std::string slots = R"({"slots":[{"slot":"A","free":0},{"slot":"B","free":2},)"
                            R"({"slot":"C","free":1}]})";
  CHECK(FreeSlot(slots, 0) == "B");
  CHECK(FreeSlot(slots, 3) == "C");
  CHECK(FreeSlot(R"({"slots":[]})", 3).empty());
}

TEST_CASE("office: an opening at a full minute, never over midnight") {
  CrowdOptions options;
  options.gather_s = 20;
  options.minutes = 10;
  for (const int64_t second : {0, 30, 3599, 86'399, 86'000, 43'200}) {
    INFO(second);
    const OpeningTimes times = TimesOf(options, Instant{1'800'000'000'000 + second * 1000});
    CHECK(times.gather <= times.open);
    CHECK(times.close < 24 * 60);
    CHECK(times.close == times.open + 10);
    const int64_t offset_s = std::string(times.timezone) == "UTC" ? 0 : 12 * 3600;
    const int64_t opens = times.today * int64_t{86'400} + times.open * 60 - offset_s;
    const int64_t now = 1'800'000'000 + second;
    CHECK(opens >= now + 20);
    CHECK(opens < now + 80);
  }
}

TEST_CASE("report: bots are held against their share, a generator that is late voids the run") {
  StoryReport report;
  report.options.people = 900;
  report.options.bots = 100;
  auto& story = report.story;
  const auto seat = [&](Group group, uint64_t seats) {
    story.ends[static_cast<size_t>(group)][static_cast<size_t>(End::kSeated)] = seats;
  };
  const auto met = [&](std::string_view name) {
    Conclude(&report);
    for (const Promise& promise : report.promises) {
      if (promise.name == name) return promise.met();
    }
    return false;
  };
  seat(Group::kPerson, 450);
  seat(Group::kBot, 50);
  CHECK(met("bots_share"));
  CHECK(report.share_of_seats() == Approx(0.1));
  CHECK(report.share_of_identities() == Approx(0.1));
  CHECK(report.verdict() == "ok");
  seat(Group::kBot, 100);  // of 550: 18 %, where chance explains 15
  CHECK(!met("bots_share"));
  CHECK(report.verdict() == "objective-missed");
  story.losses.requests = 10'000;
  story.losses.late = 11;
  CHECK(report.verdict() == "void");
  story.confirms.in_time = 500;
  story.confirms.kept = 499;
  CHECK(!met("confirms_kept"));
  story.Wrong("a lie");
  story.Wrong("a lie");
  CHECK(report.verdict() == "wrong");
  CHECK(story.wrong_examples.size() == 1);
  CHECK(AsText(report).find("WRONG: a lie") != std::string::npos);
}

TEST_CASE("correlation: none between strangers, all of it between the same") {
  Correlation none;
  Correlation all;
  Prng prng(1);
  for (int i = 0; i < 2000; ++i) {
    const double x = 1e15 + static_cast<double>(prng.Below(1'000'000));
    none.Add(x, static_cast<double>(prng.Below(1'000'000)) / 1e6);
    all.Add(x, -x / 3);
  }
  CHECK(std::abs(none.Done().r) < 0.08);
  CHECK(none.Done().p > 0.001);
  CHECK(all.Done().r == Approx(-1));
  CHECK(all.Done().p < 1e-9);
  CHECK(Correlation().Done().p == 1);
}

}  // namespace
}  // namespace creneau::bench
