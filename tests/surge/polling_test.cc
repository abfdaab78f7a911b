// When people ask again, and what that comes to: the table of the README.
#include "surge/polling.h"

#include <algorithm>
#include <vector>

#include "base/prng.h"
#include "catch2/catch.hpp"

namespace creneau::surge {

TEST_CASE("the farther away a turn is, the later it is asked for, and never all at once") {
  Prng prng(3);
  for (const auto& [place, rate, least, most] :
       {std::tuple{1u, 600u, 1, 1}, std::tuple{600u, 600u, 12, 17},
        std::tuple{1'200u, 600u, 24, 35}, std::tuple{1'000'000u, 600u, 60, 60},
        std::tuple{1u, 0u, 46, 60}}) {
    int64_t low = 1000;
    int64_t high = 0;
    for (int i = 0; i < 1000; ++i) {
      const int64_t after_s = PollAfterS(place, rate, prng.Next());
      low = std::min(low, after_s);
      high = std::max(high, after_s);
    }
    CAPTURE(place, rate);
    CHECK(low == least);
    CHECK(high == most);
  }
}

TEST_CASE("so many wait, so many polls a second: no more than the README says") {
  Prng prng(4);
  for (const auto& [people, waiting, opening] :
       {std::tuple{10'000u, 370.0, 1'200.0}, std::tuple{50'000u, 1'100.0, 4'700.0},
        std::tuple{1'000'000u, 17'100.0, 25'000.0}}) {
    double polls_per_s = 0;
    std::vector<int> in_second(71);
    for (uint32_t person = 0; person < people; ++person) {
      polls_per_s += 1.0 / static_cast<double>(PollAfterS(person + 1, 600, prng.Next()));
      // Each sees how many have come before.
      ++in_second[static_cast<size_t>(PollAtOpeningS(0, person, prng.Next()))];
    }
    CAPTURE(people, polls_per_s, *std::max_element(in_second.begin(), in_second.end()));
    CHECK(polls_per_s < waiting);
    CHECK(polls_per_s > 0.9 * waiting);
    CHECK(*std::max_element(in_second.begin(), in_second.end()) < opening);
  }
}

}  // namespace creneau::surge
