// The auditor must see what it is there for: each of these answers breaks one promise.
#include "tests/sim/auditor.h"

#include "catch2/catch.hpp"
#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

constexpr Instant kNow{1796029200000};  // 2026-11-30T10:00:00+01:00
const std::string kNine = "sim/2027-06-01T09:00";
const std::string kTen = "sim/2027-06-01T10:00";

Told Answer(int status, const std::string& body) {
  return Told("HTTP/1.1 " + std::to_string(status) + " x\r\n\r\n" + body);
}

Told Held(const std::string& name, const std::string& slot) {
  return Answer(
      201, R"({"reservation":")" + name + R"(","key":"k)" + name +
               R"(","state":"held","agenda":"sim","slot":")" + TimeOf(slot) +
               R"(","expires_at":"2026-11-30T10:05:00+01:00","extended":false,"moves_left":2})");
}

Told Is(const std::string& state, const std::string& slot, const std::string& expires = "") {
  return Answer(200, R"({"state":")" + state + R"(","agenda":"sim","slot":")" + TimeOf(slot) +
                         "\"" + (expires.empty() ? "" : R"(,"expires_at":")" + expires + "\"") +
                         R"(,"extended":false,"moves_left":2})");
}

Told Problem(int status, const std::string& code) {
  return Answer(status, R"({"code":")" + code + R"("})");
}

struct Fixture {
  explicit Fixture(int seats = 1) {
    REQUIRE(auditor.Publish({kNine, kTen}, seats, false, Answer(201, "{}"), kNow, false) == "");
    REQUIRE(auditor.Hold(1, kNine, "key", Held("ADA", kNine), kNow, false) == "");
  }
  Auditor auditor;
};

TEST_CASE_METHOD(Fixture, "a seat with two owners, and a subject with two reservations, are seen") {
  CHECK(auditor.Hold(2, kNine, "other", Held("BERT", kNine), kNow, false) != "");
  CHECK(auditor.Hold(1, kTen, "another", Held("ADA2", kTen), kNow, false) != "");
  CHECK(auditor.Hold(1, kTen, "another", Problem(409, "already-reserved"), kNow, false) == "");
}

TEST_CASE("a name that is somebody else's is seen, live or not") {
  Fixture two(2);
  CHECK(two.auditor.Hold(2, kNine, "other", Held("ADA", kNine), kNow, false) != "");
  REQUIRE(two.auditor.Cancel("ADA", Is("cancelled", kNine), kNow, false) == "");
  CHECK(two.auditor.Hold(2, kNine, "other", Held("ADA", kNine), kNow, false) != "");
  CHECK(two.auditor.Hold(2, kNine, "other", Held("BERT", kNine), kNow, false) == "");
}

TEST_CASE_METHOD(Fixture, "a refusal while there is a seat is seen, unless the disk is low") {
  CHECK(auditor.Hold(2, kTen, "other", Problem(409, "slot-taken"), kNow, false) != "");
  CHECK(auditor.Hold(2, kTen, "other", Problem(503, "read-only"), kNow, false) != "");
  CHECK(auditor.Hold(2, kTen, "other", Problem(503, "read-only"), kNow, true) == "");
  CHECK(auditor.Hold(2, kNine, "other", Problem(409, "slot-taken"), kNow, false) == "");
}

TEST_CASE_METHOD(Fixture, "a confirm that is refused in time, or taken too late, is seen") {
  CHECK(auditor.Confirm("ADA", Problem(410, "hold-expired"), kNow + 300'000) != "");
  CHECK(auditor.Confirm("ADA", Is("confirmed", kNine), kNow + 300'001) != "");
  CHECK(auditor.Confirm("ADA", Is("confirmed", kTen), kNow) != "");
  CHECK(auditor.Confirm("ADA", Is("confirmed", kNine), kNow + 300'000) == "");
}

TEST_CASE_METHOD(Fixture, "a freed seat that comes back within the hour is seen") {
  REQUIRE(auditor.Cancel("ADA", Is("cancelled", kNine), kNow, false) == "");
  CHECK(auditor.Hold(2, kNine, "other", Held("BERT", kNine), kNow + 3'599'000, false) != "");
  const Instant later = kNow + 25 * kMsPerHour;
  auditor.Tick(later, 0, true);
  CHECK(auditor.Hold(2, kNine, "other", Problem(409, "slot-taken"), later, false) != "");
}

TEST_CASE_METHOD(Fixture, "a publication that takes a reserved seat is seen, and a wrong refusal") {
  const auto publish = [&](int seats, bool keep, const Told& told) {
    return auditor.Publish({kNine, kTen}, seats, keep, told, kNow, false);
  };
  CHECK(publish(0, false, Answer(200, "{}")) != "");
  CHECK(publish(0, true, Problem(409, "seats-reserved")) != "");
  CHECK(publish(1, false, Problem(409, "seats-reserved")) != "");
  CHECK(publish(0, false, Problem(409, "seats-reserved")) == "");
  CHECK(publish(0, true, Answer(200, "{}")) == "");
  CHECK(auditor.Hold(2, kTen, "other", Held("BERT", kTen), kNow, false) != "");
  CHECK(auditor.Look("ADA", Problem(410, "cancelled"), kNow) != "");
}

TEST_CASE_METHOD(Fixture, "a seat that was withdrawn while it cooled and comes back is seen") {
  REQUIRE(auditor.Cancel("ADA", Is("cancelled", kNine), kNow, false) == "");
  REQUIRE(auditor.Publish({kNine}, 0, false, Answer(200, "{}"), kNow, false) == "");
  const Instant later = kNow + 25 * kMsPerHour;
  auditor.Tick(later, 0, true);
  CHECK(auditor.Hold(2, kNine, "other", Held("BERT", kNine), later, false) != "");
  CHECK(auditor.Hold(2, kNine, "other", Problem(409, "slot-taken"), later, false) == "");
}

TEST_CASE_METHOD(Fixture, "seats are given out in the agenda's hours, and only then") {
  auditor.KeepHours("sim/", {8 * 60, 10 * 60 + 30});
  const Instant late = kNow + 30 * kMsPerMinute;  // 10:30 on the office's clock
  CHECK(auditor.Hold(2, kTen, "other", Problem(409, "not-open-yet"), kNow, false) != "");
  CHECK(auditor.Hold(2, kTen, "other", Held("BERT", kTen), late, false) != "");
  CHECK(auditor.Hold(2, kTen, "other", Problem(409, "not-open-yet"), late, false) == "");
}

TEST_CASE("free seats are those of now, or all of them those of one read in this millisecond") {
  const auto free = [](int nine, int ten) {
    return Answer(200, R"({"slots":[{"slot":")" + TimeOf(kNine) + R"(","free":)" +
                           std::to_string(nine) + R"(},{"slot":")" + TimeOf(kTen) + R"(","free":)" +
                           std::to_string(ten) + "}]}");
  };
  Fixture two(2);
  Auditor& auditor = two.auditor;
  CHECK(auditor.Slots("sim/", free(2, 2), kNow) != "");
  CHECK(auditor.Slots("sim/", free(1, 2), kNow) == "");
  REQUIRE(auditor.Hold(2, kNine, "other", Held("BERT", kNine), kNow, false) == "");
  REQUIRE(auditor.Hold(3, kTen, "third", Held("CLEO", kTen), kNow, false) == "");
  CHECK(auditor.Slots("sim/", free(1, 2), kNow) == "");
  CHECK(auditor.Slots("sim/", free(0, 1), kNow) == "");
  CHECK(auditor.Slots("sim/", free(1, 1), kNow) != "");
  CHECK(auditor.Slots("sim/", free(0, 2), kNow) != "");
  CHECK(auditor.Slots("sim/", free(1, 2), kNow + 1) != "");
  CHECK(auditor.Slots("sim/", free(0, 1), kNow + 1) == "");
}

TEST_CASE_METHOD(
    Fixture, "an acknowledged act that a crash lost is seen; one that nobody was told of may go") {
  auditor.Acknowledge(auditor.position());
  REQUIRE(auditor.Confirm("ADA", Is("confirmed", kNine), kNow) == "");
  const auto held_until = [](const std::string& time) {
    return [=](const std::string&, const std::string&) {
      return Is("held", kNine, "2026-11-30T" + time + "+01:00");
    };
  };
  const auto still_held = held_until("10:06:00");
  SECTION("told") {
    auditor.Acknowledge(auditor.position());
    CHECK(auditor.Reconcile(still_held, kNow, kNow) != "");
  }
  SECTION("not told") {
    CHECK(auditor.Reconcile(still_held, kNow, kNow) == "");
    CHECK(auditor.reached().at("undelivered-act-lost") == 1);
    CHECK(auditor.Look("ADA", Is("held", kNine, "2026-11-30T10:06:00+01:00"), kNow) == "");
  }
  SECTION("a hold that has got shorter") {
    CHECK(auditor.Reconcile(held_until("10:04:59"), kNow, kNow) != "");
  }
  SECTION("a hold that has not got all the time of the crash") {
    const Instant back = kNow + 90'000;
    CHECK(auditor.Reconcile(held_until("10:06:29"), kNow, back) != "");
    CHECK(auditor.Reconcile(held_until("10:06:30"), kNow, back) == "");
  }
  SECTION("a hold that lapsed while nobody could confirm it") {
    const auto lapsed = [](const std::string&, const std::string&) {
      return Problem(410, "hold-expired");
    };
    const Instant deadline = kNow + kHoldMs;
    CHECK(auditor.Reconcile(lapsed, deadline, deadline + 90'000) != "");
    CHECK(auditor.Reconcile(lapsed, deadline + 1'000, deadline + 90'000) == "");
  }
  SECTION("something that nobody did") {
    CHECK(auditor.Reconcile(
              [](const std::string&, const std::string&) { return Problem(410, "cancelled"); },
              kNow, kNow) != "");
  }
}

}  // namespace
}  // namespace creneau::sim
