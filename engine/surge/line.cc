#include "surge/line.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

void Line::Arrive(Bucket bucket) {
  CHECK(bucket.value > 0 && bucket.value <= kMaxBucket);
  if (late_by_bucket_.size() < bucket.value) late_by_bucket_.resize(bucket.value);
  ++late_by_bucket_[bucket.value - 1];
  ++late_;
}

uint32_t Line::Admit(uint32_t people, Bucket last, Instant now) {
  double left = people;
  const Rank from = grants_.served();
  Rank to = from;
  while (to.bucket() <= last) {
    const Bucket bucket = to.bucket();
    const double here = In(bucket);
    const double ahead = here * (1 - to.share());
    // Half a person is nobody: what is left of a bucket is then passed over.
    if (ahead > left && left >= 0.5) {
      to = RankAt(bucket, to.share() + left / here);
      left = 0;
      break;
    }
    if (ahead >= 0.5 && left < 0.5) break;
    left = std::max(0.0, left - ahead);
    if (bucket == last) {
      to = RankAt(bucket, 1);
      break;
    }
    to = RankAt(Bucket{bucket.value + 1}, 0);
  }
  const double before = people_;
  people_ += people - left;
  const auto admitted = static_cast<uint32_t>(std::floor(people_) - std::floor(before));
  // Also where it is nobody that is known of: their turn has come as well, and must end.
  if (to > from) grants_.Admit(to, admitted, now);
  return admitted;
}

Line::Turn Line::Judge(Rank rank) const {
  if (rank > grants_.served()) return Turn::kWait;
  return rank > grants_.lapsed() ? Turn::kNow : Turn::kMissed;
}

Line::Served Line::served() const {
  return {grants_.lapsed(), grants_.served(), gathered_, late_, static_cast<uint32_t>(people_)};
}

uint32_t Line::waiting() const {
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
  const double place = Before(rank.bucket()) + rank.share() * In(rank.bucket()) - people_;
  return static_cast<uint32_t>(std::max(0.0, std::floor(place))) + 1;
}

}  // namespace creneau::surge
