// Who asks again has the bucket in which he first came; what a full table costs, and whom.
#include "surge/arrivals.h"

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

constexpr int32_t kDay = 20788;  // 2026-12-01
constexpr OpeningId kOpening{AgendaId{3}, kDay};
constexpr Cells::Salt kSalt{1, 2, 3};

Tag TagOf(uint64_t person) {
  const uint64_t words[] = {Mix64(person), Mix64(~person)};
  Tag tag;
  std::memcpy(tag.data(), words, tag.size());
  return tag;
}

// All come in `bucket`; how many of them are known when they come again in the next.
int Remembered(Arrivals& arrivals, OpeningId opening, int people, Bucket bucket) {
  for (int i = 0; i < people; ++i)
    arrivals.FirstSeen(opening, TagOf(static_cast<uint64_t>(i)), bucket);
  int known = 0;
  for (int i = 0; i < people; ++i) {
    const auto seen =
        arrivals.FirstSeen(opening, TagOf(static_cast<uint64_t>(i)), Bucket{bucket.value + 1});
    known += !seen.fresh && seen.bucket == bucket;
  }
  return known;
}

}  // namespace

TEST_CASE("who asks again has the bucket of the first time, in this opening and no other") {
  Arrivals arrivals(kSalt);
  const auto is = [&](OpeningId opening, uint64_t person, uint32_t now, uint32_t bucket,
                      bool fresh) {
    const auto seen = arrivals.FirstSeen(opening, TagOf(person), Bucket{now});
    INFO("day " << opening.day << ", person " << person << ", in bucket " << now);
    CHECK(seen.bucket == Bucket{bucket});
    CHECK(seen.fresh == fresh);
  };
  is(kOpening, 1, 0, 0, true);
  is(kOpening, 1, 5, 0, false);
  is(kOpening, 2, 5, 5, true);
  is(kOpening, 2, 900, 5, false);
  is(kOpening, 2, 4, 5, false);
  is(kOpening, 3, kMaxBucket, kMaxBucket, true);
  is(kOpening, 3, kMaxBucket, kMaxBucket, false);
  is({AgendaId{4}, kDay}, 1, 6, 6, true);
  is({AgendaId{3}, kDay + 1}, 1, 7, 7, true);
  is({AgendaId{3}, kDay + 64}, 1, 8, 8, true);
  is({AgendaId{3}, kDay - 64}, 1, 9, 9, true);
  is(kOpening, 1, 10, 0, false);
}

TEST_CASE("as many are remembered as the header says") {
  constexpr size_t kEntries = 1u << 14;
  struct Row {
    int people_in_2_20;
    double forgotten;
  };
  for (const Row& row :
       {Row{50'000, 0}, Row{250'000, 0.001}, Row{500'000, 0.01}, Row{1'000'000, 0.13}}) {
    Arrivals arrivals(kSalt, kEntries);
    const int people = row.people_in_2_20 / ((1 << 20) / static_cast<int>(kEntries));
    const int known = Remembered(arrivals, kOpening, people, Bucket{1});
    const double forgotten = 1 - static_cast<double>(known) / people;
    INFO(people << " people in " << kEntries << " entries: " << forgotten << " forgotten");
    CHECK(forgotten <= row.forgotten);
  }
}

TEST_CASE("invented people take nothing from those who came before them") {
  Arrivals arrivals(kSalt, 1u << 10);
  constexpr uint64_t kEarly = 100;
  for (uint64_t person = 0; person < kEarly; ++person)
    arrivals.FirstSeen(kOpening, TagOf(person), Bucket{static_cast<uint32_t>(person / 10)});
  for (uint64_t invented = 0; invented < 100'000; ++invented)
    arrivals.FirstSeen(kOpening, TagOf(kEarly + invented), Bucket{10});
  for (uint64_t person = 0; person < kEarly; ++person) {
    const auto seen = arrivals.FirstSeen(kOpening, TagOf(person), Bucket{60});
    CHECK(!seen.fresh);
    CHECK(seen.bucket == Bucket{static_cast<uint32_t>(person / 10)});
  }
  // Who comes after them may count as new each time he asks, and then he is later each time.
  const Tag late = TagOf(1'000'000'000);
  Bucket before{0};
  for (uint32_t now = 20; now < 30; ++now) {
    const auto seen = arrivals.FirstSeen(kOpening, late, Bucket{now});
    CHECK(seen.bucket >= before);
    CHECK(seen.bucket <= Bucket{now});
    before = seen.bucket;
  }
}

TEST_CASE("in a full table an earlier bucket displaces a later one, never the other way round") {
  Arrivals arrivals(kSalt, Cells::kWays);
  for (uint64_t person = 0; person < Cells::kWays; ++person)
    arrivals.FirstSeen(kOpening, TagOf(person), Bucket{10 + static_cast<uint32_t>(person)});
  const auto known = [&](OpeningId opening, uint64_t person) {
    return !arrivals.FirstSeen(opening, TagOf(person), Bucket{kMaxBucket}).fresh;
  };
  CHECK(arrivals.FirstSeen(kOpening, TagOf(100), Bucket{17}).fresh);
  CHECK(!known(kOpening, 100));
  CHECK(known(kOpening, 7));
  // Another agenda, which has opened later on the same day.
  constexpr OpeningId kOther{AgendaId{4}, kDay};
  CHECK(arrivals.FirstSeen(kOther, TagOf(101), Bucket{1}).fresh);
  CHECK(known(kOther, 101));
  CHECK(!known(kOpening, 7));
  for (uint64_t person = 0; person < 7; ++person) CHECK(known(kOpening, person));
}

TEST_CASE("what is left of other days makes room for this one") {
  for (const int32_t later : {1, 2, 7, 31, 63, 64, 200}) {
    Arrivals arrivals(kSalt, 1u << 10);
    Remembered(arrivals, kOpening, 10'000, Bucket{0});
    INFO(later << " days later");
    const OpeningId opening{AgendaId{3}, kDay + later};
    CHECK(Remembered(arrivals, opening, 100, Bucket{300}) == 100);
  }
}

TEST_CASE("two threads that ask for the same people get the same answers, each fresh once") {
  constexpr size_t kPeople = 20'000;
  Arrivals arrivals(kSalt);
  std::vector<Arrivals::Seen> answers[2];
  const auto ask = [&](uint32_t thread) {
    answers[thread].reserve(kPeople);
    for (uint64_t person = 0; person < kPeople; ++person)
      answers[thread].push_back(arrivals.FirstSeen(kOpening, TagOf(person), Bucket{thread + 1}));
  };
  std::thread other([&] { ask(1); });
  ask(0);
  other.join();
  size_t alike = 0;
  size_t fresh = 0;
  for (size_t person = 0; person < kPeople; ++person) {
    alike += answers[0][person].bucket == answers[1][person].bucket;
    fresh += answers[0][person].fresh != answers[1][person].fresh;
  }
  CHECK(alike == kPeople);
  CHECK(fresh == kPeople);
}

}  // namespace creneau::surge
