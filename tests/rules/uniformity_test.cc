#include "rules/uniformity.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "catch2/catch.hpp"

namespace creneau::rules {
namespace {

std::vector<uint32_t> InOrder(size_t n) {
  std::vector<uint32_t> places(n);
  std::iota(places.begin(), places.end(), 0u);
  return places;
}

std::vector<uint32_t> Drawn(size_t n, uint64_t seed) {
  Prng prng(seed);
  std::vector<uint32_t> places = InOrder(n);
  for (size_t i = n; i > 1; --i) std::swap(places[i - 1], places[prng.Below(i)]);
  return places;
}

}  // namespace

TEST_CASE("what was drawn passes, however few") {
  for (const size_t n : {0, 1, 2, 3, 15, 16, 17, 100, 1'000}) {
    for (uint64_t seed = 1; seed <= 50; ++seed) {
      INFO(n << " entries, seed " << seed);
      CHECK(TestUniformity(Drawn(n, seed)).passes());
    }
  }
}

TEST_CASE("ranks in the order of entry do not, nor in the opposite one") {
  for (const size_t n : {100, 1'000, 20'000}) {
    std::vector<uint32_t> places = InOrder(n);
    CHECK_FALSE(TestUniformity(places).passes());
    std::reverse(places.begin(), places.end());
    CHECK_FALSE(TestUniformity(places).passes());
  }
}

TEST_CASE("the lottery of 2012, where nine of ten winners came from the first days, does not") {
  // 1,000 seats for 20,000 entries; 900 of them go to the first 2,000.
  constexpr size_t kEntries = 20'000;
  std::vector<uint32_t> places = Drawn(kEntries, 7);
  Prng prng(8);
  for (size_t moved = 0; moved < 900; ++moved) {
    // A random early entry gets the place of a winner, whoever that was.
    const size_t early = prng.Below(2'000);
    const auto winner = std::find(places.begin(), places.end(), static_cast<uint32_t>(moved));
    std::swap(places[early], *winner);
  }
  const Uniformity found = TestUniformity(places);
  CHECK_FALSE(found.passes());
  CHECK(found.surprise > 10 * Uniformity::limit());
}

TEST_CASE("half of the best swapped for those who came first does not") {
  std::vector<uint32_t> places = Drawn(2'000, 3);
  for (size_t i = 0; i < 250; ++i) {
    const auto winner = std::find(places.begin(), places.end(), static_cast<uint32_t>(i));
    std::swap(places[i], *winner);
  }
  CHECK_FALSE(TestUniformity(places).passes());
}

TEST_CASE("the surprise is that of the pair of shares where it is largest") {
  // 160 entries: the first 60 have the best 60 ranks. 60 ln(160 / 60) bounds that, the best there
  // is: of the first half and the better half it would be 80 ln 2.
  const Uniformity found = TestUniformity(InOrder(160));
  CHECK(found.best == 60);
  CHECK(found.first == 60);
  CHECK(found.found == 60);
  CHECK(found.surprise == Approx(60 * std::log(160.0 / 60)));
  CHECK(found.text() == "58.850");
  CHECK(Uniformity::limit() == Approx(27.525).margin(0.001));
}

TEST_CASE("of the bound as such: it is never below what is true") {
  // All orders of 7 entries: of those with a surprise of s or more there are exp(-s) times the
  // number of looks at most.
  std::vector<uint32_t> places = InOrder(7);
  std::vector<double> surprises;
  do {
    surprises.push_back(TestUniformity(places).surprise);
  } while (std::next_permutation(places.begin(), places.end()));
  std::sort(surprises.rbegin(), surprises.rend());
  const double all = static_cast<double>(surprises.size());
  for (size_t i = 0; i < surprises.size(); ++i) {
    const double share = static_cast<double>(i + 1) / all;
    REQUIRE(share <= 2 * 15 * 15 * std::exp(-surprises[i]));
  }
}

}  // namespace creneau::rules
