#include "rules/releases.h"

#include "base/text.h"
#include "catch2/catch.hpp"
#include "rules/calendar.h"
#include "rules/iso_week.h"

namespace creneau::rules {
namespace {

// Slots from nine to ten every half hour, Mondays to Fridays; given out from nine to ten on working
// days, two weeks before.
Agenda Opened() {
  Agenda agenda;
  agenda.timezone = "Europe/Paris";
  agenda.horizon_days = 14;
  agenda.notice_hours = 24;
  agenda.opening = Opening{Weekdays{0x1f}, 8 * 60 + 30, 9 * 60, 10 * 60};
  Session session;
  session.weekdays = Weekdays{0x1f};
  session.from = {2026, 11, 23};
  session.until = {2027, 1, 29};
  session.hours = {{9 * 60, 11 * 60}};
  session.minutes = 30;
  session.seats.of = {4, 1, 0, 0, 1};
  agenda.sessions = {session};
  return agenda;
}

struct Asked {
  Agenda agenda;
  Zone zone;
  Instant now;
  Releases releases;
};

Asked Ask(Agenda agenda, const char* now, int days, size_t most = SIZE_MAX) {
  absl::TimeZone named;
  REQUIRE(LoadZone(agenda.timezone, &named));
  const Zone zone(named);
  std::string error;
  const Instant at = InstantOf(*ParseLocalMinute(now), named, &error);
  const auto [from, until] = ReleasedStarts(agenda, zone, at, days);
  std::vector<ReleaseSlot> slots;
  bool whole = true;
  for (const CalendarSlot& slot : ExpandSessions(agenda).slots) {
    if (slot.starts_at < from || until < slot.starts_at) continue;
    whole = slots.size() < most;
    if (!whole) break;
    slots.push_back({slot.start, slot.starts_at, slot.seats.of});
  }
  Releases releases = ReleasesFrom(agenda, zone, at, days, slots, whole);
  return {std::move(agenda), zone, at, std::move(releases)};
}

// "2026-12-01 09:00-10:00: 2026-12-15 09:00..10:00 3x18 from 09:00 to 10:00", a line for each.
std::string Told(const Asked& asked) {
  const auto clock = [&](Instant instant) {
    return FormatLocalMinute(LocalMinuteAt(instant, asked.zone.absl())).substr(11);
  };
  std::string out;
  for (const ReleaseDay& day : asked.releases.days) {
    out += FormatDate(CivilFromDays(day.day));
    if (day.opening)
      out += " " + clock(day.opening->gathers_at) + " " + clock(day.opening->opens_at) + "-" +
             clock(day.opening->closes_at);
    out += "\n";
    for (const Release& release : day.releases) {
      uint32_t seats = 0;
      for (const uint32_t count : release.seats) seats += count;
      out += "  " + FormatDate(CivilFromDays(release.day)) + " " +
             FormatLocalMinute(release.first).substr(11) + ".." +
             FormatLocalMinute(release.last).substr(11) + " " + std::to_string(release.slots) +
             " slots, " + std::to_string(seats) + " seats, " + clock(release.from) + "-" +
             clock(release.until) + "\n";
    }
  }
  return out;
}

TEST_CASE("an opening releases what came within the horizon since the last one closed") {
  // A Tuesday evening: what begins at 10:00, when it closed, or later in two weeks was out of
  // reach this morning.
  const Asked asked = Ask(Opened(), "2026-12-01T18:00", 3);
  CHECK(Told(asked) ==
        "2026-12-02 08:30 09:00-10:00\n"
        "  2026-12-15 10:00..10:30 2 slots, 12 seats, 09:00-09:00\n"
        "  2026-12-16 09:00..09:30 2 slots, 12 seats, 09:00-09:30\n"
        "2026-12-03 08:30 09:00-10:00\n"
        "  2026-12-16 10:00..10:30 2 slots, 12 seats, 09:00-09:00\n"
        "  2026-12-17 09:00..09:30 2 slots, 12 seats, 09:00-09:30\n");
  CHECK(asked.releases.last_day == DaysFromCivil({2026, 12, 3}));
  CHECK(asked.releases.days[0].releases[1].seats == std::array<uint32_t, kChannels>{8, 2, 0, 0, 2});
}

TEST_CASE("after a weekend the opening releases what the weekend kept") {
  CHECK(Told(Ask(Opened(), "2026-12-05T12:00", 3)) ==
        "2026-12-07 08:30 09:00-10:00\n"
        "  2026-12-18 10:00..10:30 2 slots, 12 seats, 09:00-09:00\n"
        "  2026-12-21 09:00..09:30 2 slots, 12 seats, 09:00-09:30\n");
}

TEST_CASE("while it is open, what can be had already is no release, and the opening is shown") {
  CHECK(Told(Ask(Opened(), "2026-12-02T09:15", 1)) ==
        "2026-12-02 08:30 09:00-10:00\n"
        "  2026-12-16 09:30..09:30 1 slots, 6 seats, 09:30-09:30\n");
  CHECK(Told(Ask(Opened(), "2026-12-02T10:00", 1)).empty());
}

TEST_CASE("an agenda that is always open releases each slot at its own time of day") {
  Agenda agenda = Opened();
  agenda.opening.reset();
  CHECK(Told(Ask(agenda, "2026-12-01T09:45", 2)) ==
        "2026-12-01\n"
        "  2026-12-15 10:00..10:30 2 slots, 12 seats, 10:00-10:30\n"
        "2026-12-02\n"
        "  2026-12-16 09:00..10:30 4 slots, 24 seats, 09:00-10:30\n");
}

TEST_CASE("a slot whose notice begins before its release is never released") {
  Agenda agenda = Opened();
  agenda.horizon_days = 2;
  agenda.notice_hours = 47;
  // On Fridays at ten it closes; Monday's 9:00 was to be had from Saturday on, and is not any more.
  CHECK(Told(Ask(agenda, "2026-12-04T12:00", 4)) ==
        "2026-12-07 08:30 09:00-10:00\n"
        "  2026-12-09 09:00..09:30 2 slots, 12 seats, 09:00-09:30\n");
}

TEST_CASE("where there are too many slots, the calendar ends with a day that is whole") {
  const Asked asked = Ask(Opened(), "2026-12-01T18:00", 20, /*most=*/10 + 8 * 4);
  REQUIRE_FALSE(asked.releases.days.empty());
  const Asked all = Ask(Opened(), "2026-12-01T18:00", 20);
  CHECK(asked.releases.last_day < all.releases.last_day);
  CHECK(Told(all).starts_with(Told(asked)));
}

TEST_CASE("clocks that change move no release off its hour at the office") {
  Agenda agenda = Opened();
  agenda.sessions[0].from = {2027, 3, 1};
  agenda.sessions[0].until = {2027, 4, 30};
  // Clocks go forward on 28 March.
  CHECK(Told(Ask(agenda, "2027-03-23T18:00", 2)) ==
        "2027-03-24 08:30 09:00-10:00\n"
        "  2027-04-06 10:00..10:30 2 slots, 12 seats, 09:00-09:00\n"
        "  2027-04-07 09:00..09:30 2 slots, 12 seats, 09:00-09:30\n");
}

TEST_CASE("weeks are those of ISO 8601") {
  const struct {
    CivilDate day;
    const char* week;
    CivilDate monday;
  } kCases[] = {
      {{2026, 12, 1}, "2026-W49", {2026, 11, 30}}, {{2026, 12, 31}, "2026-W53", {2026, 12, 28}},
      {{2027, 1, 1}, "2026-W53", {2026, 12, 28}},  {{2027, 1, 3}, "2026-W53", {2026, 12, 28}},
      {{2027, 1, 4}, "2027-W01", {2027, 1, 4}},    {{2024, 12, 30}, "2025-W01", {2024, 12, 30}},
      {{2021, 1, 3}, "2020-W53", {2020, 12, 28}},
  };
  for (const auto& [day, text, monday] : kCases) {
    CAPTURE(text);
    const IsoWeek week = IsoWeekOf(DaysFromCivil(day));
    CHECK(FormatIsoWeek(week) == text);
    CHECK(ParseIsoWeek(text) == week);
    CHECK(FirstDayOf(week) == DaysFromCivil(monday));
  }
  for (const char* none : {"", "2026-49", "2026-W00", "2027-W53", "2026-W54", "2026-W4a",
                           "2026-w49", "1969-W01", "2026-W491"})
    CHECK_FALSE(ParseIsoWeek(none));
}

}  // namespace
}  // namespace creneau::rules
