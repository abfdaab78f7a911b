// The auditor of queues must see what it is there for: each answer that is not "" breaks a promise.
#include "tests/sim/queues.h"

#include "base/text.h"
#include "catch2/catch.hpp"
#include "surge/key_chain.h"

namespace creneau::sim {
namespace {

constexpr Instant kOpens{1796029200000};  // 2026-11-30T10:00:00+01:00
const std::string kQueue = "q/";
const std::string kListed = "l/";

Told Answer(int status, const std::string& body) {
  return Told("HTTP/1.1 " + std::to_string(status) + " x\r\n\r\n" + body);
}
Told Problem(int status, const std::string& code, const std::string& more = "") {
  return Answer(status, R"({"code":")" + code + "\"" + more + "}");
}
const Told kHeld = Answer(201, "{}");
const Told kWait = Problem(409, "not-admitted", R"(,"poll_after_s":5)");
const Told kMissed = Problem(409, "not-admitted", R"(,"detail":"came and was not used")");
const Told kUsed = Problem(409, "not-admitted", R"(,"detail":"have lapsed or were given up")");
const Told kBadTicket =
    Problem(422, "validation-failed", R"(,"pointer":"/ticket","message":"ask for a new one")");

KeyedHash::Key Secret() {
  KeyedHash::Key key;
  key.fill(7);
  return key;
}

struct Fixture {
  Fixture() {
    queues.Add(kQueue, {9 * 60 + 30, 10 * 60, 11 * 60, false});
    queues.Add(kListed, {9 * 60 + 30, 10 * 60, 11 * 60, true});
  }
  // An open queue, unless `key` is empty.
  Told Doc(const std::string& key, uint64_t served = 0,
           const std::string& closes = "11:00:00") const {
    return Answer(200, R"({"phase":")" + std::string(key.empty() ? "gathering" : "open") +
                           R"(","opening":"2026-11-30","gathers_at":"2026-11-30T09:30:00+01:00",)" +
                           R"("opens_at":"2026-11-30T10:00:00+01:00","closes_at":"2026-11-30T)" +
                           closes + R"(+01:00","served_rank":")" + std::to_string(served) +
                           R"(","served":0,)" + (key.empty() ? "" : R"("k":")" + key + "\",") +
                           R"("chain_end":")" + Hex(chain.End()) + "\"}");
  }
  std::string Ticket(int person, uint32_t bucket, int day_on = 0) const {
    const surge::OpeningId opening{AgendaId{1}, day + day_on};
    const Subject subject{static_cast<uint64_t>(person), 1};
    return std::string(surge::Sign(hash, {.opening = opening,
                                          .bucket = surge::Bucket{bucket},
                                          .before = 0,
                                          .tag = surge::TagOf(hash, opening, subject),
                                          .nonce = {}})
                           .view());
  }
  uint64_t Rank(const std::string& ticket) const {
    const auto read = surge::ReadUnverified(ticket);
    return surge::RankOf(*chain.KeyOf(day), read->tag, read->bucket).value;
  }
  Told Issued(const std::string& ticket, bool admitted = false) const {
    return Answer(201, R"({"ticket":")" + ticket + R"(","admitted":)" +
                           (admitted ? "true" : "false") + R"(,"rank":")" +
                           std::to_string(Rank(ticket)) + R"(","place":)" + (admitted ? "0" : "3") +
                           "}");
  }
  void Open(uint64_t served = 0) {
    REQUIRE(queues.Status(kQueue, Doc(k, served), kOpens + 1'000) == "");
  }
  std::optional<std::string> Gate(const std::string& ticket, const Told& told, Instant now,
                                  Turns turns = {}) {
    return queues.Gate(kQueue, 1, {ticket, false}, turns, told, now);
  }
  static bool Passes(const std::optional<std::string>& verdict) {
    return !verdict || verdict->empty();
  }

  const KeyedHash hash{Secret()};
  const surge::KeyChain chain{Secret(), "q"};
  const int day = Queues::DayOf(kOpens);
  const std::string k = Hex(*chain.KeyOf(day));
  std::map<std::string, uint64_t> reached;
  Queues queues{reached};
};

TEST_CASE_METHOD(Fixture, "K comes at the opening, out of the chain, and stays") {
  CHECK(queues.Status(kQueue, Doc(k), kOpens - 1) != "");
  CHECK(queues.Status(kQueue, Doc(""), kOpens - 1) == "");
  CHECK(queues.Status(kQueue, Doc(Hex(*chain.KeyOf(day + 1))), kOpens) != "");
  CHECK(queues.Status(kQueue, Doc(k), kOpens) == "");
  CHECK(queues.Status(kQueue, Doc(Hex(*chain.KeyOf(day - 1))), kOpens) != "");
  queues.Restarted(kOpens, kOpens + 1'000);
  CHECK(queues.Status(kQueue, Doc(Hex(*chain.KeyOf(day - 1))), kOpens + 1'000) != "");
}

TEST_CASE_METHOD(Fixture, "the served rank never falls, and nobody is let in during a pause") {
  Open(500);
  CHECK(queues.Status(kQueue, Doc(k, 499), kOpens + 3'000) != "");
  queues.Restarted(kOpens + 3'000, kOpens + 4'000);
  CHECK(queues.Status(kQueue, Doc(k, 499, "11:00:01"), kOpens + 4'000) != "");
  CHECK(queues.Status(kQueue, Doc(k, 500, "11:00:01"), kOpens + 4'000) == "");
  queues.Expect(kQueue, "pause", 0, kOpens + 5'000);
  Told paused = Doc(k, 500, "11:00:01");
  paused.body.insert(1, R"("paused":true,)");
  REQUIRE(queues.Order(kQueue, "pause", 0, paused, kOpens + 5'000) == "");
  CHECK(queues.Status(kQueue, Doc(k, 500, "11:00:01"), kOpens + 6'000) != "");
  Told more = Doc(k, 501, "11:00:01");
  more.body.insert(1, R"("paused":true,)");
  CHECK(queues.Status(kQueue, more, kOpens + 7'000) != "");
  CHECK(!Passes(Gate(Ticket(1, 0), kHeld, kOpens + 6'000)));
  CHECK(Passes(Gate(Ticket(1, 0), Problem(409, "paused"), kOpens + 6'000)));
}

TEST_CASE_METHOD(Fixture, "a closing time moves by outages and operators, and never nearer") {
  Open();
  CHECK(queues.Status(kQueue, Doc(k, 0, "10:59:59"), kOpens + 3'000) != "");
  CHECK(queues.Status(kQueue, Doc(k, 0, "11:00:05"), kOpens + 3'000) != "");
  queues.Restarted(kOpens + 3'000, kOpens + 63'000);
  CHECK(queues.Status(kQueue, Doc(k, 0, "11:00:00"), kOpens + 63'000) != "");
  CHECK(queues.Status(kQueue, Doc(k, 0, "11:02:00"), kOpens + 63'000) != "");
  CHECK(queues.Status(kQueue, Doc(k, 0, "11:01:02"), kOpens + 63'000) == "");
}

TEST_CASE_METHOD(Fixture, "who asks again has one rank, until the turn is over or a crash") {
  Open();
  const Instant now = kOpens + 10'000;
  const std::string first = Ticket(1, 11);
  REQUIRE(queues.Ticket(kQueue, 1, {}, {}, Issued(first), now) == "");
  CHECK(queues.Ticket(kQueue, 1, {}, {}, Issued(Ticket(1, 12)), now + 1'000) != "");
  CHECK(queues.Ticket(kQueue, 1, {}, {}, Issued(Ticket(2, 11)), now + 1'000) != "");
  CHECK(queues.Ticket(kQueue, 2, {}, {}, Issued(first), now + 1'000) != "");
  CHECK(queues.Ticket(kQueue, 1, {}, {}, Issued(first), now + 1'000) == "");
  queues.Restarted(now, now + 1'000);
  CHECK(queues.Ticket(kQueue, 1, {first, false}, {}, Issued(Ticket(1, 12)), now + 1'000) != "");
  CHECK(queues.Ticket(kQueue, 1, {first, false}, {}, Issued(first), now + 1'000) == "");
  CHECK(queues.Ticket(kQueue, 1, {}, {}, Issued(Ticket(1, 12)), now + 1'000) == "");
  CHECK(queues.Ticket(kQueue, 1, {first, true}, {}, Issued(first), now + 1'000) != "");
}

TEST_CASE_METHOD(Fixture,
                 "whose rank was served is not told to wait, nor late before two minutes") {
  const std::string ticket = Ticket(1, 0);
  const uint64_t rank = Rank(ticket);
  Open(rank - 1);
  const Instant now = kOpens + 10'000;
  CHECK(Passes(Gate(ticket, kWait, now)));
  REQUIRE(queues.Status(kQueue, Doc(k, rank), now + 2'000) == "");
  CHECK(!Passes(Gate(ticket, kWait, now + 3'000)));
  CHECK(!Passes(Gate(ticket, kMissed, now + 119'000)));
  CHECK(Passes(Gate(ticket, kHeld, now + 119'000)));
  queues.Tick(now + 130'000, 0);
  CHECK(!Passes(Gate(ticket, kHeld, now + 130'000)));
  CHECK(Passes(Gate(ticket, kMissed, now + 130'000)));
}

TEST_CASE_METHOD(Fixture, "a standstill over the closing hour lengthens turns like any other") {
  constexpr int64_t kMinute = 60'000;
  const std::string ticket = Ticket(1, 0);
  const Instant now = kOpens + 59 * kMinute;
  Open(Rank(ticket) - 1);
  queues.Tick(now - 250, 0);
  REQUIRE(queues.Status(kQueue, Doc(k, Rank(ticket)), now) == "");
  queues.Tick(now, 0);
  // From 10:59 to 11:01 nobody was served, so it closes at 11:02.
  queues.Tick(now + 2 * kMinute, 2 * kMinute - 250);
  REQUIRE(queues.Status(kQueue, Doc(k, Rank(ticket), "11:02:00"), now + 2 * kMinute) == "");
  queues.Tick(now + 2 * kMinute + 10'000, 0);
  CHECK(Passes(Gate(ticket, kHeld, now + 2 * kMinute + 10'000)));
}

TEST_CASE_METHOD(Fixture, "a hold is nobody's whose rank the log has not served") {
  const std::string ticket = Ticket(1, 0);
  const uint64_t rank = Rank(ticket);
  Open(1);
  REQUIRE(Passes(Gate(ticket, kHeld, kOpens + 2'000)));
  codec::OpeningState state;
  state.day = day;
  state.opened_at = kOpens;
  state.k = *chain.KeyOf(day);
  state.served_rank = rank - 1;
  CHECK(queues.CheckLog(kQueue, {state}) != "");
  codec::OpeningState later = state;
  later.served_rank = rank;
  CHECK(queues.CheckLog(kQueue, {state, later}) == "");
  CHECK(queues.CheckLog(kQueue, {later, state}) != "");
}

TEST_CASE_METHOD(Fixture, "bad tickets, people whom nobody lists, turns that are used up") {
  Open();
  const Instant now = kOpens + 2'000;
  CHECK(Queues::RefusedTicket(kHeld) != "");
  CHECK(Queues::RefusedTicket(Problem(409, "not-admitted")) != "");
  CHECK(Queues::RefusedTicket(kBadTicket) == "");
  CHECK(!Passes(Gate(Ticket(1, 0, -1), kHeld, now)));
  CHECK(Passes(Gate(Ticket(1, 0, -1), kBadTicket, now)));
  CHECK(!Passes(Gate("", kHeld, now)));
  CHECK(!Passes(Gate(Ticket(1, 0), kHeld, now, {2, 2})));
  CHECK(!Passes(Gate(Ticket(1, 0), kUsed, now, {0, 1})));
  CHECK(Passes(Gate(Ticket(1, 0), kUsed, now, {1, 2})));
  CHECK(queues.Ticket(kListed, 1, {}, {}, Issued(Ticket(1, 0)), now) != "");
  REQUIRE(queues.Roster(kListed, {1}, false, Answer(200, "{}"), false) == "");
  CHECK(queues.Ticket(kListed, 1, {}, {}, Problem(409, "not-listed"), now) != "");
  CHECK(queues.Ticket(kListed, 2, {}, {}, Problem(409, "not-listed"), now) == "");
}

}  // namespace
}  // namespace creneau::sim
