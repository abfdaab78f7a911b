#include "surge/rate_sketch.h"

#include <algorithm>

#include "base/check.h"

namespace creneau::surge {
namespace {

constexpr int kPrintBits = 32;

// How long the bucket will drain from now on. Its last moment is kept modulo 2^32 milliseconds, 50
// days: what lies further ahead than any bucket can is long past.
constexpr int64_t LeftMs(uint64_t entry, int64_t now_ms) {
  const uint32_t left = static_cast<uint32_t>(entry) - static_cast<uint32_t>(now_ms);
  return left <= limits::kRatePeriodMaxMs ? left : 0;
}

}  // namespace

RateSketch::Verdict RateSketch::Take(std::string_view key, int64_t now_ms, RateLimit limit) {
  CHECK(limit.count >= 1 && limit.count <= limit.per_ms);
  CHECK(limit.per_ms <= limits::kRatePeriodMaxMs);
  const int64_t one_ms = limit.per_ms / limit.count;
  const int64_t full_ms = one_ms * limit.count;
  const Cells::Place place = cells_.Of(key);
  const uint64_t print = place.PrintOf(kPrintBits);
  for (;;) {
    const Cells::Found found = Cells::Find(
        place.set, [&](uint64_t entry) { return entry >> kPrintBits == print; },
        [&](uint64_t entry) { return static_cast<uint64_t>(LeftMs(entry, now_ms)); });
    const int64_t left_ms = (found.mine ? LeftMs(found.value, now_ms) : 0) + one_ms;
    if (left_ms > full_ms) return {false, left_ms - full_ms};
    const auto empty_at = static_cast<uint32_t>(now_ms + left_ms);
    if (Cells::Replace(found, print << kPrintBits | empty_at)) return {true, 0};
  }
}

}  // namespace creneau::surge
