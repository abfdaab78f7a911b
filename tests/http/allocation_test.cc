// Once warm, a request allocates nothing (style, habit 15): operator new is counted, first within a
// session, then over real sockets on the front end's own threads (the log's are counted by its own
// test). Sanitizers bring an operator new of their own; under them the requests are made uncounted.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <string_view>

#include "http/server.h"
#include "http/session.h"
#include "tests/booking/fixture.h"
#include "tests/http/public_context.h"
#include "tests/operator_new.h"

namespace {

std::atomic<uint64_t> allocations{0};
thread_local bool counted = false;
thread_local int64_t left = -1;  // allocations until one fails on this thread; negative: none does

}  // namespace

// Threads of the front end are counted from their first allocation under their own name.
void creneau::tests::BeforeAllocation() {
  if (left >= 0 && left-- == 0) throw std::bad_alloc();
  char name[16] = {};
  if (!counted && pthread_getname_np(pthread_self(), name, sizeof name) == 0) {
    counted = std::string_view(name).substr(0, 5) == "http-";
  }
  if (counted) allocations.fetch_add(1, std::memory_order_relaxed);
}

namespace creneau::http {
namespace {

using booking::World;

// An engine with more seats than the tests take.
void Publish(World& world) {
  const booking::PublishAnswer answer =
      world.Publish("93-titres", booking::AgendaToml("93-titres", "", "{ web = 62, desk = 2 }"));
  REQUIRE(answer.outcome == Outcome::kOk);
}

// A request whose target, headers and body are put together anew each time.
std::string Wire(const std::string& line, const std::string& headers = "",
                 const std::string& body = "") {
  std::string wire = line + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
  if (!body.empty()) {
    wire +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return wire + "\r\n" + body;
}

std::string Member(const std::string& reply, const std::string& name) {
  const size_t at = reply.find("\"" + name + "\":\"");
  REQUIRE(at != std::string::npos);
  const size_t begin = at + name.size() + 4;
  return reply.substr(begin, reply.find('"', begin) - begin);
}

// What a person asks for, one request after the other, and what it is answered with. `ask` sends a
// request and returns the reply.
template <typename Ask>
void OneLife(int person, const Ask& ask) {
  const std::string number = std::to_string(100'000 + person);
  const std::string held = ask(Wire(
      "POST /v1/agendas/93-titres/holds", "Idempotency-Key: abcdefghijklmnop" + number + "\r\n",
      R"({"applicant":{"dossier":"A )" + number + R"(","birth_date":"1990-05-17"}})"));
  REQUIRE(held.substr(0, 12) == "HTTP/1.1 201");
  const std::string path = "/v1/reservations/" + Member(held, "reservation");
  const std::string key = "Creneau-Key: " + Member(held, "key") + "\r\n";
  REQUIRE(ask(Wire("POST " + path + "/extend", key)).substr(0, 12) == "HTTP/1.1 200");
  REQUIRE(ask(Wire("POST " + path + "/confirm", key)).substr(0, 12) == "HTTP/1.1 200");
  REQUIRE(ask(Wire("GET " + path, key)).substr(0, 12) == "HTTP/1.1 200");
  REQUIRE(ask(Wire("DELETE " + path, key)).substr(0, 12) == "HTTP/1.1 200");
}

}  // namespace

TEST_CASE("a session answers without allocating") {
  counted = true;
  World world;
  Publish(world);
  Telemetry telemetry;
  SessionContext context = PublicContext(world, telemetry, telemetry.AddThread("public"));
  Session session(context, limits::kMaxBodyBytes);
  booking::CommitPool pool;
  booking::Act act(pool, world.engine->log());
  uint64_t spent = 0;
  const auto ask = [&](const std::string& wire) {
    const uint64_t before = allocations;
    const Session::Round round = session.Serve(wire, act, world.clock.now);
    spent += allocations - before;
    REQUIRE(round.consumed == wire.size());
    const bool durable = !round.waits || world.wait.Finish(act);
    session.Settle(durable, world.clock.now);
    std::string reply = session.replies();
    const uint64_t copied = allocations;
    session.ClearReplies();
    spent += allocations - copied;
    return reply;
  };
  int person = 0;
  for (; person < 100; ++person) OneLife(person, ask);
  spent = 0;
  for (; person < 300; ++person) OneLife(person, ask);
  CHECK(spent == 0);
  // Reads, each rendered by the first who asks.
  for (const char* read : {"GET /v1/agendas/93-titres", "GET /v1/agendas/93-titres/slots",
                           "GET /v1/agendas/93-titres/slots?from=2026-12-01&to=2026-12-05"}) {
    ask(Wire(read));
    spent = 0;
    for (int i = 0; i < 10; ++i) REQUIRE(ask(Wire(read)).substr(0, 12) == "HTTP/1.1 200");
    CHECK(spent == 0);
  }
  // Refusals for load.
  struct Behind final : LoadSource {
    const surge::Load& load() noexcept override { return now; }
    surge::Load now{.log_behind = true};
  } behind;
  context.gate.Follow(behind);
  spent = 0;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(ask(Wire("POST /v1/agendas/93-titres/holds")).substr(0, 12) == "HTTP/1.1 503");
  }
  CHECK(spent == 0);
  counted = false;
}

TEST_CASE("what a packet decided is waited for, wherever memory ends while it is answered") {
  World world;
  Publish(world);
  Telemetry telemetry;
  Counters& counters = telemetry.AddThread("public");
  for (int person = 0;; ++person) {
    REQUIRE(person < 1'000);
    SessionContext context = PublicContext(world, telemetry, counters);
    Session session(context, limits::kMaxBodyBytes);
    booking::CommitPool pool;
    booking::Act act(pool, world.engine->log());
    // A hold, and behind it what is refused.
    const std::string packet =
        Wire("POST /v1/agendas/93-titres/holds", "",
             R"({"applicant":{"dossier":"A )" + std::to_string(100'000 + person) +
                 R"(","birth_date":"1990-05-17"}})") +
        "\x01\r\n\r\n";
    left = person;
    const Session::Round round = session.Serve(packet, act, world.clock.now);
    const bool met = left < 0;
    left = -1;
    CHECK(round.close);
    CHECK(round.waits >= act.pushed());
    session.Settle(!round.waits || world.wait.Finish(act), world.clock.now);
    CHECK_FALSE(act.pushed());
    if (!met) break;
  }
}

namespace {

// A client that blocks.
class Client {
 public:
  explicit Client(const std::string& address) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::string Ask(const std::string& wire) {
    REQUIRE(send(fd_, wire.data(), wire.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(wire.size()));
    std::string reply;
    for (;;) {
      char bytes[65536];
      const ssize_t count = recv(fd_, bytes, sizeof bytes, 0);
      REQUIRE(count > 0);
      reply.append(bytes, static_cast<size_t>(count));
      const size_t end = reply.find("\r\n\r\n");
      const size_t length = reply.find("Content-Length: ");
      if (end == std::string::npos || length == std::string::npos) continue;
      if (reply.size() == end + 4 + std::stoul(reply.substr(length + 16))) return reply;
    }
  }

 private:
  int fd_ = -1;
};

}  // namespace

TEST_CASE("nor do the threads that serve connections") {
  World world;
  Publish(world);
  auto server = Server::Start(
      {.listen = "127.0.0.1:0", .admin_socket = "", .metrics = "", .deadlines = {}}, *world.engine);
  REQUIRE(server.ok());
  {
    Client ada((*server)->address());
    Client bert((*server)->address());
    const auto ask = [&](const std::string& wire) { return ada.Ask(wire); };
    const auto ask_too = [&](const std::string& wire) { return bert.Ask(wire); };
    int person = 0;
    for (; person < 100; ++person) OneLife(person, ask);
    for (; person < 200; ++person) OneLife(person, ask_too);
    const uint64_t before = allocations;
#ifndef CRENEAU_SANITIZED
    REQUIRE(before > 0);  // it does count
#endif
    for (; person < 300; ++person) OneLife(person, ask);
    for (; person < 400; ++person) OneLife(person, ask_too);
    CHECK(allocations - before == 0);
  }
  (*server)->Stop();
}

}  // namespace creneau::http
