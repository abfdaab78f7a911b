// Numbers go in by many hands and come out once.
#include "ledger/inbox.h"

#include <set>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {

TEST_CASE("what was added is taken once, up to the end that is asked for") {
  Inbox inbox(1'000);
  std::set<size_t> taken;
  const auto take = [&](size_t end) {
    taken.clear();
    inbox.Take(end, [&](size_t number) { CHECK(taken.insert(number).second); });
    return taken;
  };
  CHECK(take(1'000).empty());
  for (const size_t number : {0, 63, 64, 64, 999}) inbox.Add(number);
  CHECK(take(1'000) == std::set<size_t>{0, 63, 64, 999});
  CHECK(take(1'000).empty());
  inbox.Add(999);
  CHECK(take(64).empty());
  CHECK(take(1'000) == std::set<size_t>{999});
}

TEST_CASE("nothing that is added is lost to a taker") {
  constexpr size_t kNumbers = 10'000;
  Inbox inbox(kNumbers);
  std::vector<std::atomic<int>> wanted(kNumbers);
  std::thread adder([&] {
    Prng prng(5);
    for (int i = 0; i < 50'000; ++i) {
      const size_t number = prng.Below(kNumbers);
      wanted[number].fetch_add(1);
      inbox.Add(number);
    }
  });
  const auto take = [&] { inbox.Take(kNumbers, [&](size_t number) { wanted[number].store(0); }); };
  for (int i = 0; i < 200; ++i) take();
  adder.join();
  take();
  for (const auto& count : wanted) REQUIRE(count.load() == 0);
}

}  // namespace creneau::ledger
