#include "rules/uniformity.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/limits_draw.h"

namespace creneau::rules {
namespace {

constexpr size_t kParts = 16;
constexpr int kOrders = 2;  // of entry, of tags
constexpr int kSides = 2;   // too many, too few

double Term(double share, double expected) {
  return share == 0 ? 0 : share * std::log(share / expected);
}

// Of a sample of that size, in which `found` were expected with that share.
double Exponent(size_t sample, size_t found, double share) {
  const double seen = static_cast<double>(found) / static_cast<double>(sample);
  return static_cast<double>(sample) * (Term(seen, share) + Term(1 - seen, 1 - share));
}

// All four counts say the same; which of the bounds is the best depends on the sizes.
double Surprise(size_t n, size_t best, size_t first, size_t found) {
  const double all = static_cast<double>(n);
  const double first_share = static_cast<double>(first) / all;
  const double best_share = static_cast<double>(best) / all;
  return std::max({Exponent(best, found, first_share), Exponent(first, found, best_share),
                   Exponent(n - best, first - found, first_share),
                   Exponent(n - first, best - found, best_share)});
}

}  // namespace

double Uniformity::limit() {
  constexpr double kLooks = (kParts - 1) * (kParts - 1) * kOrders * kSides;
  return std::log(kLooks / limits::kDrawFalseAlarm);
}

std::string Uniformity::limit_text() { return Uniformity{limit()}.text(); }

std::string Uniformity::text() const {
  const int64_t thousandths = std::llround(surprise * 1'000);
  return absl::StrCat(thousandths / 1'000, ".", absl::Dec(thousandths % 1'000, absl::kZeroPad3));
}

Uniformity TestUniformity(std::span<const uint32_t> places) {
  const size_t n = places.size();
  // Where each part ends; of few entries some parts are empty.
  std::vector<size_t> ends;
  for (size_t part = 1; part < kParts; ++part) ends.push_back(n * part / kParts);
  // counts[i][j]: of part i in that order, how many are in part j by rank.
  std::vector<std::vector<size_t>> counts(kParts, std::vector<size_t>(kParts, 0));
  const auto part_of = [&ends](size_t place) {
    return static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), place) - ends.begin());
  };
  for (size_t i = 0; i < n; ++i) {
    CHECK(places[i] < n);
    ++counts[part_of(i)][part_of(places[i])];
  }
  Uniformity worst;
  std::vector<size_t> so_far(kParts, 0);  // by rank, of all parts up to this one
  for (size_t i = 0; i + 1 < kParts; ++i) {
    for (size_t j = 0; j < kParts; ++j) so_far[j] += counts[i][j];
    size_t found = 0;
    for (size_t j = 0; j + 1 < kParts; ++j) {
      found += so_far[j];
      if (ends[i] == 0 || ends[j] == 0) continue;
      const double surprise = Surprise(n, ends[j], ends[i], found);
      if (surprise > worst.surprise) worst = {surprise, ends[j], ends[i], found};
    }
  }
  return worst;
}

}  // namespace creneau::rules
