#include <algorithm>
#include <vector>

#include "base/text.h"
#include "catch2/catch.hpp"
#include "rules/beacon.h"
#include "rules/draw_allocation.h"
#include "rules/draw_takers.h"
#include "rules/wishes.h"

namespace creneau::rules {
namespace {

using Texts = std::vector<std::string_view>;

std::vector<uint32_t> Give(const Texts& wishes, const std::vector<DrawSlot>& slots) {
  return Allocate(wishes, slots);
}

DrawSlot Slot(const char* start, uint32_t seats) { return {*ParseLocalMinute(start), seats}; }

}  // namespace

TEST_CASE("wishes are written in one way, and read back") {
  struct Row {
    Texts weekdays, halves, dates;
    const char* text;
  };
  const Row rows[] = {
      {{}, {}, {}, "any any any"},
      {{"tue", "mon", "tue"}, {"morning"}, {}, "mon,tue morning any"},
      {{"sun"},
       {"afternoon"},
       {"2026-12-03", "2026-12-01", "2026-12-03"},
       "sun afternoon 2026-12-01,2026-12-03"},
      {{"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
       {"afternoon", "morning"},
       {},
       "any any any"},
  };
  for (const Row& row : rows) {
    std::vector<IdentityProblem> problems;
    const Wishes wishes = ReadWishes(row.weekdays, row.halves, row.dates, &problems);
    CHECK(problems.empty());
    CHECK(WishesText(wishes) == row.text);
    CHECK(ParseWishesText(row.text) == wishes);
  }
}

TEST_CASE("what names no wish is refused with its member") {
  struct Row {
    Texts weekdays, halves, dates;
    const char* pointer;
  };
  Texts many;
  std::vector<std::string> dates;
  for (int day = 1; day <= 21; ++day) dates.push_back(FormatDate({2026, 12, day}));
  for (const std::string& date : dates) many.push_back(date);
  const Row rows[] = {{{"monday"}, {}, {}, "/weekdays"},
                      {{}, {"noon"}, {}, "/halves"},
                      {{}, {}, {"2026-02-30"}, "/dates"},
                      {{}, {}, many, "/dates"}};
  for (const Row& row : rows) {
    std::vector<IdentityProblem> problems;
    ReadWishes(row.weekdays, row.halves, row.dates, &problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].pointer == row.pointer);
  }
}

TEST_CASE("another spelling of wishes is none") {
  for (const char* text :
       {"", "any", "any any", "any any ", " any any", "any any any ", "tue,mon any any",
        "mon,mon any any", "mon,tue,wed,thu,fri,sat,sun any any", "mon, any any", "any both any",
        "any any 2026-12-03,2026-12-01", "any any 2026-12-01,2026-12-01", "any any 2026-13-01",
        "any any any,2026-12-01", "Mon any any", "any any 2026-12-01,"}) {
    INFO(text);
    CHECK_FALSE(ParseWishesText(text));
  }
}

TEST_CASE("a slot is taken by those who take its weekday, its half and its date") {
  struct Row {
    const char* wishes;
    const char* slot;  // 2026-12-01 is a Tuesday
    bool takes;
  };
  const Row rows[] = {{"any any any", "2026-12-01T09:20", true},
                      {"tue any any", "2026-12-01T09:20", true},
                      {"mon,wed any any", "2026-12-01T09:20", false},
                      {"any morning any", "2026-12-01T11:59", true},
                      {"any morning any", "2026-12-01T12:00", false},
                      {"any afternoon any", "2026-12-01T12:00", true},
                      {"any afternoon any", "2026-12-01T11:59", false},
                      {"any any 2026-12-01", "2026-12-01T09:20", true},
                      {"any any 2026-12-02,2026-12-03", "2026-12-01T09:20", false},
                      {"tue morning 2026-12-02", "2026-12-01T09:20", false}};
  for (const Row& row : rows) {
    INFO(row.wishes << " / " << row.slot);
    CHECK(ParseWishesText(row.wishes)->Take(*ParseLocalMinute(row.slot)) == row.takes);
  }
}

TEST_CASE("seats go by rank, each the earliest that is left and fits") {
  const std::vector<DrawSlot> slots = {Slot("2026-12-01T09:00", 1), Slot("2026-12-01T14:00", 2),
                                       Slot("2026-12-03T09:00", 1)};
  struct Row {
    Texts wishes;
    std::vector<uint32_t> given;
  };
  const Row rows[] = {
      {{}, {}},
      {{"any any any"}, {0}},
      {{"any any any", "any any any", "any any any", "any any any", "any any any"},
       {0, 1, 1, 2, kNoSlot}},
      // The second wants what the first has got; the third gets what the second could not take.
      {{"any morning any", "tue morning any", "any any any"}, {0, kNoSlot, 1}},
      {{"thu any any", "any morning any", "any morning any"}, {2, 0, kNoSlot}},
      {{"any any 2026-12-02", "any any any"}, {kNoSlot, 0}},
  };
  for (const Row& row : rows) CHECK(Give(row.wishes, slots) == row.given);
  CHECK(Give({"any any any"}, {}) == std::vector<uint32_t>{kNoSlot});
  CHECK(Give({"any any any"}, {Slot("2026-12-01T09:00", 0)}) == std::vector<uint32_t>{kNoSlot});
}

TEST_CASE("what is remembered for each kind of wish changes nothing") {
  // The rule as it is said, entry by entry.
  std::vector<DrawSlot> slots;
  for (int i = 0; i < 40; ++i)
    slots.push_back({LocalMinute{ParseLocalMinute("2026-12-01T09:00")->value + 400 * i},
                     static_cast<uint32_t>(i * 7 % 4)});
  const Texts kinds = {"any any any", "mon,tue any any", "any morning any", "wed afternoon any",
                       "any any 2026-12-03,2026-12-07"};
  Texts wishes;
  for (size_t i = 0; i < 120; ++i) wishes.push_back(kinds[i * i % kinds.size()]);
  std::vector<uint32_t> left;
  for (const DrawSlot& slot : slots) left.push_back(slot.seats);
  std::vector<uint32_t> expected;
  for (const std::string_view text : wishes) {
    uint32_t got = kNoSlot;
    for (uint32_t s = 0; s < slots.size() && got == kNoSlot; ++s) {
      if (left[s] > 0 && ParseWishesText(text)->Take(slots[s].start)) got = s;
    }
    if (got != kNoSlot) --left[got];
    expected.push_back(got);
  }
  CHECK(Give(wishes, slots) == expected);
  CHECK(std::count(expected.begin(), expected.end(), kNoSlot) > 0);
}

TEST_CASE("seats that come back go by rank, and the ranks are walked once for each half of a day") {
  // 3,000 people who wish for different things, as far as that goes, and seats of three days.
  std::vector<std::string> texts;
  std::vector<Wishes> all;
  for (size_t i = 0; i < 3'000; ++i) {
    Wishes wishes;
    if (i % 3 != 0) wishes.weekdays.bits = static_cast<uint8_t>(1 + i * 37 % 127);
    wishes.morning = i % 5 != 1;
    wishes.afternoon = i % 5 != 2;
    for (int day = 1; day <= 20 && i % 7 < 3; ++day) {
      if (i * 31 % static_cast<size_t>(day + 3) == 0) wishes.dates.push_back({2026, 12, day});
    }
    texts.push_back(WishesText(wishes));
    all.push_back(wishes);
  }
  const Texts wishes(texts.begin(), texts.end());
  DrawTakers takers(wishes);
  std::vector<bool> waits(wishes.size(), true);
  const auto first_waiting = [&](std::span<const uint32_t> places) {
    REQUIRE(places.size() <= DrawTakers::kAskedAtOnce);
    return static_cast<size_t>(
        std::find_if(places.begin(), places.end(), [&](uint32_t place) { return waits[place]; }) -
        places.begin());
  };
  const char* slots[] = {"2026-12-01T09:00", "2026-12-01T11:59", "2026-12-01T12:00",
                         "2026-12-03T09:00", "2026-12-10T17:00"};
  size_t offered = 0;
  for (size_t seat = 0; seat < 4'000; ++seat) {
    const LocalMinute slot = *ParseLocalMinute(slots[seat % 5]);
    // The rule as it is said, over all ranks.
    std::optional<uint32_t> expected;
    for (uint32_t place = 0; place < wishes.size() && !expected; ++place) {
      if (waits[place] && all[place].Take(slot)) expected = place;
    }
    REQUIRE(takers.First(slot, first_waiting) == expected);
    REQUIRE(takers.First(slot, first_waiting) == expected);
    waits[seat * 17 % waits.size()] = false;  // somebody who wants none any more
    if (!expected) continue;
    waits[*expected] = false;
    ++offered;
  }
  CHECK(offered > 1'000);
  CHECK(takers.looks() <= 4 * wishes.size());
  CHECK(takers.looks() > 3 * wishes.size());
}

TEST_CASE("of drand's rounds the one that is public when it is said to be") {
  const Instant noon{1'796'814'000'000};  // 2026-12-09T12:00 in Paris
  const struct {
    const char* beacon;
    const char* round;
    const char* wrong;  // empty: it is fine
  } rows[] = {
      {"drand quicknet", "34670212", ""},
      {"Drand QuickNet", "34670212", ""},
      {"drand default", "6712766", ""},
      {"Loto", "9 December", ""},
      {"drand quicknet", "34670211", "that is round 34670212"},
      {"drand quicknet", "034670212", "that is round 34670212"},
      {"drand quicknet", "14000000", "that is round 34670212"},
      {"drand quicknet, round", "34670212", "has to name a chain"},
  };
  for (const auto& [beacon, round, wrong] : rows) {
    INFO(beacon << " " << round);
    const std::string said = WrongWithRound(beacon, round, noon);
    CHECK(said.empty() == std::string(wrong).empty());
    CHECK(said.find(wrong) != std::string::npos);
  }
}

TEST_CASE("a draw's value has one spelling") {
  const std::string hex(64, 'a');
  const std::string digits(64, '7');
  const struct {
    const char* beacon;
    std::string value;
    const char* wrong;  // empty: it is fine
  } rows[] = {
      {"Loto", "4 8 15 16 23 42", ""},
      {"Loto", "4 4 9 10", ""},
      {"Loto", "0", ""},
      {"Loto", hex, ""},
      {"Loto", digits, ""},
      {"Loto", "4 8 15 16 42 23", "another order"},
      {"Loto", "10 9", "another order"},
      {"Loto", "4  8", "not written"},
      {"Loto", "4 8 ", "not written"},
      {"Loto", std::string(32, 'a'), "all of its hexadecimal digits"},
      {"Loto", std::string(16, '0'), "all of its hexadecimal digits"},
      {"drand quicknet", hex, ""},
      {"DRAND QuickNet", "4 8 15", "none that drand gives"},
      {"League of Entropy (Drand)", std::string(62, 'a'), "none that drand gives"},
  };
  for (const auto& [beacon, value, wrong] : rows) {
    const std::string said(WrongWithDrawValue(beacon, value));
    INFO(value);
    CHECK(said.empty() == std::string(wrong).empty());
    CHECK(said.find(wrong) != std::string::npos);
  }
}

}  // namespace creneau::rules
