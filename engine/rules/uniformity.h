// Whether ranks look as if they were drawn: the test that a draw has to pass before anybody sees
// its result. The US diversity lottery of 2012 was voided because nine of ten winners had come on
// the first two days; a look at the ranks would have shown it.
//
// The ranks are held against an order that they must have nothing to do with: that in which people
// entered, or that of their tags. For all pairs of sixteenths the test counts how many of the best
// so many are among the first so many. In a fair draw that number is hypergeometric, and for
// drawing without replacement Hoeffding's bound holds as it does with replacement ("Probability
// inequalities for sums of bounded random variables", 1963, theorem 1 and section 6):
//
//   P(count is so far from what was to be expected, on that side) <= exp(-s * KL(count/s || p))
//
// for the best as sample of the first, the first as sample of the best, and the same of those that
// are not; the smallest of the four counts. `surprise` is the largest exponent of all pairs. With
// two sides, all pairs and both orders, a fair draw's exceeds limit() with the probability
// limits::kDrawFalseAlarm at most, for any number of entries: no approximation is in it.
//
// Pure; any thread. Linear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace creneau::rules {

struct Uniformity {
  double surprise = 0;
  // Where it is largest: of the `best` best ranks, `found` are among the `first` first entries.
  size_t best = 0;
  size_t first = 0;
  size_t found = 0;

  static double limit();  // ln(1 / false alarm), with all that is looked at
  static std::string limit_text();
  bool passes() const { return surprise <= limit(); }
  // Three decimals: "2.417".
  std::string text() const;
};

// `places`: in the order held against, the place that each has by rank, from 0; each once.
Uniformity TestUniformity(std::span<const uint32_t> places);

}  // namespace creneau::rules
