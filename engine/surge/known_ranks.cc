#include "surge/known_ranks.h"

#include <algorithm>

#include "base/check.h"

namespace creneau::surge {

KnownRanks KnownRanks::FromTheFirst(size_t most) {
  CHECK(most > 0);
  KnownRanks known;
  known.most_ = most;
  known.horizon_ = Rank{std::numeric_limits<uint64_t>::max()};
  return known;
}

void KnownRanks::Add(Rank rank) {
  if (rank >= horizon_) return;
  const auto at = std::lower_bound(ranks_.begin(), ranks_.end(), rank);
  if (at != ranks_.end() && *at == rank) return;
  ranks_.insert(at, rank);
  if (ranks_.size() > most_) LoseFrom(ranks_.back());
}

void KnownRanks::LoseFrom(Rank rank) {
  if (rank >= horizon_) return;
  horizon_ = rank;
  ranks_.erase(std::lower_bound(ranks_.begin(), ranks_.end(), rank), ranks_.end());
}

size_t KnownRanks::Take(size_t people, Rank last, Rank* reached) {
  const auto end = std::upper_bound(ranks_.begin(), ranks_.end(), last);
  const size_t taken = std::min(people, static_cast<size_t>(end - ranks_.begin()));
  if (taken == 0) return 0;
  *reached = ranks_[taken - 1];
  ranks_.erase(ranks_.begin(), ranks_.begin() + static_cast<ptrdiff_t>(taken));
  return taken;
}

size_t KnownRanks::Below(Rank rank) const {
  return static_cast<size_t>(std::lower_bound(ranks_.begin(), ranks_.end(), rank) - ranks_.begin());
}

}  // namespace creneau::surge
