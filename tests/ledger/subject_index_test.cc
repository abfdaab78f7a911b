// The subject index as a map: insert unless something lives, replace what is expected, compare all
// 128 bits, forget the dead.
#include "ledger/subject_index.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

SeatRef Ref(uint32_t seat, uint32_t generation) {
  return SeatRef{SeatId{seat}, Generation{generation}};
}

IndexValue Value(uint32_t seat, uint32_t generation) { return IndexValue(Ref(seat, generation)); }

// What the ledger's seats would say: whose they are, and whether they live.
class Roll : public Holdings {
 public:
  Holding HoldingOf(SeatRef ref, bool) const override {
    const auto at = holdings_.find(ref);
    return at == holdings_.end() ? Holding() : at->second;
  }
  // As a hold does it: the seat says whose it is before the index is asked.
  IndexValue Put(SubjectIndex& index, const Subject& subject, SeatRef ref) {
    holdings_[ref] = Holding{Holding::Life::kLive, subject, ref};
    return index.Insert(IndexKey::Of(subject), ref);
  }
  bool Move(SubjectIndex& index, const Subject& subject, SeatRef from, SeatRef to) {
    holdings_[to] = Holding{Holding::Life::kLive, subject, HoldingOf(from, false).origin};
    return index.Replace(IndexKey::Of(subject), from, to);
  }
  void Set(SeatRef ref, Holding::Life life) { holdings_[ref].life = life; }

 private:
  std::map<SeatRef, Holding> holdings_;
};

IndexValue Get(SubjectIndex& index, const Subject& subject) {
  return index.Get(IndexKey::Of(subject));
}

constexpr auto kDead = Holding::Life::kDead;

}  // namespace

TEST_CASE("what was put in is what is found, and only what was expected is replaced") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  Roll roll;
  SubjectIndex index(epochs, roll, 64);
  const Subject ada = SubjectNumber(1);
  CHECK(Get(index, ada).empty());
  CHECK_FALSE(roll.Move(index, ada, Ref(9, 1), Ref(1, 1)));
  CHECK(roll.Put(index, ada, Ref(1, 1)).empty());
  CHECK(roll.Put(index, ada, Ref(2, 1)) == Value(1, 1));
  CHECK(Get(index, ada) == Value(1, 1));
  CHECK(roll.Move(index, ada, Ref(1, 1), Ref(2, 7)));
  CHECK(Get(index, ada).ref() == Ref(2, 7));
  CHECK_FALSE(roll.Move(index, ada, Ref(1, 1), Ref(3, 1)));
}

TEST_CASE("what lives, and what has not quite ended, is in the way; the dead are not") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  Roll roll;
  SubjectIndex index(epochs, roll, 64);
  const Subject ada = SubjectNumber(1);
  REQUIRE(roll.Put(index, ada, Ref(1, 1)).empty());
  roll.Set(Ref(1, 1), Holding::Life::kEnding);
  CHECK(Get(index, ada).empty());
  CHECK(roll.Put(index, ada, Ref(2, 1)) == Value(1, 1));
  roll.Set(Ref(1, 1), kDead);
  CHECK(roll.Put(index, ada, Ref(2, 1)).empty());
  CHECK(Get(index, ada) == Value(2, 1));
}

TEST_CASE("a subject and a reservation's name are two keys, whatever their bits") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  Roll roll;
  SubjectIndex index(epochs, roll, 16);
  const Subject ada = SubjectNumber(1);
  REQUIRE(roll.Put(index, ada, Ref(1, 1)).empty());
  REQUIRE(roll.Move(index, ada, Ref(1, 1), Ref(2, 1)));
  const IndexKey name = IndexKey::OfName(Ref(1, 1));
  CHECK(index.Get(name).empty());
  CHECK(index.Insert(name, Ref(2, 1)).empty());
  CHECK(index.Get(name) == Value(2, 1));
  CHECK(Get(index, ada) == Value(2, 1));
  REQUIRE(roll.Move(index, ada, Ref(2, 1), Ref(3, 1)));
  CHECK(index.Replace(name, Ref(2, 1), Ref(3, 1)));
  CHECK(index.Get(name) == Value(3, 1));
  CHECK(index.Get(IndexKey::OfName(Ref(2, 1))).empty());
}

TEST_CASE("subjects that share half their bits are two subjects") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  Roll roll;
  SubjectIndex index(epochs, roll, 16);
  const uint64_t halves[] = {0, 1, 2, 77, ~uint64_t{0} - 1, ~uint64_t{0}};
  uint32_t seat = 1;
  for (const uint64_t lo : halves) {
    for (const uint64_t hi : halves) {
      index.MakeRoom(IndexKey::Of({lo, hi}));
      REQUIRE(roll.Put(index, Subject{lo, hi}, Ref(seat++, 1)).empty());
    }
  }
  seat = 1;
  for (const uint64_t lo : halves) {
    for (const uint64_t hi : halves) CHECK(Get(index, Subject{lo, hi}) == Value(seat++, 1));
  }
}

// An entry holds 19 bits of the hash: subjects that agree in these and in their place are told
// apart by what the seats say.
TEST_CASE("subjects whose entries look alike are two subjects") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  Roll roll;
  SubjectIndex index(epochs, roll, 4);
  const auto looks = [](const Subject& subject) {
    const uint64_t hash = IndexKey::Of(subject).hash;
    return std::pair(hash >> 45, hash & 3);
  };
  const Subject ada = SubjectNumber(1);
  uint64_t number = 2;
  while (looks(SubjectNumber(number)) != looks(ada)) ++number;
  const Subject bert = SubjectNumber(number);
  REQUIRE(roll.Put(index, ada, Ref(1, 1)).empty());
  CHECK(Get(index, bert).empty());
  REQUIRE(roll.Put(index, bert, Ref(2, 1)).empty());
  CHECK(Get(index, ada) == Value(1, 1));
  CHECK(Get(index, bert) == Value(2, 1));
  roll.Set(Ref(1, 1), kDead);
  CHECK(Get(index, ada).empty());
  CHECK(Get(index, bert) == Value(2, 1));
}

TEST_CASE("a table that was never made room in grows all the same") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  Roll roll;
  SubjectIndex index(epochs, roll, 1);
  for (uint32_t i = 1; i <= 1'000; ++i)
    REQUIRE(roll.Put(index, SubjectNumber(i), Ref(i, 1)).empty());
  for (uint32_t i = 1; i <= 1'000; ++i) REQUIRE(Get(index, SubjectNumber(i)) == Value(i, 1));
}

TEST_CASE("the index behaves as a map while it grows, and only the dead are forgotten") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    Prng prng(seed);
    Epochs epochs;
    Roll roll;
    SubjectIndex index(epochs, roll, 16);
    std::map<uint64_t, SeatRef> model;  // the living
    uint32_t made = 0;
    for (int i = 0; i < 30'000; ++i) {
      const Epochs::Guard guard(epochs);
      const uint64_t who = prng.Below(5'000);
      const Subject subject = SubjectNumber(who);
      index.MakeRoom(IndexKey::Of(subject));
      const SeatRef next = Ref(++made, 1);
      const auto at = model.find(who);
      REQUIRE(Get(index, subject) == (at == model.end() ? IndexValue() : IndexValue(at->second)));
      if (at == model.end()) {
        REQUIRE(roll.Put(index, subject, next).empty());
        model[who] = next;
      } else if (prng.Below(2) == 0) {
        REQUIRE(roll.Put(index, subject, next) == IndexValue(at->second));
        REQUIRE(roll.Move(index, subject, at->second, next));
        roll.Set(at->second, kDead);
        at->second = next;
      } else {
        roll.Set(at->second, kDead);
        model.erase(at);
      }
    }
    const Epochs::Guard guard(epochs);
    for (const auto& [who, ref] : model) REQUIRE(Get(index, SubjectNumber(who)) == IndexValue(ref));
  }
}

// How many entries the index asks about is how long it walks.
class WatchedRoll final : public Roll {
 public:
  Holding HoldingOf(SeatRef ref, bool as_name) const override {
    ++asked;
    return Roll::HoldingOf(ref, as_name);
  }
  mutable uint64_t asked = 0;
};

TEST_CASE(
    "one subject that comes again and again makes neither the table large nor its walk long") {
  for (const size_t capacity : {size_t{16}, size_t{1} << 10, size_t{1} << 13}) {
    Epochs epochs;
    WatchedRoll roll;
    SubjectIndex index(epochs, roll, capacity);
    const Subject ada = SubjectNumber(1);
    for (uint32_t i = 1; i <= 20'000; ++i) {
      const Epochs::Guard guard(epochs);
      index.MakeRoom(IndexKey::Of(ada));
      REQUIRE(roll.Put(index, ada, Ref(i, 1)).empty());
      roll.Set(Ref(i, 1), kDead);
    }
    INFO("capacity " << capacity << ", asked " << roll.asked);
    CHECK(index.entries() <= std::max(capacity, size_t{64}) * 2 / 3 + 1);
    CHECK(roll.asked < 20'000 * 200);
  }
}

TEST_CASE("a table is never made smaller than the first one") {
  Epochs epochs;
  Roll roll;
  SubjectIndex index(epochs, roll, 1 << 10);
  const Epochs::Guard guard(epochs);
  uint64_t most = 0;
  for (uint32_t i = 1; i <= 10'000; ++i) {
    index.MakeRoom(IndexKey::Of(SubjectNumber(i)));
    REQUIRE(roll.Put(index, SubjectNumber(i), Ref(i, 1)).empty());
    roll.Set(Ref(i, 1), kDead);
    most = i > 5'000 ? std::max<uint64_t>(most, index.entries()) : 0;
  }
  CHECK(most > (1 << 10) / 2);
}

TEST_CASE("a flood of identities that come to nothing leaves the table small") {
  Epochs epochs;
  Roll roll;
  SubjectIndex index(epochs, roll, 1 << 10);
  for (uint32_t i = 1; i <= 100'000; ++i) {
    const Epochs::Guard guard(epochs);
    index.MakeRoom(IndexKey::Of(SubjectNumber(i)));
    REQUIRE(roll.Put(index, SubjectNumber(i), Ref(i, 1)).empty());
    if (i % 100 != 0) roll.Set(Ref(i, 1), kDead);
  }
  CHECK(index.entries() < 16'000);
  const Epochs::Guard guard(epochs);
  for (uint32_t i = 100; i <= 100'000; i += 100)
    REQUIRE(Get(index, SubjectNumber(i)) == Value(i, 1));
}

}  // namespace creneau::ledger
