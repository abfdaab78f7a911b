// The auditor of lanes must see what it is there for: each answer that is not "" breaks a promise.
#include "tests/sim/lanes.h"

#include "catch2/catch.hpp"

namespace creneau::sim {
namespace {

using surge::Lane;
using surge::Load;
using surge::Shed;

constexpr Instant kNow{1796029200000};

Told Overloaded(const std::string& retry_after = "Retry-After: 3\r\n") {
  return Told("HTTP/1.1 503 Service Unavailable\r\n" + retry_after +
              "\r\n{\"code\":\"overloaded\",\"retryable\":true}");
}

struct Fixture {
  // Those on the floor have arrived.
  Fixture() {
    lanes.Expect(kNow);
    for (int i = 0; i < kArrivalFloorPerS; ++i)
      REQUIRE(Is(Lane::kArrival, 10'000, Shed::kNo) == "");
  }
  std::string Is(Lane lane, int64_t lag_ms, Shed shed, int64_t later_ms = 0) {
    return lanes.Check({lane, {.lag_us = 1'000 * lag_ms}, shed, kNow + later_ms});
  }
  std::map<std::string, uint64_t> reached;
  Lanes lanes{reached};
};

TEST_CASE_METHOD(Fixture, "whoever holds a seat is never refused, whatever the lag") {
  CHECK(Is(Lane::kConfirm, 10'000, Shed::kNo) == "");
  CHECK(Is(Lane::kConfirm, 10'000, Shed::kLag) != "");
  CHECK(Is(Lane::kOperator, 10'000, Shed::kLag) != "");
}

TEST_CASE_METHOD(Fixture, "the lane with the worst claim is refused first") {
  CHECK(Is(Lane::kArrival, 60, Shed::kNo) == "");
  CHECK(Is(Lane::kArrival, 60, Shed::kLag) == "");  // some are
  CHECK(Is(Lane::kRead, 130, Shed::kNo) == "");
  SECTION("and is not let in where a better one is refused") {
    CHECK(Is(Lane::kRead, 140, Shed::kLag) == "");
    CHECK(Is(Lane::kArrival, 139, Shed::kNo) == "");
    CHECK(Is(Lane::kArrival, 140, Shed::kNo) != "");
  }
  SECTION("whichever of them comes first") {
    CHECK(Is(Lane::kRead, 180, Shed::kNo) == "");
    CHECK(Is(Lane::kHold, 180, Shed::kLag) != "");
  }
}

TEST_CASE_METHOD(Fixture, "nobody is let in who cannot be answered in time") {
  CHECK(Is(Lane::kHold, 499, Shed::kNo) == "");
  CHECK(Is(Lane::kHold, 500, Shed::kNo) != "");
}

TEST_CASE_METHOD(Fixture, "a few who arrive in each second are let in whatever the lag") {
  const auto arrives = [&](Shed shed, size_t thread, int64_t ms) {
    return lanes.Check({Lane::kArrival, {.lag_us = 400'000}, shed, kNow, thread, Instant{ms}});
  };
  const int64_t each_ms = kMsPerSecond / kArrivalFloorPerS;
  CHECK(arrives(Shed::kLag, 0, each_ms - 1) == "");
  CHECK(arrives(Shed::kLag, 0, each_ms) != "");
  CHECK(arrives(Shed::kNo, 0, 2 * each_ms) == "");
  CHECK(arrives(Shed::kLag, 0, 2 * each_ms) == "");
  CHECK(arrives(Shed::kNo, 1, 0) == "");  // another thread's
  CHECK(arrives(Shed::kLag, 1, 0) != "");
}

TEST_CASE_METHOD(Fixture, "soon after the crowd has gone nobody is refused") {
  CHECK(Is(Lane::kArrival, 60, Shed::kLag, kCalmAgainMs) == "");
  CHECK(Is(Lane::kArrival, 60, Shed::kLag, kCalmAgainMs + 1) != "");
  lanes.Expect(kNow + 1'000);
  CHECK(Is(Lane::kArrival, 60, Shed::kLag, kCalmAgainMs + 1) == "");
}

TEST_CASE_METHOD(Fixture, "new holds wait for the log, and nothing else does") {
  const Load behind{.log_behind = true};
  const Load stands{.log_in_flight_ms = 500};
  for (const Load& load : {behind, stands}) {
    CHECK(lanes.Check({Lane::kHold, load, Shed::kLog, kNow + 60'000}) == "");
    CHECK(lanes.Check({Lane::kHold, load, Shed::kNo, kNow}) != "");
    CHECK(lanes.Check({Lane::kRead, load, Shed::kLog, kNow}) != "");
    CHECK(lanes.Check({Lane::kRead, load, Shed::kNo, kNow}) == "");
  }
  CHECK(lanes.Check({Lane::kHold, {.log_in_flight_ms = 499}, Shed::kLog, kNow}) != "");
}

TEST_CASE_METHOD(Fixture, "whoever is refused is told so, and when to come again") {
  const Decision refused{Lane::kHold, {.lag_us = 400'000}, Shed::kLag, kNow};
  CHECK(lanes.Answered(refused, false, Overloaded()) == "");
  CHECK(reached.at("shed-hold-for-lag") == 1);
  CHECK(lanes.Answered(refused, false, Overloaded("")) != "");
  CHECK(lanes.Answered(refused, false, Overloaded("Retry-After: 3600\r\n")) != "");
  CHECK(lanes.Answered(refused, false, Told("HTTP/1.1 201 Created\r\n\r\n{}")) != "");
}

TEST_CASE("a request's lane is what its path says") {
  struct Case {
    const char* request;
    Lane lane;
  };
  const Case cases[] = {
      {"POST /v1/agendas/a/tickets HTTP/1.1", Lane::kArrival},
      {"POST /v1/agendas/a/holds HTTP/1.1", Lane::kHold},
      {"POST /v1/reservations/R/move HTTP/1.1", Lane::kHold},
      {"POST /v1/reservations/R/confirm HTTP/1.1", Lane::kConfirm},
      {"POST /v1/reservations/R/extend HTTP/1.1", Lane::kConfirm},
      {"GET /v1/reservations/R HTTP/1.1", Lane::kConfirm},
      {"DELETE /v1/reservations/R HTTP/1.1", Lane::kConfirm},
      {"GET /v1/reservations/R/receipt HTTP/1.1", Lane::kReceipt},
      {"POST /v1/receipts HTTP/1.1", Lane::kReceipt},
      {"POST /v1/agendas/a/attempts HTTP/1.1", Lane::kReceipt},
      {"GET /v1/agendas/a/slots?from=2027-06-01 HTTP/1.1", Lane::kRead},
      {"GET /v1/agendas/a/queue HTTP/1.1", Lane::kRead},
  };
  for (const Case& c : cases) {
    INFO(c.request);
    CHECK(Lanes::LaneOf(c.request) == c.lane);
  }
}

}  // namespace
}  // namespace creneau::sim
