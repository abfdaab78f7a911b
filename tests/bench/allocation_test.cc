// What a request costs the generator: no memory. It would be charged to the server that it
// measures.
#include <catch2/catch.hpp>
#include <string>

#include "bench/creneau-bench/crowd/story.h"
#include "bench/creneau-bench/crowd/wheel.h"
#include "bench/creneau-bench/requests.h"
#include "bench/creneau-bench/response.h"
#include "bench/creneau-bench/stats.h"
#include "tests/operator_new.h"

namespace {

size_t allocations = 0;

}  // namespace

void creneau::tests::BeforeAllocation() { ++allocations; }

namespace creneau::bench {
namespace {

TEST_CASE("a request, its reply and what is kept of it allocate nothing") {
  RequestWriter writer({"bench-0"}, "host", 1, 0, 1);
  Stats stats;
  std::string out;
  const std::string reply =
      "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 81\r\n\r\n"
      R"({"reservation":"2K77RDV8C9X3N","key":"Ib3Ym333FMwSSiE1kwI7bg","code":"nothing-x"})";
  size_t read = 0;
  const auto once = [&](uint64_t latency_ns) {
    out.clear();
    writer.Hold(0, &out);
    writer.Confirm("2K77RDV8C9X3N", "Ib3Ym333FMwSSiE1kwI7bg", &out);
    writer.Read(0, &out);
    ReplyHead head;
    if (ReadHead(reply, &head) != HeadRead::kDone) return;
    const std::string_view body = std::string_view(reply).substr(head.head_bytes);
    read += JsonText(body, "\"reservation\"").size() + JsonText(body, "\"key\"").size();
    stats.Count(Kind::kHold, head.status, JsonText(body, "\"code\""), true, latency_ns, 0);
    stats.send_lag.Record(latency_ns);
  };
  once(1);  // buffers and counters have their size
  const size_t before = allocations;
  for (uint64_t i = 0; i < 100'000; ++i) once(i * 37);
  const size_t after = allocations;
  CHECK(after == before);
  CHECK(before > 0);  // they are counted
  CHECK(read == 100'001 * 35);
}

TEST_CASE("a person's requests, what it hears and when it goes on allocate nothing") {
  const CrowdRequests requests({"bench-0"}, "host", 1);
  Wheel wheel(1);
  Story story;
  Person person;
  Sight sight;
  Prng prng(1);
  std::string out;
  const std::string ticket(88, 't');
  int64_t now = 0;
  const auto once = [&] {
    out.clear();
    requests.Ticket(0, 7, &out);
    requests.Hold(0, 7, ticket, "2026-12-01T09:20", &out);
    const Heard heard = HeardOf(Ask::kTicket, 201, R"({"ticket":"t","poll_after_s":12})", 0);
    wheel.Put(0, AfterReply(&person, heard, sight, now, &prng).at_ns);
    now += 30 * kNsPerSecond;
    wheel.Turn(now, [](uint32_t, int64_t) {});
    story.Count(Ask::kTicket, false, 201, "");
    person.stage = Stage::kWaiting;
  };
  for (int i = 0; i < 100; ++i) once();
  const size_t before = allocations;
  for (int i = 0; i < 1000; ++i) once();
  const size_t after = allocations;
  CHECK(after == before);
}

}  // namespace
}  // namespace creneau::bench
