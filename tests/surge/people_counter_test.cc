// The counter of people: how far it is off, and that nobody counts twice.
#include "surge/people_counter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <thread>

#include "base/prng.h"
#include "catch2/catch.hpp"

namespace creneau::surge {
namespace {

Tag TagOf(Prng& prng) {
  const uint64_t words[] = {prng.Next(), prng.Next()};
  Tag tag;
  std::memcpy(tag.data(), words, tag.size());
  return tag;
}

}  // namespace

TEST_CASE("people are counted to 1.6 percent, from nobody to a million") {
  struct Row {
    int people;
    int runs;
    double error;  // root of the mean square over the runs, relative
  };
  for (const Row& row :
       {Row{0, 1, 0}, Row{1, 20, 0}, Row{10, 20, 0.03}, Row{1'000, 20, 0.016},
        Row{30'000, 20, 0.016}, Row{100'000, 8, 0.016}, Row{1'000'000, 1, 0.016}}) {
    const auto counter = std::make_unique<PeopleCounter>();
    double squares = 0;
    for (int run = 0; run < row.runs; ++run) {
      Prng prng(static_cast<uint64_t>(row.people + run));
      counter->Clear();
      for (int person = 0; person < row.people; ++person) counter->Add(TagOf(prng));
      const double off = static_cast<double>(counter->Estimate()) - row.people;
      squares += off * off;
    }
    const double error = std::sqrt(squares / row.runs) / std::max(row.people, 1);
    INFO(row.people << " people: off by " << 100 * error << " %");
    CHECK(error <= row.error);
  }
}

TEST_CASE("who comes again, or comes to two threads, counts once") {
  constexpr int kPeople = 5'000;
  PeopleCounter once;
  PeopleCounter often;
  const auto come = [](PeopleCounter& counter) {
    Prng prng(7);
    for (int person = 0; person < kPeople; ++person) counter.Add(TagOf(prng));
  };
  come(once);
  std::thread other([&] { come(often); });
  come(often);
  other.join();
  come(often);
  CHECK(often.Estimate() == once.Estimate());
  often.Clear();
  CHECK(often.Estimate() == 0);
}

}  // namespace creneau::surge
