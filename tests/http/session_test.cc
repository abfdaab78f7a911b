// A session by itself: what one packet of requests is answered with.
#include "http/session.h"

#include "tests/http/public_context.h"

namespace creneau::http {
namespace {

using booking::World;

constexpr char kSlots[] = "GET /v1/agendas/93-titres/slots HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr char kHold[] =
    "POST /v1/agendas/93-titres/holds HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/json\r\nContent-Length: 61\r\n\r\n"
    R"({"applicant":{"dossier":"A 1234","birth_date":"1990-05-17"}} )";

struct Desk {
  Desk() {
    REQUIRE(world.Publish("93-titres", booking::AgendaToml("93-titres")).outcome == Outcome::kOk);
  }

  // The replies to one packet, in one text.
  std::string Ask(const std::string& packet) {
    const Session::Round round = session.Serve(packet, act, world.clock.now);
    REQUIRE(round.consumed == packet.size());
    session.Settle(!round.waits || world.wait.Finish(act), world.clock.now);
    return session.replies();
  }

  World world;
  Telemetry telemetry;
  SessionContext context = PublicContext(world, telemetry, telemetry.AddThread("public"));
  Session session{context, limits::kMaxBodyBytes};
  booking::CommitPool pool;
  booking::Act act{pool, world.engine->log()};
};

// The bodies of 200s and 201s, one after the other.
std::vector<std::string> Bodies(const std::string& replies) {
  std::vector<std::string> bodies;
  for (size_t at = 0; at < replies.size();) {
    REQUIRE(replies.substr(at, 11) == "HTTP/1.1 20");
    const size_t length = replies.find("Content-Length: ", at);
    const size_t begin = replies.find("\r\n\r\n", at) + 4;
    const size_t size = std::stoul(replies.substr(length + 16));
    bodies.push_back(replies.substr(begin, size));
    at = begin + size;
  }
  return bodies;
}

}  // namespace

TEST_CASE("a read behind a hold in the same packet shows it, though the log has not written it") {
  Desk desk;
  const std::vector<std::string> bodies = Bodies(desk.Ask(std::string(kSlots) + kHold + kSlots));
  REQUIRE(bodies.size() == 3);
  CHECK(bodies[0].find("\"free\":") != std::string::npos);
  CHECK(bodies[1].find("\"state\":\"held\"") != std::string::npos);
  CHECK(bodies[0] != bodies[2]);
  desk.session.ClearReplies();
  // And nothing but the hold changed it: the next answer is the same.
  CHECK(Bodies(desk.Ask(kSlots)) == std::vector<std::string>{bodies[2]});
}

// Of the first answer in what another connection is told.
std::string Read(Desk& desk, Session& session) {
  booking::Act act(desk.pool, desk.world.engine->log());
  REQUIRE(session.Serve(kSlots, act, desk.world.clock.now).consumed == sizeof kSlots - 1);
  session.Settle(true, desk.world.clock.now);
  const std::vector<std::string> bodies = Bodies(session.replies());
  session.ClearReplies();
  REQUIRE(bodies.size() == 1);
  return bodies[0];
}

TEST_CASE("a read is rendered once in a millisecond, whoever books; who booked sees it") {
  Desk desk;
  Session neighbour(desk.context, limits::kMaxBodyBytes);
  SessionContext context =
      PublicContext(desk.world, desk.telemetry, desk.telemetry.AddThread("another"));
  Session elsewhere(context, limits::kMaxBodyBytes);
  const std::string before = Read(desk, neighbour);
  CHECK(Read(desk, elsewhere) == before);
  REQUIRE(Bodies(desk.Ask(kHold)).size() == 1);
  desk.session.ClearReplies();
  CHECK(Read(desk, neighbour) == before);
  CHECK(Read(desk, elsewhere) == before);
  const std::string after = Bodies(desk.Ask(kSlots)).at(0);
  CHECK(after != before);
  CHECK(Read(desk, neighbour) == after);
  CHECK(Read(desk, elsewhere) == before);
  desk.world.clock.now = desk.world.clock.now + 1;
  CHECK(Read(desk, elsewhere) == after);
}

TEST_CASE("a clock that is set back brings no old answer back") {
  Desk desk;
  Session neighbour(desk.context, limits::kMaxBodyBytes);
  const Instant now = desk.world.clock.now;
  const std::string before = Read(desk, neighbour);
  REQUIRE(Bodies(desk.Ask(kHold)).size() == 1);
  constexpr char kAgenda[] = "GET /v1/agendas/93-titres HTTP/1.1\r\nHost: localhost\r\n\r\n";
  desk.world.clock.now = now + (-2'000);
  desk.session.ClearReplies();
  REQUIRE(Bodies(desk.Ask(kAgenda)).size() == 1);  // of another place
  desk.world.clock.now = now;
  CHECK(Read(desk, neighbour) != before);
}

TEST_CASE("a read shows what time alone has changed, though nothing was logged since") {
  Desk desk;
  // Two hours, the agenda's notice, before the slot of 11:00.
  desk.world.clock.now = desk.world.clock.now + int64_t{23} * 3'600'000;
  const std::string before = Bodies(desk.Ask(kSlots)).at(0);
  CHECK(before.find("2026-12-01T11:00") != std::string::npos);
  desk.session.ClearReplies();
  desk.world.clock.now = desk.world.clock.now + 1;
  CHECK(Bodies(desk.Ask(kSlots)).at(0).find("2026-12-01T11:00") == std::string::npos);
}

TEST_CASE("what was sent is not left in memory") {
  Desk desk;
  const std::string reply = desk.Ask(kHold);
  REQUIRE(reply.find("\"key\":\"") != std::string::npos);
  const char* const bytes = desk.session.replies().data();
  desk.session.ClearReplies();
  REQUIRE(desk.session.replies().data() == bytes);
  CHECK(std::string(bytes, reply.size()) == std::string(reply.size(), '\0'));
  const std::string& body = desk.context.reply.body;
  const size_t size = body.size();
  REQUIRE(size > 100);
  desk.context.reply.Clear();
  CHECK(std::string(body.data(), size) == std::string(size, '\0'));
}

}  // namespace creneau::http
