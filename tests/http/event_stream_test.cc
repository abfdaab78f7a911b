// A reader of events over a socket pair, on a clock of the test's own.
#include "http/event_stream.h"

#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "tests/booking/fixture.h"

namespace creneau::http {
namespace {

using Wants = EventStream::Wants;

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kWriteMs = 10'000;

struct Reader {
  explicit Reader(booking::World& of, EventOrder order = {}, EventPlaces* among = nullptr)
      : world(of) {
    std::array<int, 2> pair{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
    mine = Descriptor(pair[0]);
    stream = std::make_unique<EventStream>((among == nullptr ? places : *among).Take(0),
                                           world.engine->EventsAfter(order.after), order, 0);
    stream->Attach(Descriptor(pair[1]));
  }

  Wants Turn(int64_t now_ms = 0, bool stopping = false) {
    return stream->Turn(now_ms * kMs, kWriteMs, stopping);
  }
  // Until there is nothing to do but to wait.
  Wants TurnOn(int64_t now_ms = 0, bool stopping = false) {
    Wants wants = Wants::kTurn;
    while (wants == Wants::kTurn) wants = Turn(now_ms, stopping);
    return wants;
  }
  // What has come, chunks and all.
  std::string Wire() const {
    std::string wire;
    std::array<char, 65536> some{};
    for (ssize_t n = 0; (n = recv(mine.get(), some.data(), some.size(), 0)) > 0;)
      wire.append(some.data(), static_cast<size_t>(n));
    return wire;
  }

  booking::World& world;
  EventPlaces places;
  Descriptor mine;
  std::unique_ptr<EventStream> stream;
};

// The body of chunks that are whole; what is wrong with them fails the test. `ended`: the last one
// was there.
std::string Body(std::string_view wire, bool* ended) {
  std::string body;
  *ended = false;
  while (!wire.empty()) {
    REQUIRE_FALSE(*ended);
    const size_t line = wire.find("\r\n");
    REQUIRE(line != std::string_view::npos);
    const size_t size = std::stoul(std::string(wire.substr(0, line)), nullptr, 16);
    REQUIRE(wire.size() >= line + 2 + size + 2);
    body += wire.substr(line + 2, size);
    REQUIRE(wire.substr(line + 2 + size, 2) == "\r\n");
    wire.remove_prefix(line + 2 + size + 2);
    *ended = size == 0;
  }
  return body;
}

}  // namespace

TEST_CASE("an event in both forms, word by word") {
  const booking::AgendaLabel agenda{"93-titres", Zone()};
  booking::PublicEvent event;
  event.lsn = Lsn{9007199254740993};
  event.at = Instant{1796029200000};
  event.fact = booking::PublicFact::kMoved;
  event.agenda = &agenda;
  event.reservation =
      booking::ReservationName{{'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C'}};
  event.seat = {*ParseLocalMinute("2026-12-08T09:20"), Instant{1796720400000}, 20};
  event.from = {*ParseLocalMinute("2026-12-08T09:00"), Instant{1796719200000}, 20};
  event.moves = 1;
  event.confirmed = true;
  const std::string object =
      R"({"lsn":"9007199254740993","at":"2026-11-30T09:00:00+00:00","event":"moved","agenda":"93-titres",)"
      R"("reservation":"0123456789ABC","slot":"2026-12-08T09:20","starts_at":"2026-12-08T09:00:00+00:00",)"
      R"("minutes":20,"channel":"web","was":"confirmed","moves":1,"from":{"slot":"2026-12-08T09:00",)"
      R"("starts_at":"2026-12-08T08:40:00+00:00","minutes":20}})";
  std::string lines;
  AppendEvent(lines, event, EventForm::kLines);
  CHECK(lines == object + "\n");
  std::string stream;
  AppendEvent(stream, event, EventForm::kEventStream);
  CHECK(stream == "id: 9007199254740993\ndata: " + object + "\n\n");
  std::string position;
  AppendPosition(position, Lsn{7}, EventForm::kLines);
  AppendPosition(position, Lsn{7}, EventForm::kEventStream);
  CHECK(position == "{\"lsn\":\"7\",\"event\":\"position\"}\n: nothing new\nid: 7\n\n");
}

TEST_CASE("a reader gets all, waits, hears that it is still so, and what comes then") {
  booking::World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml()).outcome == Outcome::kOk);
  Reader reader(world);
  bool ended = false;
  CHECK(reader.TurnOn() == Wants::kLog);
  CHECK(Body(reader.Wire(), &ended).find("\"published\"") != std::string::npos);
  CHECK(reader.TurnOn(limits::kEventHeartbeatMs - 1) == Wants::kLog);
  CHECK(reader.Wire().empty());
  CHECK(reader.TurnOn(limits::kEventHeartbeatMs) == Wants::kLog);
  CHECK(Body(reader.Wire(), &ended).find("\"position\"") != std::string::npos);
  REQUIRE(world.Hold("AAAA1").outcome == Outcome::kOk);
  CHECK(reader.TurnOn(limits::kEventHeartbeatMs + 1) == Wants::kLog);
  CHECK(Body(reader.Wire(), &ended).find("\"held\"") != std::string::npos);
  CHECK_FALSE(ended);
  // The server stops.
  CHECK(reader.TurnOn(limits::kEventHeartbeatMs + 2, /*stopping=*/true) == Wants::kEnd);
  Body(reader.Wire(), &ended);
  CHECK(ended);
}

TEST_CASE("who has no position is told the one it begins with") {
  booking::World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml()).outcome == Outcome::kOk);
  EventOrder order;
  order.after = world.engine->Events()->newest;
  order.from_now = true;
  order.wait_ms = 0;
  Reader reader(world, order);
  CHECK(reader.TurnOn() == Wants::kEnd);
  bool ended = false;
  CHECK(Body(reader.Wire(), &ended) ==
        "{\"lsn\":\"" + std::to_string(order.after.value) + "\",\"event\":\"position\"}\n");
}

TEST_CASE("who asks to be kept for a while is told the position it ends with") {
  booking::World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml()).outcome == Outcome::kOk);
  EventOrder order;
  order.wait_ms = 1'000;
  order.agenda = "another";
  Reader reader(world, order);
  bool ended = false;
  CHECK(reader.TurnOn(999) == Wants::kLog);
  CHECK(reader.Wire().empty());
  CHECK(reader.TurnOn(1'000) == Wants::kEnd);
  const uint64_t newest = world.engine->Events()->newest.value;
  CHECK(Body(reader.Wire(), &ended) ==
        "{\"lsn\":\"" + std::to_string(newest) + "\",\"event\":\"position\"}\n");
  CHECK(ended);
}

TEST_CASE("a slow reader costs a buffer, and is cut off; one that has gone is noticed") {
  booking::World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml()).outcome == Outcome::kOk);
  for (int i = 0; i < 60; ++i) {
    const auto held = world.Hold("AAAA" + std::to_string(i));
    REQUIRE(held.outcome == Outcome::kOk);
    REQUIRE(world.Do(&booking::Engine::Confirm, held.reservation).outcome == Outcome::kOk);
  }
  SECTION("cut off") {
    Reader reader(world);
    const int small = 1;  // the kernel makes of it the least there is
    setsockopt(reader.stream->socket(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    CHECK(reader.TurnOn() == Wants::kRoom);
    // It takes a little now and then: the time is that of the whole buffer.
    std::string wire = reader.Wire();
    CHECK(reader.TurnOn(kWriteMs) == Wants::kRoom);
    wire += reader.Wire();
    CHECK(wire.find("\"confirmed\"") != std::string::npos);
    CHECK(reader.TurnOn(kWriteMs + 1) == Wants::kEnd);
    CHECK(reader.Wire().find("\r\n0\r\n\r\n") == std::string::npos);
  }
  SECTION("gone") {
    Reader reader(world);
    reader.mine = Descriptor();
    CHECK(reader.Turn() == Wants::kEnd);
  }
}

TEST_CASE("a key that is for some agendas is told of these") {
  booking::World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml()).outcome == Outcome::kOk);
  REQUIRE(world.Publish("93-retraits", booking::AgendaToml("93-retraits")).outcome == Outcome::kOk);
  EventOrder order;
  order.wait_ms = 0;
  order.agendas = {"93-retraits", "92-naturalisation"};
  Reader reader(world, order);
  CHECK(reader.TurnOn() == Wants::kEnd);
  bool ended = false;
  const std::string body = Body(reader.Wire(), &ended);
  CHECK(body.find("93-retraits") != std::string::npos);
  CHECK(body.find("93-titres") == std::string::npos);
}

TEST_CASE("who of the staff did what is for auditors only") {
  booking::World world;
  REQUIRE(world.Publish("93-titres", booking::AgendaToml()).outcome == Outcome::kOk);
  for (const rules::Role role : rules::kAllRoles) {
    INFO(rules::RoleName(role));
    EventOrder order;
    order.wait_ms = 0;
    order.role = role;
    Reader reader(world, order);
    CHECK(reader.TurnOn() == Wants::kEnd);
    bool ended = false;
    const std::string body = Body(reader.Wire(), &ended);
    CHECK(body.find("\"event\":\"published\"") != std::string::npos);
    CHECK((body.find(
               R"("event":"staff-act","agenda":"93-titres","what":"publish","role":"operator")") !=
           std::string::npos) == (role == rules::Role::kAuditor));
  }
}

TEST_CASE("places are as many as there are, and memory for the first one at least") {
  EventPlaces places;
  auto first = places.Take(2 * limits::kEventFeedsBytes);
  REQUIRE(first != nullptr);
  CHECK(places.Take(1) == nullptr);
  first.reset();
  std::vector<std::unique_ptr<EventPlaces::Place>> all;
  for (int i = 0; i < limits::kEventStreams; ++i) all.push_back(places.Take(1));
  CHECK(all.back() != nullptr);
  CHECK(places.Take(1) == nullptr);
  all.pop_back();
  CHECK(places.Take(1) != nullptr);
}

}  // namespace creneau::http
