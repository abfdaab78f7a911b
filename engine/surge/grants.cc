#include "surge/grants.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace creneau::surge {

uint64_t GrantAges::outstanding() const {
  return std::accumulate(unused.begin(), unused.end(), uint64_t{0});
}

size_t Grants::AgeOf(const Cohort& cohort, Instant now) {
  const int64_t age = (now - cohort.from) / kGrantAgeMs;
  return static_cast<size_t>(std::clamp<int64_t>(age, 0, kGrantAges - 1));
}

void Grants::Admit(Rank served, uint32_t people, Instant now) {
  CHECK(served >= served_);
  if (served == served_) return;
  Lapse(now);
  if (size_ == 0 || now - At(size_ - 1).from >= kCohortMs) {
    CHECK(size_ < kCohorts);
    At(size_++) = {now, served, 0, 0};
  }
  Cohort& cohort = At(size_ - 1);
  cohort.to = served;
  cohort.people += people;
  served_ = served;
}

void Grants::Lapse(Instant now) {
  // Counted from the end of the second, so that nobody's is shorter than it should be.
  while (size_ > 0 && now - At(0).from >= limits::kGrantLifeMs + kCohortMs) {
    lapsed_ = At(0).to;
    first_ = (first_ + 1) % kCohorts;
    --size_;
  }
}

void Grants::Lengthen(int64_t ms) {
  CHECK(ms >= 0);
  for (size_t i = 0; i < size_; ++i) At(i).from = At(i).from + ms;
}

bool Grants::Use(Rank rank, Instant now) {
  Lapse(now);
  if (rank <= lapsed_ || rank > served_) return false;
  size_t low = 0;
  for (size_t high = size_; low < high;) {
    const size_t middle = (low + high) / 2;
    if (At(middle).to < rank)
      low = middle + 1;
    else
      high = middle;
  }
  Cohort& cohort = At(low);
  ++cohort.used;
  ++used_[AgeOf(cohort, now)];
  return true;
}

GrantAges Grants::Ages(Instant now) const {
  GrantAges ages;
  ages.used = used_;
  for (size_t i = 0; i < size_; ++i) {
    const Cohort& cohort = At(i);
    // More have come than were estimated to be there.
    ages.unused[AgeOf(cohort, now)] += cohort.people - std::min(cohort.people, cohort.used);
  }
  return ages;
}

}  // namespace creneau::surge
