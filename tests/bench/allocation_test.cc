// What a request costs the generator: no memory. It would be charged to the server that it
// measures.
#include <catch2/catch.hpp>
#include <string>

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

}  // namespace
}  // namespace creneau::bench
