#include "rules/calendar.h"

#include <limits>

#include "catch2/catch.hpp"
#include "rules/holidays.h"

namespace creneau::rules {
namespace {

// One session, all week, on the days from..until.
Agenda AgendaOf(const std::string& zone, CivilDate from, CivilDate until, Hours hours,
                int minutes = 60) {
  Agenda agenda;
  agenda.timezone = zone;
  Session session;
  session.weekdays.bits = 0x7f;
  session.from = from;
  session.until = until;
  session.hours = {hours};
  session.minutes = minutes;
  session.seats.of = {2, 0, 1, 0, 0};
  session.line = 12;
  agenda.sessions = {session};
  return agenda;
}

std::string Starts(const Calendar& calendar) {
  std::string out;
  for (const CalendarSlot& slot : calendar.slots) out += FormatLocalMinute(slot.start) + " ";
  return out;
}

TEST_CASE("Easter, and the days that depend on it") {
  const CivilDate easter[] = {{2024, 3, 31}, {2025, 4, 20}, {2026, 4, 5},
                              {2027, 3, 28}, {2028, 4, 16}, {2038, 4, 25}};
  for (const CivilDate& date : easter) CHECK(EasterSunday(date.year) == date);
  for (const char* day : {"2026-04-06", "2026-05-14", "2026-05-25"})
    CHECK(IsPublicHoliday(*ParseDate(day), "Europe/Paris"));
  CHECK_FALSE(IsPublicHoliday(*ParseDate("2026-04-05"),
                              "Europe/Paris"));  // Easter Sunday is a Sunday, no more
}

TEST_CASE("public holidays, and those of the departments overseas") {
  for (const char* day : {"2026-01-01", "2026-05-01", "2026-05-08", "2026-07-14", "2026-08-15",
                          "2026-11-01", "2026-11-11", "2026-12-25"}) {
    CHECK(IsPublicHoliday(*ParseDate(day), "Europe/Paris"));
  }
  const struct {
    const char* day;
    const char* zone;
  } kOverseas[] = {{"2026-12-20", "Indian/Reunion"},
                   {"2026-04-27", "Indian/Mayotte"},
                   {"2026-05-22", "America/Martinique"},
                   {"2026-05-27", "America/Guadeloupe"},
                   {"2026-06-10", "America/Cayenne"}};
  for (const auto& [day, zone] : kOverseas) {
    CHECK(IsPublicHoliday(*ParseDate(day), zone));
    CHECK_FALSE(IsPublicHoliday(*ParseDate(day), "Europe/Paris"));
  }
}

TEST_CASE("a session makes slots as long as a whole one fits") {
  const auto calendar =
      ExpandSessions(AgendaOf("Europe/Paris", {2026, 12, 1}, {2026, 12, 1}, {540, 610}, 20));
  CHECK(calendar.diagnostics.empty());
  CHECK(Starts(calendar) == "2026-12-01T09:00 2026-12-01T09:20 2026-12-01T09:40 ");
  CHECK(calendar.slots[0].starts_at == Instant{1796112000000});  // 08:00 UTC
}

TEST_CASE("holidays, weekdays and exceptions leave days out") {
  Agenda agenda = AgendaOf("Europe/Paris", {2026, 12, 21}, {2026, 12, 27}, {540, 600});
  agenda.sessions[0].weekdays.bits = 0b0011111;
  agenda.sessions[0].except = {{2026, 12, 24}};
  CHECK(Starts(ExpandSessions(agenda)) == "2026-12-21T09:00 2026-12-22T09:00 2026-12-23T09:00 ");
  agenda.sessions[0].skip_holidays = false;
  CHECK(Starts(ExpandSessions(agenda)).ends_with("2026-12-25T09:00 "));
}

TEST_CASE("times that daylight saving skips or repeats are errors with the session's line") {
  const struct {
    CivilDate day;
    Hours hours;
    const char* expected;
  } kCases[] = {
      {{2027, 3, 28}, {60, 180}, "2027-03-28T02:00 does not exist"},
      {{2026, 10, 25}, {120, 180}, "2026-10-25T02:00 comes twice"},
  };
  for (const auto& [day, hours, expected] : kCases) {
    const auto calendar = ExpandSessions(AgendaOf("Europe/Paris", day, day, hours));
    REQUIRE(calendar.diagnostics.size() == 1);
    CHECK(calendar.diagnostics[0].line == 12);
    CHECK(calendar.diagnostics[0].message.find(expected) == 0);
    // Réunion has no daylight saving.
    CHECK(ExpandSessions(AgendaOf("Indian/Reunion", day, day, hours)).diagnostics.empty());
  }
  CHECK(ExpandSessions(AgendaOf("Europe/Paris", {2027, 3, 28}, {2027, 3, 28}, {180, 240}))
            .diagnostics.empty());
}

TEST_CASE("sessions that make the same slot add their seats, and must agree in minutes") {
  Agenda agenda = AgendaOf("Europe/Paris", {2026, 12, 1}, {2026, 12, 1}, {540, 600});
  agenda.sessions.push_back(agenda.sessions[0]);
  agenda.sessions[1].line = 30;
  auto calendar = ExpandSessions(agenda);
  REQUIRE(calendar.slots.size() == 1);
  CHECK(calendar.slots[0].seats.of[0] == 4);
  agenda.sessions[1].minutes = 30;
  CHECK(ExpandSessions(agenda).diagnostics.at(0).line == 30);
  agenda.sessions[1].minutes = 60;
  agenda.sessions[1].seats.of = {60, 0, 5, 0, 0};
  CHECK(ExpandSessions(agenda).diagnostics.at(0).message.find("68 seats") != std::string::npos);
}

TEST_CASE("instants and local minutes there and back, with their offset") {
  absl::TimeZone paris;
  REQUIRE(LoadZone("Europe/Paris", &paris));
  const Instant summer{1782900000000};
  CHECK(FormatRfc3339(summer, paris) == "2026-07-01T12:00:00+02:00");
  CHECK(FormatLocalMinute(LocalMinuteAt(summer, paris)) == "2026-07-01T12:00");
  absl::TimeZone nowhere;
  CHECK_FALSE(LoadZone("Europe/Lutece", &nowhere));
}

TEST_CASE("dates are read if they exist, from 1900 to 2199") {
  const int32_t first = DaysFromCivil({1900, 1, 1});
  const int32_t last = DaysFromCivil({2199, 12, 31});
  for (int32_t day = first; day <= last; ++day) {
    const CivilDate date = CivilFromDays(day);
    REQUIRE(ParseDate(FormatDate(date)) == date);
  }
  for (const char* text : {"1899-12-31", "2200-01-01", "1900-02-29", "2100-02-29", "2027-02-29",
                           "2028-02-30", "2026-04-31", "2026-01-32", "2026-00-10", "2026-13-01",
                           "2026-01-00", "2026-1-01", "2026/01/01", "2026-01-0x", "2026-01-011"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDate(text));
  }
}

TEST_CASE("every number of days is a date") {
  CHECK(CivilFromDays(std::numeric_limits<int32_t>::max()) == CivilDate{5'881'580, 7, 11});
  CHECK(CivilFromDays(std::numeric_limits<int32_t>::min()) == CivilDate{-5'877'641, 6, 23});
}

}  // namespace
}  // namespace creneau::rules
