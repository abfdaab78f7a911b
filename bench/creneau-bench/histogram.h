// An HDR histogram (Gil Tene's HdrHistogram): counts of values from 0 to a highest one, exact to a
// number of significant decimal digits over the whole range, in fixed memory and a few nanoseconds
// a value. Percentiles, mean and buckets are those of hdr-histogram-js, which a test compares
// bucket by bucket (tests/bench/hdr). Largest and smallest value are kept as they were.
//
// One owner; Add brings those of several threads together. No unit: the bench records nanoseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace creneau::bench {

class Histogram {
 public:
  // `digits` from 1 to 4. Values beyond `highest` (at least 2) are counted as it, and in clamped().
  Histogram(int digits, uint64_t highest);

  void Record(uint64_t value, uint64_t times = 1);
  // Of the same digits and highest.
  void Add(const Histogram& other);

  uint64_t total() const { return total_; }
  uint64_t clamped() const { return clamped_; }
  uint64_t max() const { return max_; }
  uint64_t min() const { return total_ == 0 ? 0 : min_; }
  double Mean() const;
  // The highest value of the bucket in which the count reaches `percentile` (0 to 100) of all; 0
  // when nothing was recorded.
  uint64_t ValueAtPercentile(double percentile) const;
  // The same, and never above the largest value: what reports say.
  uint64_t Percentile(double percentile) const;

  // The buckets themselves, for the comparison with the other implementation.
  size_t buckets() const { return counts_.size(); }
  uint64_t CountAt(size_t bucket) const { return counts_[bucket]; }
  uint64_t LowestOf(size_t bucket) const;
  uint64_t HighestOf(size_t bucket) const;

 private:
  size_t BucketOf(uint64_t value) const;
  unsigned ShiftOf(size_t bucket) const;

  // Below 2^(half_bits_ + 1) every value has a bucket of its own; from there on every power of two
  // has 2^half_bits_ buckets.
  unsigned half_bits_;
  uint64_t highest_;
  uint64_t total_ = 0;
  uint64_t clamped_ = 0;
  uint64_t max_ = 0;
  uint64_t min_ = ~uint64_t{0};
  std::vector<uint64_t> counts_;
};

}  // namespace creneau::bench
