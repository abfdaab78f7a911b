#include "http/text.h"

#include "http/pen.h"

#undef CHECK  // ours, which pen.h uses inline; below it is Catch2's

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "base/text.h"
#include "http/time_cache.h"

namespace creneau::http {
namespace {

template <typename Append>
std::string Spell(Append append) {
  std::string out;
  append(out);
  return out;
}

TEST_CASE("times have the office's offset") {
  struct Case {
    int64_t ms;
    const char* zone;
    const char* text;
  };
  const Case cases[] = {
      {1'796'113'200'000, "Europe/Paris", "2026-12-01T09:20:00+01:00"},
      {1'796'113'200'999, "Europe/Paris", "2026-12-01T09:20:00+01:00"},
      {1'782'000'000'000, "Europe/Paris", "2026-06-21T02:00:00+02:00"},
      {1'796'113'200'000, "Indian/Reunion", "2026-12-01T12:20:00+04:00"},
      {1'796'113'200'000, "America/Guadeloupe", "2026-12-01T04:20:00-04:00"},
      {1'796'113'200'000, "Pacific/Marquesas", "2026-11-30T22:50:00-09:30"},
      {-1, "UTC", "1969-12-31T23:59:59+00:00"},
  };
  for (const Case& c : cases) {
    absl::TimeZone zone;
    REQUIRE(absl::LoadTimeZone(c.zone, &zone));
    CHECK(Spell([&](std::string& out) { AppendRfc3339(out, Instant{c.ms}, zone); }) == c.text);
  }
}

TEST_CASE("other spellings") {
  const Instant instant{1'796'113'200'000};
  CHECK(Spell([&](std::string& out) { AppendHttpDate(out, instant); }) ==
        "Tue, 01 Dec 2026 08:20:00 GMT");
  CHECK(Spell([&](std::string& out) { AppendHttpDate(out, Instant{784'111'777'000}); }) ==
        "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 9110
  CHECK(Spell([&](std::string& out) { AppendCalendarUtc(out, instant); }) == "20261201T082000Z");
  CHECK(Spell([](std::string& out) { AppendTimeOfDay(out, 1440); }) == "24:00");
  CHECK(Spell([](std::string& out) { AppendNumber(out, -7); }) == "-7");
  for (const char* text : {"2026-12-01T09:20", "1969-12-31T23:59", "2028-02-29T00:00"}) {
    CHECK(Spell([&](std::string& out) { AppendLocalMinute(out, *ParseLocalMinute(text)); }) ==
          text);
  }
}

TEST_CASE("a pen leaves what it wrote, behind what was there") {
  std::string out = "before ";
  {
    Pen pen(out, 100);
    pen.Literal("a").Text("bc").Number(-70).Text({}).Literal("de");
  }
  CHECK(out == "before abc-70de");
  { Pen pen(out, 100); }
  CHECK(out == "before abc-70de");
  Pen(out, 1).Text("f");
  CHECK(out == "before abc-70def");
}

// Twice through all of them, so that each is met anew and again.
TEST_CASE("kept times are spelled as times are") {
  absl::TimeZone paris;
  REQUIRE(absl::LoadTimeZone("Europe/Paris", &paris));
  absl::TimeZone new_york;
  REQUIRE(absl::LoadTimeZone("America/New_York", &new_york));
  const Zone zones[] = {Zone(paris), Zone(new_york), Zone()};
  TimeCache times;
  std::array<char, TimeCache::kRoom> room;
  const auto until = [&room](const char* end) {
    REQUIRE(end <= room.data() + room.size());
    return std::string(room.data(), static_cast<size_t>(end - room.data()));
  };
  const auto rfc3339 = [&](Instant instant, const Zone& zone) {
    return until(times.Rfc3339(room.data(), instant, zone));
  };
  const auto slot = [&](LocalMinute minute) { return until(times.Slot(room.data(), minute)); };
  for (int i = 0; i < 2'000; ++i) {
    const Instant instant{(i % 1'000 * 611 - 300'000) * kMsPerSecond + i % 3 * 400};
    for (const Zone& zone : zones) {
      std::string expected;
      AppendRfc3339(expected, instant, zone);
      REQUIRE(rfc3339(instant, zone) == expected);
      REQUIRE(rfc3339(instant, zone) == expected);
    }
    const LocalMinute minute{i % 1'000 * 7 - 3'000};
    std::string expected;
    AppendLocalMinute(expected, minute);
    REQUIRE(slot(minute) == expected);
    REQUIRE(slot(minute) == expected);
  }
  // Days that take one another's place, there and back; offsets of odd minutes, before 1883.
  for (const int64_t day :
       {18'000, 18'064, 18'000, 17'936, 18'064, -40'000, -40'064, -40'000, 20}) {
    const Instant instant{day * kMsPerDay};
    for (const Zone& zone : zones) {
      std::string expected;
      AppendRfc3339(expected, instant, zone);
      CHECK(rfc3339(instant, zone) == expected);
    }
    const LocalMinute minute{static_cast<int32_t>(day * 24 * 60 + 560)};
    std::string expected;
    AppendLocalMinute(expected, minute);
    CHECK(slot(minute) == expected);
  }
  // Years of any number of digits.
  for (const int64_t second : {-62'167'219'201LL, 253'402'300'800LL, 90'000'000'000'000LL}) {
    std::string expected;
    AppendRfc3339(expected, Instant{second * kMsPerSecond}, zones[2]);
    REQUIRE(rfc3339(Instant{second * kMsPerSecond}, zones[2]) == expected);
  }
}

}  // namespace
}  // namespace creneau::http
