// The subject index as a map: insert if absent, replace what is expected, compare all 128 bits,
// forget the dead.
#include "ledger/subject_index.h"

#include <map>
#include <set>

#include "base/prng.h"
#include "tests/ledger/catch.h"

namespace creneau::ledger {
namespace {

IndexValue Value(uint32_t seat, uint32_t generation) {
  return IndexValue(SeatRef{SeatId{seat}, Generation{generation}});
}

// Alive unless it was said to be dead.
class Roll final : public Liveness {
 public:
  bool Alive(const Subject&, IndexValue value) const override {
    return dead_.count(value.bits()) == 0;
  }
  void Bury(IndexValue value) { dead_.insert(value.bits()); }

 private:
  std::set<uint64_t> dead_;
};

}  // namespace

TEST_CASE("what was put in is what is found, and only what was expected is replaced") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  const Roll roll;
  SubjectIndex index(epochs, roll, 64);
  const Subject ada = SubjectNumber(1);
  CHECK(index.Get(ada).empty());
  CHECK_FALSE(index.Replace(ada, Value(9, 1), Value(1, 1)));
  CHECK(index.Replace(ada, IndexValue(), Value(1, 1)));
  CHECK_FALSE(index.Replace(ada, IndexValue(), Value(2, 1)));
  CHECK(index.Get(ada) == Value(1, 1));
  CHECK(index.Replace(ada, Value(1, 1), Value(2, 7)));
  CHECK(index.Get(ada).ref() == SeatRef{SeatId{2}, Generation{7}});
}

TEST_CASE("subjects that share half their bits are two subjects") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  const Roll roll;
  SubjectIndex index(epochs, roll, 16);
  const uint64_t halves[] = {1, 2, 77, ~uint64_t{0} - 1};
  uint32_t seat = 1;
  for (const uint64_t lo : halves) {
    for (const uint64_t hi : halves) {
      index.MakeRoom();
      REQUIRE(index.Replace(Subject{lo, hi}, IndexValue(), Value(seat++, 1)));
    }
  }
  seat = 1;
  for (const uint64_t lo : halves) {
    for (const uint64_t hi : halves) CHECK(index.Get(Subject{lo, hi}) == Value(seat++, 1));
  }
}

TEST_CASE("keys with the reserved bit patterns are keys like any other") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  const Roll roll;
  SubjectIndex index(epochs, roll, 16);
  const Subject odd[] = {
      {0, 0}, {0, 5}, {5, 0}, {~uint64_t{0}, 5}, {5, ~uint64_t{0}}, {~uint64_t{0}, ~uint64_t{0}}};
  uint32_t seat = 1;
  for (const Subject& subject : odd)
    REQUIRE(index.Replace(subject, IndexValue(), Value(seat++, 1)));
  seat = 1;
  for (const Subject& subject : odd) CHECK(index.Get(subject) == Value(seat++, 1));
}

TEST_CASE("a table that was never made room in grows all the same") {
  Epochs epochs;
  const Epochs::Guard guard(epochs);
  const Roll roll;
  SubjectIndex index(epochs, roll, 16);
  for (uint32_t i = 1; i <= 1'000; ++i)
    REQUIRE(index.Replace(SubjectNumber(i), IndexValue(), Value(i, 1)));
  for (uint32_t i = 1; i <= 1'000; ++i) REQUIRE(index.Get(SubjectNumber(i)) == Value(i, 1));
}

TEST_CASE("the index behaves as a map while it grows, and only the dead are forgotten") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    Prng prng(seed);
    Epochs epochs;
    Roll roll;
    SubjectIndex index(epochs, roll, 16);
    std::map<uint64_t, IndexValue> model;  // the living
    uint32_t made = 0;
    for (int i = 0; i < 30'000; ++i) {
      const Epochs::Guard guard(epochs);
      index.MakeRoom();
      const uint64_t who = prng.Below(5'000);
      const IndexValue seen = index.Get(SubjectNumber(who));
      if (const auto at = model.find(who); at != model.end()) {
        REQUIRE(seen == at->second);
      } else {
        REQUIRE((seen.empty() || !roll.Alive(SubjectNumber(who), seen)));
      }
      const IndexValue next = Value(++made, 1);
      REQUIRE(index.Replace(SubjectNumber(who), seen, next));
      if (prng.Below(3) == 0) {
        roll.Bury(next);
        model.erase(who);
      } else {
        model[who] = next;
      }
    }
    const Epochs::Guard guard(epochs);
    for (const auto& [who, value] : model) REQUIRE(index.Get(SubjectNumber(who)) == value);
  }
}

TEST_CASE("a flood of identities that come to nothing leaves the table small") {
  Epochs epochs;
  Roll roll;
  SubjectIndex index(epochs, roll, 1 << 10);
  for (uint32_t i = 1; i <= 100'000; ++i) {
    const Epochs::Guard guard(epochs);
    index.MakeRoom();
    REQUIRE(index.Replace(SubjectNumber(i), IndexValue(), Value(i, 1)));
    if (i % 100 != 0) roll.Bury(Value(i, 1));
  }
  CHECK(index.entries() < 16'000);
  const Epochs::Guard guard(epochs);
  for (uint32_t i = 100; i <= 100'000; i += 100)
    REQUIRE(index.Get(SubjectNumber(i)) == Value(i, 1));
}

}  // namespace creneau::ledger
