// When freed seats come back, and how long an offer stands.
#include "rules/freed.h"

#include "catch2/catch.hpp"
#include "rules/calendar.h"
#include "rules/opening.h"

namespace creneau::rules {
namespace {

struct Fixture {
  Fixture() {
    absl::TimeZone paris;
    REQUIRE(LoadZone("Europe/Paris", &paris));
    zone = paris;
  }
  Instant Local(const char* local) const {
    std::string error;
    return InstantOf(*ParseLocalMinute(local), zone.absl(), &error);
  }
  std::string Cools(const char* now, bool waits, uint64_t random, Channel channel = Channel::kWeb) {
    return FormatLocalMinute(
        LocalMinuteAt(CoolsUntil(agenda, zone, channel, Local(now), waits, random), zone.absl()));
  }
  Agenda agenda;
  Zone zone;
};

constexpr uint64_t kTwoHours = 2 * kMsPerHour;

TEST_CASE_METHOD(Fixture, "always open: at a random moment between the agenda's bounds") {
  CHECK(Cools("2026-12-01T09:30", false, 0) == "2026-12-01T10:30");
  CHECK(Cools("2026-12-01T09:30", false, kTwoHours) == "2026-12-01T12:30");
  CHECK(Cools("2026-12-01T09:30", false, 23 * kMsPerHour) == "2026-12-01T10:30");
  agenda.cooldown_min_hours = agenda.cooldown_max_hours = 5;
  CHECK(Cools("2026-12-01T09:30", false, kTwoHours) == "2026-12-01T14:30");
}

TEST_CASE_METHOD(Fixture, "with an opening: into the next that begins after the shortest time") {
  agenda.opening = Opening{Weekdays{0b0011111}, 510, 540, 600};
  const struct {
    const char* now;
    const char* until;
  } kCases[] = {
      {"2026-12-01T07:59", "2026-12-01T09:00"}, {"2026-12-01T08:00", "2026-12-01T09:00"},
      {"2026-12-01T08:01", "2026-12-02T09:00"}, {"2026-12-01T09:30", "2026-12-02T09:00"},
      {"2026-12-04T12:00", "2026-12-07T09:00"},
  };
  for (const auto& [now, until] : kCases) {
    CAPTURE(now);
    CHECK(Cools(now, false, kTwoHours) == until);
  }
  // No opening binds the office's own channels.
  CHECK(Cools("2026-12-01T09:30", false, kTwoHours, Channel::kPhone) == "2026-12-01T12:30");
  // An agenda that never opens again: as if it were always open.
  agenda.opening->weekdays.bits = 0;
  CHECK(Cools("2026-12-01T09:30", false, kTwoHours) == "2026-12-01T12:30");
}

TEST_CASE_METHOD(Fixture, "where it is to be offered to somebody: a minute later, opening or not") {
  CHECK(Cools("2026-12-01T09:30", true, kTwoHours) == "2026-12-01T09:31");
  agenda.opening = Opening{Weekdays{0b0011111}, 510, 540, 600};
  CHECK(Cools("2026-12-01T09:30", true, kTwoHours) == "2026-12-01T09:31");
}

TEST_CASE_METHOD(Fixture, "an offer stands as long as its channel's, but not beyond the slot") {
  const Instant now = Local("2026-12-01T09:30");
  CHECK(OfferedUntil(agenda, Channel::kWeb, Local("2026-12-20T09:00"), now) ==
        now + 72 * kMsPerHour);
  CHECK(OfferedUntil(agenda, Channel::kPost, Local("2026-12-20T09:00"), now) ==
        now + 240 * kMsPerHour);
  CHECK(OfferedUntil(agenda, Channel::kPost, Local("2026-12-02T09:00"), now) ==
        Local("2026-12-02T09:00"));
  agenda.notice_hours = 24;
  CHECK(OfferedUntil(agenda, Channel::kWeb, Local("2026-12-02T09:00"), now) < now);
}

}  // namespace
}  // namespace creneau::rules
