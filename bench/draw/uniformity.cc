// Whether draws are uniform, and how often the test of uniformity calls a sound one broken: many
// draws of the same people, each with a key and a value of its own, the very functions that an
// engine draws with.
//
//   draw_uniformity [--draws 1000] [--entries 20000] [--seats 500] [--seed 1] [--tiny]
//
// Prints the statistic of each order over all draws, and how many seats each tenth of the entries
// got, with its chi-square; 6 where a draw did not pass, or a chi-square is beyond what one in a
// million would be.
#include "rules/uniformity.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/prng.h"
#include "proof/draw.h"

namespace creneau {
namespace {

constexpr size_t kTenths = 10;
// Of nine degrees of freedom: exceeded by one in a million.
constexpr double kChiSquareLimit = 45.1;

struct Options {
  size_t draws = 1'000;
  size_t entries = 20'000;
  size_t seats = 500;
  uint64_t seed = 1;
};

struct Order {
  const char* name;
  std::array<size_t, kTenths> winners{};
  std::vector<double> surprises{};
  size_t failed = 0;
};

void Note(Order& order, const std::vector<uint32_t>& places, size_t seats) {
  const rules::Uniformity found = rules::TestUniformity(places);
  order.surprises.push_back(found.surprise);
  order.failed += found.passes() ? 0 : 1;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] < seats) ++order.winners[i * kTenths / places.size()];
  }
}

double ChiSquare(const Order& order) {
  double sum = 0;
  for (const size_t count : order.winners) sum += static_cast<double>(count);
  const double expected = sum / kTenths;
  double statistic = 0;
  for (const size_t count : order.winners) {
    const double off = static_cast<double>(count) - expected;
    statistic += off * off / expected;
  }
  return statistic;
}

bool Print(Order& order) {
  std::sort(order.surprises.begin(), order.surprises.end());
  const auto at = [&order](double share) {
    return order
        .surprises[static_cast<size_t>(share * static_cast<double>(order.surprises.size() - 1))];
  };
  const double statistic = ChiSquare(order);
  std::printf("%s: surprise median %.2f, 99 %% %.2f, largest %.2f (limit %.2f), not passed %zu\n",
              order.name, at(0.5), at(0.99), at(1), rules::Uniformity::limit(), order.failed);
  std::printf("  seats by tenth:");
  for (const size_t count : order.winners) std::printf(" %zu", count);
  std::printf("\n  chi-square %.2f of 9 degrees (one in a million exceeds %.1f)\n", statistic,
              kChiSquareLimit);
  return order.failed == 0 && statistic < kChiSquareLimit;
}

std::array<uint8_t, 32> Random(Prng& prng) {
  std::array<uint8_t, 32> octets;
  for (size_t i = 0; i < octets.size(); i += 8) {
    const uint64_t word = prng.Next();
    std::memcpy(octets.data() + i, &word, 8);
  }
  return octets;
}

int Run(const Options& options) {
  Prng prng(options.seed);
  std::vector<Subject> subjects;
  for (size_t i = 0; i < options.entries; ++i) subjects.push_back({prng.Next(), prng.Next()});
  Order by_entry{.name = "order of entry"};
  Order by_tag{.name = "order of tags"};
  for (size_t draw = 0; draw < options.draws; ++draw) {
    const std::vector<proof::DrawTag> by_time = proof::TagsOf(Random(prng), subjects);
    std::vector<proof::DrawTag> tags = by_time;
    std::sort(tags.begin(), tags.end());
    const proof::Hash seed = Random(prng);
    const std::vector<uint32_t> order = proof::OrderOf(proof::RanksOf(seed, tags), tags);
    std::vector<uint32_t> places(order.size());
    for (uint32_t i = 0; i < order.size(); ++i) places[order[i]] = i;
    Note(by_tag, places, options.seats);
    std::vector<uint32_t> in_time;
    for (const proof::DrawTag& tag : by_time)
      in_time.push_back(places[static_cast<size_t>(std::lower_bound(tags.begin(), tags.end(), tag) -
                                                   tags.begin())]);
    Note(by_entry, in_time, options.seats);
  }
  std::printf("%zu draws of %zu entries for %zu seats, seed %llu\n", options.draws, options.entries,
              options.seats, static_cast<unsigned long long>(options.seed));
  const bool entry = Print(by_entry);
  const bool tag = Print(by_tag);
  return entry && tag ? 0 : 6;
}

}  // namespace
}  // namespace creneau

int main(int argc, char** argv) {
  creneau::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--tiny") {
      options.draws = 60;
      options.entries = 400;
      options.seats = 40;
      continue;
    }
    const unsigned long long value = i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0;
    if (name == "--draws") options.draws = value;
    if (name == "--entries") options.entries = value;
    if (name == "--seats") options.seats = value;
    if (name == "--seed") options.seed = value;
    if (value == 0 || options.seats > options.entries) {
      std::fputs(
          "usage: draw_uniformity [--draws N] [--entries N] [--seats N] [--seed N] [--tiny]\n",
          stderr);
      return 2;
    }
  }
  return creneau::Run(options);
}
