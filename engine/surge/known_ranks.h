// The next ranks of a line, one by one, as far as they are known: of those who gathered in this
// process and of those who came late since. They are what makes the last seats of a small queue a
// matter of rank alone. Where it is only estimated how many are let in, it happens that more are
// than there are seats, and among them whoever asks first gets one: that would be a race, and
// software wins races.
//
// Below the horizon every rank of somebody who waits is here; from there on nothing is known, and
// the line estimates as before. A start begins with nothing: the log keeps no people. Of many only
// the lowest are kept, so the memory is that of limits::kKnownRanks, however many come.
//
// Pure; one thread at a time. Add moves 32 KiB at most.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "base/limits_queue.h"
#include "surge/rank.h"

namespace creneau::surge {

class KnownRanks {
 public:
  // Knows nothing.
  KnownRanks() = default;
  // Knows that nobody is there yet: each who comes from now on has to be added.
  static KnownRanks FromTheFirst(size_t most = limits::kKnownRanks);

  // From the horizon on it is ignored, and one that is there is not counted twice.
  void Add(Rank rank);
  // Somebody may be there of whom only that is known.
  void LoseFrom(Rank rank);
  // Takes out up to `people`, the lowest first and none beyond `last`. Returns how many there were;
  // `*reached` is the last one's rank, or unchanged.
  size_t Take(size_t people, Rank last, Rank* reached);

  Rank horizon() const { return horizon_; }
  bool all() const { return horizon_ == Rank{std::numeric_limits<uint64_t>::max()}; }
  size_t size() const { return ranks_.size(); }
  // How many there are below that one.
  size_t Below(Rank rank) const;

 private:
  size_t most_ = 0;
  Rank horizon_;             // 0: nothing is known
  std::vector<Rank> ranks_;  // ascending
};

}  // namespace creneau::surge
