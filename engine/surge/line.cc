#include "surge/line.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace creneau::surge {

Line::Line(const Served& served, Bucket until, Instant now)
    : gathered_(served.gathered),
      late_(served.late),
      people_(served.people),
      grants_(served.lapsed) {
  CHECK(served.lapsed <= served.rank);
  if (until.value > 0 && late_ > 0) {
    late_by_bucket_.assign(until.value, late_ / until.value);
    for (uint32_t i = 0; i < late_ % until.value; ++i) ++late_by_bucket_[i];
  }
  // How many they were is not known, and some have come: they do not count as outstanding.
  if (served.rank > served.lapsed) grants_.Admit(served.rank, 0, now);
}

uint32_t Line::In(Bucket bucket) const {
  if (bucket.value == 0) return gathered_;
  const size_t place = bucket.value - 1;
  return place < late_by_bucket_.size() ? late_by_bucket_[place] : 0;
}

void Line::Know(KnownRanks gathered) {
  CHECK(people_ == 0);
  known_ = std::move(gathered);
}

void Line::Arrive(Rank rank) {
  Count(rank.bucket());
  if (rank > grants_.served()) known_.Add(rank);
}

void Line::Arrive(Bucket bucket) {
  Count(bucket);
  known_.LoseFrom(RankAt(bucket, 0));
}

void Line::Count(Bucket bucket) {
  CHECK(bucket.value > 0 && bucket.value <= kMaxBucket);
  if (late_by_bucket_.size() < bucket.value) late_by_bucket_.resize(bucket.value);
  ++late_by_bucket_[bucket.value - 1];
  ++late_;
}

uint32_t Line::Admit(uint32_t people, Bucket last, Instant now) {
  const Rank from = grants_.served();
  const Rank end = RankAt(last, 1);
  Rank to = from;
  double left = people;
  left -= static_cast<double>(known_.Take(people, end, &to));
  // Also where it is nobody that is known of: their turn has come as well, and must end.
  if (known_.horizon() > end) {
    if (known_.Below(end) == 0) to = std::max(to, end);
  } else if (known_.size() == 0) {
    const uint64_t horizon = known_.horizon().value;
    to = AdmitEstimated(std::max(to, Rank{horizon - std::min<uint64_t>(horizon, 1)}), last, &left);
  }
  const double before = people_;
  people_ += people - left;
  const auto admitted = static_cast<uint32_t>(std::floor(people_) - std::floor(before));
  if (to > from) grants_.Admit(to, admitted, now);
  return admitted;
}

// From there on nothing is known of ranks.
Rank Line::AdmitEstimated(Rank from, Bucket last, double* left) const {
  Rank to = from;
  while (to.bucket() <= last) {
    const Bucket bucket = to.bucket();
    const double here = In(bucket);
    const double ahead = here * (1 - to.share());
    // Half a person is nobody: what is left of a bucket is then passed over.
    if (ahead > *left && *left >= 0.5) {
      to = RankAt(bucket, to.share() + *left / here);
      *left = 0;
      break;
    }
    if (ahead >= 0.5 && *left < 0.5) break;
    *left = std::max(0.0, *left - ahead);
    if (bucket == last) return RankAt(bucket, 1);
    to = RankAt(Bucket{bucket.value + 1}, 0);
  }
  return to;
}

Line::Turn Line::Judge(Rank rank) const {
  if (rank > grants_.served()) return Turn::kWait;
  return rank > grants_.lapsed() ? Turn::kNow : Turn::kMissed;
}

Line::Served Line::served() const {
  return {grants_.lapsed(), grants_.served(), gathered_, late_, static_cast<uint32_t>(people_)};
}

uint32_t Line::waiting() const {
  if (known_.all()) return static_cast<uint32_t>(known_.size());
  const uint32_t came = gathered_ + late_;
  return came - std::min(came, static_cast<uint32_t>(people_));
}

uint32_t Line::Before(Bucket bucket) const {
  if (bucket.value == 0) return 0;
  const size_t buckets = std::min<size_t>(bucket.value - 1, late_by_bucket_.size());
  return std::accumulate(late_by_bucket_.begin(), late_by_bucket_.begin() + buckets, gathered_);
}

uint32_t Line::PlaceOf(Rank rank) const {
  if (rank <= grants_.served()) return 0;
  if (rank < known_.horizon()) return static_cast<uint32_t>(known_.Below(rank)) + 1;
  const double place = Before(rank.bucket()) + rank.share() * In(rank.bucket()) - people_;
  return static_cast<uint32_t>(std::max(0.0, std::floor(place))) + 1;
}

}  // namespace creneau::surge
