// The bitmap of hints: whatever has something is found, from any place, at any size.
#include "ledger/bitmap.h"

#include <set>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

size_t FirstAtOrAfter(const std::set<size_t>& items, size_t from) {
  const auto at = items.lower_bound(from);
  return at == items.end() ? Bitmap::kNone : *at;
}

}  // namespace

TEST_CASE("an empty bitmap finds nothing, at the edges of every level") {
  for (const size_t items : {0, 1, 63, 64, 65, 4095, 4096, 4097, 262'144, 262'145}) {
    const Bitmap bitmap(items);
    CHECK(bitmap.Find(0) == Bitmap::kNone);
    CHECK(bitmap.Find(items) == Bitmap::kNone);
    CHECK(bitmap.Find(items + 1) == Bitmap::kNone);
  }
}

TEST_CASE("all set means every item, and not one more") {
  for (const size_t items : {1, 63, 64, 65, 4096, 4097}) {
    Bitmap bitmap(items);
    bitmap.SetAll();
    size_t next = 0;
    for (size_t i = bitmap.Find(0); i != Bitmap::kNone; i = bitmap.Find(i + 1))
      REQUIRE(i == next++);
    CHECK(next == items);
  }
}

TEST_CASE("set, cleared and found as a plain set would") {
  for (const size_t items : {1u, 64u, 100u, 5'000u, 300'000u}) {
    Prng prng(items);
    Bitmap bitmap(items);
    std::set<size_t> model;
    for (int i = 0; i < 20'000; ++i) {
      const size_t item = prng.Below(items);
      if (prng.Below(2) == 0) {
        bitmap.Set(item);
        model.insert(item);
      } else {
        const bool still = prng.Below(8) == 0;
        bitmap.Clear(item, [&] { return still; });
        if (still) {
          model.insert(item);
        } else {
          model.erase(item);
        }
      }
      const size_t from = prng.Below(items + 1);
      REQUIRE(bitmap.Find(from) == FirstAtOrAfter(model, from));
    }
  }
}

TEST_CASE("items that have something are never hidden when all is quiet again") {
  constexpr size_t kItems = 4'200;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Bitmap bitmap(kItems);
    std::vector<std::atomic<int>> has(kItems);
    const auto work = [&](uint64_t mine) {
      Prng prng(mine);
      for (int i = 0; i < 3'000; ++i) {
        const size_t item = prng.Below(4) * 1'399;  // few words, far apart
        if (prng.Below(2) == 0) {
          has[item].store(1);
          bitmap.Set(item);
        } else {
          has[item].store(0);
          bitmap.Clear(item, [&] { return has[item].load() != 0; });
        }
      }
    };
    std::thread other([&] { work(seed * 2); });
    work(seed * 2 + 1);
    other.join();
    for (size_t i = 0; i < kItems; ++i) {
      if (has[i].load() != 0) REQUIRE(bitmap.Find(i) == i);
    }
  }
}

}  // namespace creneau::ledger
