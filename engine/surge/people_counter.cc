#include "surge/people_counter.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace creneau::surge {
namespace {

// Ertl 2017, section 4: what registers at 0 contribute, of which there is the share `x`, below 1...
double Sigma(double x) {
  double sum = x;
  double before = -1;
  for (double y = 1; sum != before; y += y) {
    x *= x;
    before = sum;
    sum += x * y;
  }
  return sum;
}

// ...and those at the highest value; `x` is the share of the others.
double Tau(double x) {
  if (x == 0 || x == 1) return 0;
  double sum = 1 - x;
  double before = -1;
  for (double y = 0.5; sum != before; y /= 2) {
    x = std::sqrt(x);
    before = sum;
    sum -= (1 - x) * (1 - x) * y;
  }
  return sum / 3;
}

}  // namespace

void PeopleCounter::Add(const Tag& tag) {
  uint64_t hash;
  std::memcpy(&hash, tag.data(), sizeof hash);
  Atomic<uint8_t>& at = registers_[hash >> kHashBits];
  // A one behind the hash's last bit, so that even zeros alone end.
  const uint64_t rest = hash << kIndexBits | uint64_t{1} << (kIndexBits - 1);
  const auto value = static_cast<uint8_t>(std::countl_zero(rest) + 1);
  uint8_t seen = at.load(std::memory_order_relaxed);
  while (seen < value && !at.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

uint64_t PeopleCounter::Estimate() const {
  constexpr int kHighest = kHashBits + 1;
  std::array<uint32_t, kHighest + 1> counts{};
  for (const Atomic<uint8_t>& at : registers_) ++counts[at.load(std::memory_order_relaxed)];
  constexpr double kCount = kRegisters;
  if (counts[0] == kRegisters) return 0;
  double sum = kCount * Tau(1 - counts[kHighest] / kCount);
  for (int value = kHashBits; value >= 1; --value)
    sum = (sum + counts[static_cast<size_t>(value)]) / 2;
  sum += kCount * Sigma(counts[0] / kCount);
  // 1 / (2 ln 2)
  constexpr double kAlpha = 0.72134752044448170368;
  return static_cast<uint64_t>(std::llround(kAlpha * kCount * kCount / sum));
}

void PeopleCounter::Clear() {
  for (Atomic<uint8_t>& at : registers_) at.store(0, std::memory_order_relaxed);
}

}  // namespace creneau::surge
