#include "bench/creneau-bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace creneau::bench {
namespace {

// Single units up to 2 * 10^digits, rounded up to a power of two; half of it is what each further
// power of two needs.
unsigned HalfBits(int digits) {
  CHECK(digits >= 1 && digits <= 4);
  uint64_t units = 2;
  for (int i = 0; i < digits; ++i) units *= 10;
  return static_cast<unsigned>(std::bit_width(units - 1)) - 1;
}

}  // namespace

Histogram::Histogram(int digits, uint64_t highest)
    : half_bits_(HalfBits(digits)), highest_(highest) {
  CHECK(highest >= 2 && highest <= uint64_t{1} << 53);
  counts_.resize(BucketOf(highest) + 1);
}

size_t Histogram::BucketOf(uint64_t value) const {
  const uint64_t single_units = (uint64_t{2} << half_bits_) - 1;
  const unsigned shift =
      static_cast<unsigned>(std::bit_width(value | single_units)) - half_bits_ - 1;
  return (static_cast<size_t>(shift) << half_bits_) + static_cast<size_t>(value >> shift);
}

unsigned Histogram::ShiftOf(size_t bucket) const {
  const size_t row = bucket >> half_bits_;
  return row == 0 ? 0 : static_cast<unsigned>(row - 1);
}

uint64_t Histogram::LowestOf(size_t bucket) const {
  const unsigned shift = ShiftOf(bucket);
  return static_cast<uint64_t>(bucket - (static_cast<size_t>(shift) << half_bits_)) << shift;
}

uint64_t Histogram::HighestOf(size_t bucket) const {
  return LowestOf(bucket) + (uint64_t{1} << ShiftOf(bucket)) - 1;
}

void Histogram::Record(uint64_t value, uint64_t times) {
  if (value > highest_) clamped_ += times;
  counts_[BucketOf(std::min(value, highest_))] += times;
  total_ += times;
  max_ = std::max(max_, value);
  min_ = std::min(min_, value);
}

void Histogram::Add(const Histogram& other) {
  CHECK(half_bits_ == other.half_bits_ && highest_ == other.highest_);
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  total_ += other.total_;
  clamped_ += other.clamped_;
  max_ = std::max(max_, other.max_);
  min_ = std::min(min_, other.min_);
}

double Histogram::Mean() const {
  if (total_ == 0) return 0;
  double sum = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    const uint64_t middle = LowestOf(i) + ((uint64_t{1} << ShiftOf(i)) >> 1);
    sum += static_cast<double>(middle) * static_cast<double>(counts_[i]);
  }
  return sum / static_cast<double>(total_);
}

uint64_t Histogram::ValueAtPercentile(double percentile) const {
  if (total_ == 0) return 0;
  // The product may lie one unit in the last place above the whole number it stands for; without
  // the subtraction that would skip a value.
  const double wanted = std::min(percentile, 100.0) / 100.0 * static_cast<double>(total_);
  const double last_place =
      std::nextafter(wanted, std::numeric_limits<double>::infinity()) - wanted;
  const auto count = static_cast<uint64_t>(std::max(std::ceil(wanted - last_place), 1.0));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= count) return percentile == 0 ? LowestOf(i) : HighestOf(i);
  }
  return HighestOf(counts_.size() - 1);
}

uint64_t Histogram::Percentile(double percentile) const {
  return std::min(ValueAtPercentile(percentile), max_);
}

}  // namespace creneau::bench
