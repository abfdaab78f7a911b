// How many requests an address may send, whose address that is, and what is never refused for it.
#include "http/address_rates.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>

#include "tests/http/public_context.h"

namespace creneau::http {
namespace {

using booking::World;

constexpr surge::Cells::Salt kSalt = {4, 7, 1};
constexpr uint32_t kPerSecond = 2;
constexpr int kAtOnce = kPerSecond * 10;

Network Parsed(const std::string& text) {
  const auto network = ParseNetwork(text);
  REQUIRE(network.ok());
  return *network;
}

// A public listener with a cap, which 198.51.100.0/24 and ::1 are listed at.
struct Capped {
  Capped() {
    REQUIRE(world.Publish("93-titres", booking::AgendaToml("93-titres")).outcome == Outcome::kOk);
    context.gate.Limit(rates);
  }

  std::string Ask(Session& session, const std::string& packet) {
    session.ClearReplies();
    const Session::Round round = session.Serve(packet, act, world.clock.now);
    REQUIRE(round.consumed == packet.size());
    REQUIRE_FALSE(round.close);
    session.Settle(!round.waits || world.wait.Finish(act), world.clock.now);
    return session.replies();
  }
  int Status(Session& session, const std::string& packet) {
    return std::stoi(Ask(session, packet).substr(9, 3));
  }
  // How many in a row are let through, of more than may be at once.
  int LetThrough(Session& session, const std::string& packet) {
    int through = 0;
    for (int i = 0; i < kAtOnce + 5; ++i) through += Status(session, packet) == 429 ? 0 : 1;
    return through;
  }
  Caller Enter(const std::string& peer) {
    sockaddr_storage storage{};
    storage.ss_family = AF_INET;
    REQUIRE(inet_pton(AF_INET, peer.c_str(), &reinterpret_cast<sockaddr_in*>(&storage)->sin_addr) ==
            1);
    Caller caller;
    REQUIRE(callers.Enter(PeerAddressOf(storage), caller));
    return caller;
  }

  World world;
  Telemetry telemetry;
  Counters& counters = telemetry.AddThread("public");
  SessionContext context = PublicContext(world, telemetry, counters);
  Callers callers{{Parsed("198.51.100.0/24"), Parsed("::1")}, 16, 64};
  AddressRates rates{callers, kPerSecond, kSalt, world.clock};
  booking::CommitPool pool;
  booking::Act act{pool, world.engine->log()};

  Session direct{context, limits::kMaxBodyBytes, Enter("192.0.2.1")};
  Session neighbour{context, limits::kMaxBodyBytes, Enter("192.0.2.2")};
  Session proxy{context, limits::kMaxBodyBytes, Enter("198.51.100.7")};
};

std::string Wire(const std::string& line, const std::string& headers = "",
                 const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: a\r\n" + headers +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string Read(const std::string& forwarded_for) {
  return Wire("GET /v1/agendas/93-titres", "X-Forwarded-For: " + forwarded_for + "\r\n");
}

const std::string kRead = Wire("GET /v1/agendas/93-titres");
const std::string kHold = Wire("POST /v1/agendas/93-titres/holds", "",
                               R"({"applicant":{"dossier":"A 1234","birth_date":"1990-05-17"}})");

std::string Member(const std::string& reply, const std::string& name) {
  const size_t begin = reply.find("\"" + name + "\":\"") + name.size() + 4;
  return reply.substr(begin, reply.find('"', begin) - begin);
}

}  // namespace

TEST_CASE_METHOD(Capped, "an address has its burst, and then its rate; another one its own") {
  CHECK(LetThrough(direct, kRead) == kAtOnce);
  CHECK(LetThrough(neighbour, kRead) == kAtOnce);
  CHECK(Status(direct, kRead) == 429);
  world.clock.now = world.clock.now + 3 * kMsPerSecond;
  CHECK(LetThrough(direct, kRead) == 3 * static_cast<int>(kPerSecond));
  CHECK(counters.shed(surge::Lane::kRead, surge::Shed::kAddress) == 5 + 5 + 1 + 19);
  CHECK(counters.shed(surge::Lane::kRead, surge::Shed::kLag) == 0);
}

TEST_CASE_METHOD(Capped, "an address that asks too often takes no place from others who arrive") {
  struct Lagging final : LoadSource {
    const surge::Load& load() noexcept override { return now; }
    surge::Load now{.lag_us = 10'000'000};
  } lagging;
  constexpr int kFloor = kAtOnce + 3;
  context.gate.Follow(lagging, kFloor);
  const std::string ticket = Wire("POST /v1/agendas/93-titres/tickets", "", "{}");
  CHECK(LetThrough(direct, ticket) == kAtOnce);
  for (int i = 0; i < 3; ++i) CHECK(Status(neighbour, ticket) == 422);  // nobody is named
  CHECK(Status(neighbour, ticket) == 503);
  CHECK(Status(direct, ticket) == 429);
}

TEST_CASE_METHOD(Capped, "its connections share it, whatever they ask for") {
  Session another(context, limits::kMaxBodyBytes, Enter("192.0.2.1"));
  CHECK(LetThrough(direct, kRead) == kAtOnce);
  CHECK(Status(another, kRead) == 429);
  CHECK(Status(another, kHold) == 429);
  CHECK(Status(another, Wire("GET /v1/agendas/93-titres/challenge")) == 429);
  CHECK(counters.shed(surge::Lane::kHold, surge::Shed::kAddress) == 1);
  CHECK(counters.shed(surge::Lane::kArrival, surge::Shed::kAddress) == 1);
}

TEST_CASE_METHOD(Capped, "whoever holds a seat does with it what he could before") {
  const std::string held = Ask(direct, kHold);
  REQUIRE(held.starts_with("HTTP/1.1 201"));
  const std::string path = "/v1/reservations/" + Member(held, "reservation");
  const std::string key = "Creneau-Key: " + Member(held, "key") + "\r\n";
  CHECK(LetThrough(direct, kRead) == kAtOnce - 1);
  CHECK(Status(direct, Wire("POST " + path + "/move", key, R"({"slot":"2026-12-01T09:20"})")) ==
        429);
  CHECK(Status(direct, Wire("GET " + path, key)) == 200);
  CHECK(Status(direct, Wire("POST " + path + "/extend", key)) == 200);
  CHECK(Status(direct, Wire("POST " + path + "/confirm", key)) == 200);
  CHECK(Status(direct, Wire("DELETE " + path, key)) == 200);
}

TEST_CASE_METHOD(Capped,
                 "a refusal is a problem document, nothing was done, the connection stays") {
  CHECK(LetThrough(direct, kRead) == kAtOnce);
  const std::string reply = Ask(direct, kHold);
  CHECK(reply.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
  CHECK(reply.find("\r\nContent-Type: application/problem+json\r\n") != std::string::npos);
  CHECK(reply.find("\r\nRetry-After: ") != std::string::npos);
  CHECK(reply.find("Connection:") == std::string::npos);
  CHECK(Member(reply, "code") == "rate-limited");
  CHECK_FALSE(act.pushed());
  world.clock.now = world.clock.now + kMsPerSecond;
  CHECK(Status(direct, kRead) == 200);
}

TEST_CASE_METHOD(Capped, "behind a proxy it is by the address that the proxy names") {
  CHECK(LetThrough(proxy, Read("203.0.113.5")) == kAtOnce);
  CHECK(Status(proxy, Read("203.0.113.6")) == 200);
  CHECK(Status(proxy, Read("2001:db8:1:2::1")) == 200);
  // What the client itself wrote stands to the left of it, or in a line before it.
  CHECK(Status(proxy, Read("203.0.113.99, 203.0.113.5")) == 429);
  CHECK(Status(proxy, Read("garbage,203.0.113.5 , 198.51.100.8")) == 429);
  CHECK(Status(proxy, Wire("GET /v1/agendas",
                           "X-Forwarded-For: 203.0.113.99\r\nX-FORWARDED-FOR: "
                           "203.0.113.5\r\n")) == 429);
  // And it is the same address as when it comes by itself.
  CHECK(LetThrough(direct, kRead) == kAtOnce);
  CHECK(Status(proxy, Read("192.0.2.1")) == 429);
}

TEST_CASE_METHOD(Capped, "a whole prefix of IPv6 is one address") {
  for (int i = 0; i < kAtOnce; ++i) {
    CHECK(Status(proxy, Read("2001:db8:1:2::" + std::to_string(i))) == 200);
  }
  CHECK(Status(proxy, Read("2001:db8:1:2:ffff::")) == 429);
  CHECK(Status(proxy, Read("2001:db8:1:3::")) == 200);
}

TEST_CASE_METHOD(Capped, "what a proxy says nothing of has no cap") {
  for (const std::string& packet :
       {kRead, Read(""), Read("unknown"), Read("203.0.113.5:80"), Read("203.0.113.5,"),
        Read("198.51.100.9"), Read("203.0.113.5, oops")}) {
    INFO(packet);
    CHECK(LetThrough(proxy, packet) == kAtOnce + 5);
  }
}

TEST_CASE_METHOD(Capped, "whoever is not listed is who he is, whatever he says") {
  for (int i = 0; i < kAtOnce; ++i) {
    CHECK(Status(direct, Read("203.0.113." + std::to_string(i))) == 200);
  }
  CHECK(Status(direct, Read("203.0.113.77")) == 429);
  CHECK(Status(direct, Read("198.51.100.7")) == 429);
  CHECK(Status(proxy, Read("203.0.113.0")) == 200);
}

TEST_CASE_METHOD(Capped, "without a cap, or where connections have no address, nobody is refused") {
  Session nowhere(context, limits::kMaxBodyBytes);  // a Unix socket's
  CHECK(LetThrough(nowhere, Read("203.0.113.5")) == kAtOnce + 5);
  SessionContext uncapped = PublicContext(world, telemetry, counters);
  Session free(uncapped, limits::kMaxBodyBytes, Enter("192.0.2.3"));
  CHECK(LetThrough(free, kRead) == kAtOnce + 5);
}

}  // namespace creneau::http
