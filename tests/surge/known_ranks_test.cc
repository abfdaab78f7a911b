// The next ranks of a line: let in one by one as far as they are known, estimated beyond.
#include "surge/known_ranks.h"

#include <algorithm>
#include <vector>

#include "base/prng.h"
#include "catch2/catch.hpp"
#include "surge/line.h"

namespace creneau::surge {
namespace {

constexpr Instant kNine{1'796'115'600'000};

std::vector<Rank> Drawn(Prng& prng, Bucket bucket, int people) {
  std::vector<Rank> ranks;
  for (int i = 0; i < people; ++i)
    ranks.push_back(Rank{uint64_t{bucket.value} << Rank::kDrawnBits |
                         (prng.Next() >> (64 - Rank::kDrawnBits) | 1)});
  return ranks;
}

Line LineOf(const std::vector<Rank>& people, size_t most = limits::kKnownRanks) {
  KnownRanks known = KnownRanks::FromTheFirst(most);
  for (const Rank rank : people) known.Add(rank);
  Line line;
  line.SetGathered(static_cast<uint32_t>(people.size()));
  line.Know(std::move(known));
  return line;
}

int LetIn(const Line& line, const std::vector<Rank>& people) {
  return static_cast<int>(std::count_if(people.begin(), people.end(), [&](Rank rank) {
    return line.Judge(rank) != Line::Turn::kWait;
  }));
}

}  // namespace

TEST_CASE("who is known is let in one by one, however few they are") {
  Prng prng(21);
  for (int people = 1; people <= 60; ++people) {
    const std::vector<Rank> ranks = Drawn(prng, Bucket{0}, people);
    Line line = LineOf(ranks);
    CHECK(line.waiting() == static_cast<uint32_t>(people));
    for (int let_in = 1; let_in <= people; ++let_in) {
      CHECK(line.Admit(1, Bucket{0}, kNine) == 1);
      CHECK(LetIn(line, ranks) == let_in);
    }
    CHECK(line.Admit(5, Bucket{0}, kNine) == 0);
    CHECK(line.waiting() == 0);
  }
}

TEST_CASE(
    "a place in line is how many are ahead, and late arrivals are let in one by one as well") {
  Prng prng(22);
  std::vector<Rank> ranks = Drawn(prng, Bucket{0}, 30);
  Line line = LineOf(ranks);
  for (const uint32_t second : {7u, 9u}) {
    for (const Rank rank : Drawn(prng, Bucket{second}, 10)) {
      line.Arrive(rank);
      ranks.push_back(rank);
    }
  }
  std::sort(ranks.begin(), ranks.end());
  for (size_t i = 0; i < ranks.size(); ++i) CHECK(line.PlaceOf(ranks[i]) == i + 1);
  CHECK(line.Admit(35, Bucket{9}, kNine) == 35);
  CHECK(LetIn(line, ranks) == 35);
  CHECK(line.PlaceOf(ranks[35]) == 1);
  // Not of the second that is under way.
  CHECK(line.Admit(35, Bucket{8}, kNine) == 5);
  CHECK(LetIn(line, ranks) == 40);
  CHECK(line.waiting() == 10);
}

TEST_CASE("of many the lowest are known; beyond them it is estimated, and all get a turn") {
  Prng prng(23);
  const std::vector<Rank> ranks = Drawn(prng, Bucket{0}, 5000);
  Line line = LineOf(ranks, 100);
  for (int step = 1; step <= 10; ++step) {
    CHECK(line.Admit(10, Bucket{0}, kNine) == 10);
    CHECK(LetIn(line, ranks) == 10 * step);
  }
  CHECK(line.waiting() == 4900);
  CHECK(line.Admit(900, Bucket{0}, kNine) == 900);
  CHECK(std::abs(LetIn(line, ranks) - 1000) < 150);  // five standard deviations
  CHECK(line.Admit(5000, Bucket{0}, kNine) >= 3990);
  CHECK(LetIn(line, ranks) == 5000);
}

TEST_CASE("somebody of whom only the second is known ends what is known there") {
  Prng prng(24);
  Line line = LineOf(Drawn(prng, Bucket{0}, 3));
  const Rank third = Drawn(prng, Bucket{3}, 1)[0];
  const Rank fifth = Drawn(prng, Bucket{5}, 1)[0];
  line.Arrive(third);
  line.Arrive(Bucket{4});
  line.Arrive(fifth);
  CHECK(line.Admit(4, Bucket{5}, kNine) == 4);
  CHECK(line.Judge(third) == Line::Turn::kNow);
  CHECK(line.Judge(fifth) == Line::Turn::kWait);
  CHECK(line.Admit(2, Bucket{5}, kNine) == 2);
  CHECK(line.Judge(fifth) == Line::Turn::kNow);
}

TEST_CASE("a rank counts once, and the highest make room") {
  KnownRanks known = KnownRanks::FromTheFirst(3);
  for (const uint64_t rank : {50u, 20u, 50u, 40u, 20u}) known.Add(Rank{rank});
  CHECK(known.size() == 3);
  CHECK(known.all());
  known.Add(Rank{30});
  CHECK(known.size() == 3);
  CHECK(known.horizon() == Rank{50});
  known.Add(Rank{60});
  CHECK(known.Below(Rank{60}) == 3);
  Rank reached;
  CHECK(known.Take(5, Rank{35}, &reached) == 2);
  CHECK(reached == Rank{30});
  KnownRanks nothing;
  nothing.Add(Rank{1});
  CHECK(nothing.size() == 0);
}

}  // namespace creneau::surge
