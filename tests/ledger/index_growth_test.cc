// The subject index grows under the hands of threads that insert, replace and read, while some of
// what it holds dies.
#include <memory>
#include <thread>
#include <vector>

#include "base/prng.h"
#include "ledger/subject_index.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

#ifdef CRENEAU_SANITIZED
constexpr uint64_t kKeys = 20'000;
#else
constexpr uint64_t kKeys = 60'000;
#endif
constexpr int kThreads = 4;

// Values are attempts, each tried once. As in the ledger, a value lives before it is put in, and
// what has died stays dead.
class Registry final : public Holdings {
 public:
  enum Life : uint8_t { kDead = 0, kAlive = 1, kDying = 2 };

  Registry() : attempts_(kThreads * kKeys * 2 + 1), owners_(attempts_.size()) {}
  static Subject KeyOf(uint64_t key) { return SubjectNumber(key + 1); }

  IndexValue Attempt(uint64_t key) {
    const uint32_t attempt = made_.fetch_add(1);
    owners_[attempt].store(key);
    attempts_[attempt].store(kAlive);
    return IndexValue(SeatRef{SeatId{attempt}, Generation{1}});
  }
  uint8_t LifeOf(IndexValue value) const { return attempts_[value.ref().seat.value].load(); }
  void Set(IndexValue value, Life life) { attempts_[value.ref().seat.value].store(life); }
  // True for the one who may let it die.
  bool StartDying(IndexValue value) {
    uint8_t alive = kAlive;
    return attempts_[value.ref().seat.value].compare_exchange_strong(alive, kDying);
  }
  uint64_t OwnerOf(IndexValue value) const { return owners_[value.ref().seat.value].load(); }
  Holding HoldingOf(SeatRef ref, bool) const override {
    const IndexValue value(ref);
    if (LifeOf(value) == kDead) return Holding();
    return Holding{Holding::Life::kLive, KeyOf(OwnerOf(value)), ref};
  }
  uint32_t made() const { return made_.load(); }

 private:
  std::vector<std::atomic<uint8_t>> attempts_;
  std::vector<std::atomic<uint64_t>> owners_;
  std::atomic<uint32_t> made_{1};
};

struct World {
  Epochs epochs;
  Registry registry;
  SubjectIndex index{epochs, registry, 64};
  std::vector<std::atomic<uint64_t>> latest =
      std::vector<std::atomic<uint64_t>>(kKeys);  // a value that was put in
  std::vector<std::atomic<int>> living = std::vector<std::atomic<int>>(kKeys);
  std::atomic<uint64_t> doubled{0}, mixed_up{0}, lost{0};
};

// One visit: a key without a living value gets one; a living one sometimes dies.
void Visit(World& world, uint64_t key, Prng& prng) {
  const Epochs::Guard guard(world.epochs);
  const IndexKey subject = IndexKey::Of(Registry::KeyOf(key));
  world.index.MakeRoom(subject);
  const IndexValue known(world.latest[key].load());
  const IndexValue seen = world.index.Get(subject);
  if (!seen.empty() && world.registry.OwnerOf(seen) != key) world.mixed_up.fetch_add(1);
  // Put in before we looked, and alive still: it must be what we saw.
  if (!known.empty() && known != seen && world.registry.LifeOf(known) != Registry::kDead)
    world.lost.fetch_add(1);
  if (!seen.empty() && world.registry.LifeOf(seen) != Registry::kDead) {
    if (prng.Below(3) == 0 && world.registry.StartDying(seen)) {
      world.living[key].fetch_sub(1);
      world.registry.Set(seen, Registry::kDead);
    }
    return;
  }
  const IndexValue mine = world.registry.Attempt(key);
  if (!world.index.Insert(subject, mine.ref()).empty()) {
    world.registry.Set(mine, Registry::kDead);
    return;
  }
  if (world.living[key].fetch_add(1) >= 1) world.doubled.fetch_add(1);
  world.latest[key].store(mine.bits());
}

}  // namespace

TEST_CASE("no living entry is lost, doubled or mixed up while tables grow under four threads") {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    INFO("seed " << seed);
    const auto world = std::make_unique<World>();
    std::vector<std::thread> threads;
    for (uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        Prng prng(seed * 100 + t);
        // All walk through the keys together, so that they meet on the same ones, and look back at
        // random.
        for (uint64_t i = 0; i < kKeys; ++i) {
          Visit(*world, i, prng);
          Visit(*world, prng.Below(i + 1), prng);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const Epochs::Guard guard(world->epochs);
    for (uint32_t attempt = 1; attempt < world->registry.made(); ++attempt) {
      const IndexValue value(SeatRef{SeatId{attempt}, Generation{1}});
      if (world->registry.LifeOf(value) == Registry::kDead) continue;
      if (world->index.Get(IndexKey::Of(Registry::KeyOf(world->registry.OwnerOf(value)))) != value)
        world->lost.fetch_add(1);
    }
    CHECK(world->lost.load() == 0);
    CHECK(world->doubled.load() == 0);
    CHECK(world->mixed_up.load() == 0);
  }
}

}  // namespace creneau::ledger
