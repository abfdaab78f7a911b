// Who of a draw is next for a seat that comes back (design 5): the first by rank who still waits
// and can take it.
//
// What somebody can take of a slot hangs on its date and on whether it starts before noon
// (wishes.h), and whoever waits no more never does again. So for each half of a day the ranks are
// walked once in a draw's life, whatever number of its seats come back: a draw of a month among
// 100,000 entries is six million looks at most, some tens of milliseconds.
//
// Pure but for what it remembers; one thread. Four bytes an entry, and some 300 for each kind of
// wishes: where all of 131,072 wish for twenty dates of their own, 40 MB while the draw is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "rules/wishes.h"

namespace creneau::rules {

class DrawTakers {
 public:
  // Of these places, which ascend, the first where somebody still waits: which of them it is, or
  // how many they are where nobody does. Never more than kAskedAtOnce.
  using FirstWaiting = std::function<size_t(std::span<const uint32_t> places)>;
  static constexpr size_t kAskedAtOnce = 256;

  // Of everybody in the order of the ranks, as WishesText writes them.
  explicit DrawTakers(std::span<const std::string_view> wishes);

  // Their place in that order, from 0. The same again until they wait no more.
  std::optional<uint32_t> First(LocalMinute slot, const FirstWaiting& first_waiting);

  // Wishes held against a slot so far.
  uint64_t looks() const { return looks_; }

 private:
  struct HalfDay {
    uint32_t next = 0;                 // by rank: who comes before has been looked at
    std::vector<uint32_t> can_take{};  // of those, who may still wait
    size_t at = 0;                     // those before it wait no more
  };
  void LookOn(LocalMinute slot, HalfDay* half);

  std::vector<Wishes> kinds_;
  std::vector<uint32_t> kind_of_;  // of each, by rank
  std::map<int32_t, HalfDay> halves_;
  uint64_t looks_ = 0;
};

}  // namespace creneau::rules
