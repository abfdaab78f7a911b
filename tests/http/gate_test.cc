// Which requests a session refuses for load, with what, and which it never does.
#include "http/gate.h"

#include <array>
#include <set>
#include <string>

#include "tests/booking/queue_fixture.h"
#include "tests/http/public_context.h"

namespace creneau::http {
namespace {

using booking::World;

struct Known final : LoadSource {
  const surge::Load& load() noexcept override { return now; }
  surge::Load now;
};

// A thread of the public listener whose load a test sets.
struct Busy {
  Busy() {
    REQUIRE(world.Publish("93-titres", booking::AgendaToml("93-titres")).outcome == Outcome::kOk);
    context.gate.Follow(known);
  }

  // The replies to one packet, in one text.
  std::string Ask(const std::string& packet) {
    session.ClearReplies();
    const Session::Round round = session.Serve(packet, act, world.clock.now);
    REQUIRE(round.consumed == packet.size());
    session.Settle(!round.waits || world.wait.Finish(act), world.clock.now);
    return session.replies();
  }
  int Status(const std::string& packet) { return std::stoi(Ask(packet).substr(9, 3)); }

  World world;
  Known known;
  surge::Load& load = known.now;
  Telemetry telemetry;
  Counters& counters = telemetry.AddThread("public");
  SessionContext context = PublicContext(world, telemetry, counters);
  Session session{context, limits::kMaxBodyBytes};
  booking::CommitPool pool;
  booking::Act act{pool, world.engine->log()};
};

std::string Wire(const std::string& line, const std::string& headers = "",
                 const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: a\r\n" + headers +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

const std::string kRead = Wire("GET /v1/agendas/93-titres");
const std::string kHold = Wire("POST /v1/agendas/93-titres/holds", "",
                               R"({"applicant":{"dossier":"A 1234","birth_date":"1990-05-17"}})");
const std::string kBrokenHold = Wire("POST /v1/agendas/93-titres/holds", "", "{not json");
constexpr int64_t kFarTooLateUs = 10'000'000;

std::string Member(const std::string& reply, const std::string& name) {
  const size_t begin = reply.find("\"" + name + "\":\"") + name.size() + 4;
  return reply.substr(begin, reply.find('"', begin) - begin);
}

}  // namespace

TEST_CASE_METHOD(Busy,
                 "whatever the load, whoever holds a seat does with it what he could before") {
  const std::string held = Ask(kHold);
  REQUIRE(held.starts_with("HTTP/1.1 201"));
  const std::string path = "/v1/reservations/" + Member(held, "reservation");
  const std::string key = "Creneau-Key: " + Member(held, "key") + "\r\n";
  load = {.lag_us = kFarTooLateUs, .log_in_flight_ms = 60'000, .log_behind = true};
  CHECK(Status(kRead) == 503);
  CHECK(Status(kHold) == 503);
  CHECK(Status(Wire("POST " + path + "/move", key, R"({"slot":"2026-12-01T09:20"})")) == 503);
  CHECK(Status(Wire("GET " + path, key)) == 200);
  CHECK(Status(Wire("POST " + path + "/extend", key)) == 200);
  CHECK(Status(Wire("POST " + path + "/confirm", key)) == 200);
  CHECK(Status(Wire("DELETE " + path, key)) == 200);
  CHECK(counters.shed(surge::Lane::kRead, surge::Shed::kLag) == 1);
  CHECK(counters.shed(surge::Lane::kHold, surge::Shed::kLog) == 2);
  CHECK(counters.shed(surge::Lane::kConfirm, surge::Shed::kLag) == 0);
  load = {};
  CHECK(Status(kRead) == 200);
}

TEST_CASE_METHOD(Busy, "the first who arrive are let in whatever the load; readers are not") {
  REQUIRE(world.Publish("92-naturalisation", booking::QueueToml()).outcome == Outcome::kOk);
  const std::string ticket =
      Wire("POST /v1/agendas/92-naturalisation/tickets", "",
           R"({"applicant":{"dossier":"A 1234","birth_date":"1990-05-17"}})");
  load.lag_us = kFarTooLateUs;
  for (int64_t i = 0; i < limits::kArrivalFloorPerS; ++i) REQUIRE(Status(ticket) != 503);
  CHECK(Status(ticket) == 503);
  CHECK(counters.shed(surge::Lane::kArrival, surge::Shed::kLag) == 1);
  CHECK(Status(kRead) == 503);
  world.clock.now = world.clock.now + 1;
  CHECK(Status(ticket) != 503);
}

TEST_CASE_METHOD(Busy, "a refusal is a problem document, and nothing was read or done for it") {
  load.log_behind = true;
  const std::string reply = Ask(kHold);
  const size_t end = reply.find("\r\n\r\n");
  const std::string head = reply.substr(0, end + 2);
  const std::string body = reply.substr(end + 4);
  CHECK(head.starts_with("HTTP/1.1 503 Service Unavailable\r\nDate: " +
                         std::string(context.DateAt(world.clock.now)) + "\r\n"));
  CHECK(head.find("\r\nContent-Type: application/problem+json\r\n") != std::string::npos);
  CHECK(head.find("\r\nContent-Length: " + std::to_string(body.size()) + "\r\n") !=
        std::string::npos);
  CHECK(head.find("Connection:") == std::string::npos);
  CHECK(Member(reply, "code") == "overloaded");
  CHECK(Ask(kBrokenHold).substr(end) == reply.substr(end));
  CHECK_FALSE(act.pushed());
  // As HEAD, and as the last one, it is framed like any other.
  load = {.lag_us = kFarTooLateUs};
  CHECK(Ask(Wire("HEAD /v1/agendas/93-titres")).ends_with("\r\n\r\n"));
  CHECK(Ask(Wire("GET /v1/agendas", "Connection: close\r\n"))
            .find("\r\nConnection: close\r\n\r\n{") != std::string::npos);
}

TEST_CASE_METHOD(Busy, "in one packet, some are refused and the others answered, in order") {
  load.log_behind = true;
  const std::string replies = Ask(kRead + kHold + kRead);
  const size_t refused = replies.find("HTTP/1.1 503");
  CHECK(replies.starts_with("HTTP/1.1 200"));
  REQUIRE(refused != std::string::npos);
  CHECK(replies.find("HTTP/1.1 200", refused) != std::string::npos);
}

TEST_CASE_METHOD(Busy, "those who are refused together are told different seconds") {
  load.log_behind = true;
  std::set<int> seconds;
  for (int i = 0; i < 7; ++i) {
    const std::string reply = Ask(kHold);
    seconds.insert(std::stoi(reply.substr(reply.find("Retry-After: ") + 13)));
  }
  CHECK(seconds == std::set<int>{2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE_METHOD(Busy, "of a lane that is refused in part, the share is right among few already") {
  load.lag_us = 1'000 * (limits::kReadLagMs + limits::kHoldLagMs) / 2;
  int refused = 0;
  for (int i = 0; i < 40; ++i) refused += Status(kRead) == 503 ? 1 : 0;
  CHECK(refused >= 19);
  CHECK(refused <= 21);
}

TEST_CASE("the confirm listener knows what holders do, and says where the rest is") {
  World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml("93-titres")).outcome == Outcome::kOk);
  Telemetry telemetry;
  SessionContext context = PublicContext(world, telemetry, telemetry.AddThread("confirm"));
  context.audience = Audience::kHolder;
  context.elsewhere = "The rest is at 127.0.0.1:8080.";
  Session session(context, limits::kMaxBodyBytes);
  booking::CommitPool pool;
  booking::Act act(pool, world.engine->log());
  const auto ask = [&](const std::string& packet) {
    session.ClearReplies();
    const Session::Round round = session.Serve(packet, act, world.clock.now);
    session.Settle(!round.waits || world.wait.Finish(act), world.clock.now);
    return session.replies();
  };
  for (const char* line : {"GET /v1/agendas", "GET /v1/agendas/93-titres",
                           "POST /v1/agendas/93-titres/holds", "POST /v1/reservations/R/move",
                           "PUT /v1/agendas/93-titres", "GET /metrics", "GET /livez"}) {
    INFO(line);
    const std::string reply = ask(Wire(line));
    CHECK(Member(reply, "code") == "unknown-route");
    CHECK(Member(reply, "detail") == context.elsewhere);
  }
  for (const char* line : {"POST /v1/reservations/R/confirm", "POST /v1/reservations/R/extend",
                           "GET /v1/reservations/R", "DELETE /v1/reservations/R"}) {
    INFO(line);
    CHECK(Member(ask(Wire(line)), "code") == "unknown-reservation");
  }
}

}  // namespace creneau::http
