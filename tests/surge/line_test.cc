// The line of an opening: admitted in the order of ranks, so many as were asked for, once.
#include "surge/line.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "base/prng.h"
#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

constexpr Instant kNine{1'796'115'600'000};

// As many as the line says have been admitted, of people with drawn ranks.
int Admitted(const Line& line, const std::vector<Rank>& people) {
  return static_cast<int>(std::count_if(people.begin(), people.end(), [&](Rank rank) {
    return line.Judge(rank) != Line::Turn::kWait;
  }));
}

std::vector<Rank> Drawn(Prng& prng, Bucket bucket, int people) {
  std::vector<Rank> ranks;
  for (int i = 0; i < people; ++i)
    ranks.push_back(Rank{uint64_t{bucket.value} << Rank::kDrawnBits |
                         (prng.Next() >> (64 - Rank::kDrawnBits) | 1)});
  return ranks;
}

}  // namespace

TEST_CASE("as many are admitted as were asked for, about, and in the order of their ranks") {
  Prng prng(7);
  const std::vector<Rank> people = Drawn(prng, Bucket{0}, 50'000);
  Line line;
  line.SetGathered(50'000);
  CHECK(Admitted(line, people) == 0);
  CHECK(line.waiting() == 50'000);
  for (int step = 1; step <= 20; ++step) {
    CHECK(line.Admit(500, Bucket{0}, kNine) == 500);
    const int admitted = Admitted(line, people);
    // Five standard deviations of a binomial count: it is who drew what.
    CHECK(std::abs(admitted - 500 * step) < 5 * std::sqrt(500.0 * step));
    CHECK(line.served().people == 500u * static_cast<uint32_t>(step));
  }
  CHECK(line.Admit(100'000, Bucket{0}, kNine) == 40'000);
  CHECK(Admitted(line, people) == 50'000);
  CHECK(line.waiting() == 0);
}

TEST_CASE("whoever comes after the opening is behind those who gathered, second by second") {
  Prng prng(8);
  Line line;
  line.SetGathered(10);
  const std::vector<Rank> second = Drawn(prng, Bucket{1}, 100);
  const std::vector<Rank> third = Drawn(prng, Bucket{2}, 100);
  for (int i = 0; i < 100; ++i) line.Arrive(Bucket{1});
  for (int i = 0; i < 100; ++i) line.Arrive(Bucket{2});
  CHECK(line.Before(Bucket{1}) == 10);
  CHECK(line.Before(Bucket{2}) == 110);
  CHECK(line.Before(Bucket{9}) == 210);
  CHECK(line.Admit(60, Bucket{2}, kNine) == 60);
  CHECK(Admitted(line, second) > 30);
  CHECK(Admitted(line, second) < 70);
  CHECK(Admitted(line, third) == 0);
  CHECK(line.PlaceOf(second[0]) <= 50);
  CHECK(line.PlaceOf(third[0]) > 50);
  // The second that is under way waits until all of it is known.
  CHECK(line.Admit(1000, Bucket{1}, kNine) == 50);
  CHECK(Admitted(line, second) == 100);
  CHECK(Admitted(line, third) == 0);
  CHECK(line.Admit(1000, Bucket{3}, kNine) == 100);
  // Nobody is waiting, so whoever comes now is next, without being asked for.
  CHECK(line.Admit(0, Bucket{9}, kNine) == 0);
  line.Arrive(Bucket{9});
  CHECK(line.Judge(Drawn(prng, Bucket{8}, 1)[0]) == Line::Turn::kNow);
}

TEST_CASE("a grant that is not used in time lapses, a second later at most") {
  Line line;
  line.SetGathered(1000);
  line.Admit(100, Bucket{0}, kNine);
  const Rank first = RankAt(Bucket{0}, 0.05);
  const Rank later = RankAt(Bucket{0}, 0.15);
  CHECK(line.Judge(first) == Line::Turn::kNow);
  CHECK(line.Ages(kNine).outstanding() == 100);
  for (int i = 0; i < 60; ++i) line.Use(first, kNine);
  CHECK(line.Ages(kNine).outstanding() == 40);
  line.Admit(100, Bucket{0}, kNine + 5000);
  CHECK(line.Ages(kNine + 5000).outstanding() == 140);
  line.Lapse(kNine + limits::kGrantLifeMs - 1);
  CHECK(line.Judge(first) == Line::Turn::kNow);
  line.Lengthen(50'000);  // an outage
  line.Lapse(kNine + limits::kGrantLifeMs + 49'999);
  CHECK(line.Judge(first) == Line::Turn::kNow);
  line.Lapse(kNine + limits::kGrantLifeMs + 51'000);
  CHECK(line.Judge(first) == Line::Turn::kMissed);
  CHECK(line.Judge(later) == Line::Turn::kNow);
  CHECK(line.Ages(kNine + limits::kGrantLifeMs + 51'000).outstanding() == 100);
  line.Lapse(kNine + limits::kGrantLifeMs + 60'000);
  CHECK(line.Judge(later) == Line::Turn::kMissed);
}

TEST_CASE("a line that goes on from the log serves nobody twice and forgets nobody") {
  Line line;
  line.SetGathered(1000);
  for (int i = 0; i < 300; ++i) line.Arrive(Bucket{4});
  line.Admit(200, Bucket{0}, kNine);
  line.Lapse(kNine + limits::kGrantLifeMs + 1000);
  line.Admit(100, Bucket{0}, kNine + limits::kGrantLifeMs + 1000);
  Line again(line.served(), Bucket{5}, kNine + 500'000);
  CHECK(again.Judge(RankAt(Bucket{0}, 0.1)) == Line::Turn::kMissed);
  CHECK(again.Judge(RankAt(Bucket{0}, 0.25)) == Line::Turn::kNow);
  CHECK(again.Judge(RankAt(Bucket{0}, 0.31)) == Line::Turn::kWait);
  CHECK(again.waiting() == 1000);
  CHECK(again.Before(Bucket{6}) == 1300);
  CHECK(again.Admit(5000, Bucket{5}, kNine + 500'000) == 1000);
  again.Lapse(kNine + 501'000 + limits::kGrantLifeMs);
  CHECK(again.Judge(RankAt(Bucket{0}, 0.25)) == Line::Turn::kMissed);
}

TEST_CASE("few people: every one of them gets a turn") {
  Prng prng(9);
  for (uint32_t people = 1; people <= 20; ++people) {
    const std::vector<Rank> ranks = Drawn(prng, Bucket{0}, static_cast<int>(people));
    Line line;
    line.SetGathered(people);
    uint32_t admitted = 0;
    for (uint32_t i = 0; i < people; ++i) admitted += line.Admit(1, Bucket{0}, kNine);
    CHECK(admitted == people);
    CHECK(Admitted(line, ranks) == static_cast<int>(people));
  }
}

}  // namespace creneau::surge
