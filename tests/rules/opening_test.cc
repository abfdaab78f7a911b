#include "rules/opening.h"

#include "catch2/catch.hpp"
#include "rules/calendar.h"

namespace creneau::rules {
namespace {

struct Fixture {
  Fixture() {
    REQUIRE(LoadZone("Europe/Paris", &zone));
    agenda.opening = Opening{Weekdays{0b0011111}, 510, 540, 600};  // weekdays, 8:30, 9:00 to 10:00
  }
  OpeningVerdict At(const char* local) { return OpeningAt(agenda, zone, Local(local)); }
  Instant Local(const char* local) {
    std::string error;
    const Instant instant = InstantOf(*ParseLocalMinute(local), zone, &error);
    REQUIRE(error.empty());
    return instant;
  }
  Agenda agenda;
  absl::TimeZone zone;
};

TEST_CASE_METHOD(Fixture,
                 "open from nine to ten on weekdays, and otherwise the next opening is named") {
  const struct {
    const char* now;
    const char* opens;  // null: open
  } kCases[] = {
      {"2026-11-30T08:59", "2026-11-30T09:00"},
      {"2026-11-30T09:00", nullptr},
      {"2026-11-30T09:59", nullptr},
      {"2026-11-30T10:00", "2026-12-01T09:00"},
      {"2026-12-04T10:00", "2026-12-07T09:00"},  // Friday to Monday
      {"2026-10-24T12:00", "2026-10-26T09:00"},  // over the change of clocks
  };
  for (const auto& [now, opens] : kCases) {
    CAPTURE(now);
    const OpeningVerdict verdict = At(now);
    CHECK(verdict.open == (opens == nullptr));
    if (opens != nullptr) CHECK(verdict.opens_at == Local(opens));
  }
  CHECK(At("2026-11-30T09:30").closes_at == Local("2026-11-30T10:00"));
}

TEST_CASE_METHOD(Fixture,
                 "without an opening an agenda is always open; with no weekday it never is") {
  agenda.opening->weekdays.bits = 0;
  CHECK_FALSE(At("2026-11-30T09:30").open);
  CHECK_FALSE(At("2026-11-30T09:30").opens_at.has_value());
  agenda.opening.reset();
  CHECK(At("2026-11-30T03:00").open);
}

TEST_CASE_METHOD(Fixture, "an opening in a skipped hour opens when the clocks have gone over it") {
  agenda.opening = Opening{Weekdays{0x7f}, 150, 150, 240};  // 2:30 to 4:00
  CHECK(OpeningAt(agenda, zone, Local("2027-03-28T01:59")).opens_at == Local("2027-03-28T03:00"));
}

TEST_CASE_METHOD(Fixture, "notice and horizon, to the millisecond") {
  agenda = Agenda();
  agenda.notice_hours = 24;
  agenda.horizon_days = 42;
  const Instant now{1796029200000};
  const BookableWindow window = BookableAt(agenda, zone, now);
  CHECK(IsBookable(window, now + 24 * kMsPerHour) == Bookable::kYes);
  CHECK(IsBookable(window, now + (24 * kMsPerHour - 1)) == Bookable::kTooLate);
  CHECK(IsBookable(window, now + 42 * kMsPerDay) == Bookable::kYes);
  CHECK(IsBookable(window, now + (42 * kMsPerDay + 1)) == Bookable::kTooEarly);
  agenda.notice_hours = 0;
  CHECK(IsBookable(BookableAt(agenda, zone, now), now) == Bookable::kTooLate);  // it has begun
}

TEST_CASE_METHOD(Fixture,
                 "the horizon counts local days: an opening at nine meets the slots of nine") {
  agenda.horizon_days = 42;
  // Clocks go back on 2026-10-25 between the two.
  const BookableWindow window = BookableAt(agenda, zone, Local("2026-10-05T09:00"));
  CHECK(IsBookable(window, Local("2026-11-16T09:00")) == Bookable::kYes);
  CHECK(IsBookable(window, Local("2026-11-16T09:01")) == Bookable::kTooEarly);
}

TEST_CASE_METHOD(Fixture, "a slot beyond the horizon opens with the first opening within it") {
  agenda.horizon_days = 42;
  // slot, when it can first be booked
  const std::pair<const char*, const char*> table[] = {
      {"2027-01-11T09:20", "2026-11-30T09:20"},  // a Monday, within the opening
      {"2027-01-11T14:40", "2026-12-01T09:00"},  // that Monday's opening is over by then
      {"2027-01-16T09:20", "2026-12-07T09:00"},  // a Saturday: the Monday after
  };
  for (const auto& [slot, from] : table)
    CHECK(BookableFrom(agenda, zone, Local(slot)) == Local(from));
  agenda.opening->weekdays.bits = 0;
  CHECK_FALSE(BookableFrom(agenda, zone, Local("2027-01-11T09:20")).has_value());
}

}  // namespace
}  // namespace creneau::rules
