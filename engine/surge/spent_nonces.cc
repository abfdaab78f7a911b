#include "surge/spent_nonces.h"

namespace creneau::surge {
namespace {

constexpr int kNonceBits = 32;
constexpr int kPurposeBits = 16;
constexpr int kTimeBits = 16;
static_assert(kNonceBits + kPurposeBits + kTimeBits == 64 && kNonceBits <= Cells::kPrintBits);
constexpr uint64_t kTimeMask = (uint64_t{1} << kTimeBits) - 1;
constexpr uint64_t kMostS =
    (limits::kAssertionLifeMs + limits::kAssertionSkewMs) / kMsPerSecond + 1;
static_assert(2 * kMostS < kTimeMask);

uint64_t SecondOf(Instant instant) { return static_cast<uint64_t>(instant.ms / kMsPerSecond); }

// How many seconds it is still good for, this one included.
constexpr uint64_t LeftS(uint64_t entry, uint64_t now_s) {
  const uint64_t left = (entry - now_s) & kTimeMask;
  return left <= kMostS ? left + 1 : 0;
}

}  // namespace

bool SpentNonces::Spend(std::string_view nonce, std::string_view purpose, Instant expires,
                        Instant now) {
  const Cells::Place place = cells_.Of(nonce);
  const uint64_t print = place.PrintOf(kNonceBits);
  const uint64_t what = cells_.Of(purpose).PrintOf(kPurposeBits);
  const uint64_t entry =
      print << (kPurposeBits + kTimeBits) | what << kTimeBits | (SecondOf(expires) & kTimeMask);
  const uint64_t now_s = SecondOf(now);
  for (;;) {
    const Cells::Found found = Cells::Find(
        place.set,
        [&](uint64_t other) {
          return other >> (kPurposeBits + kTimeBits) == print && LeftS(other, now_s) > 0;
        },
        [&](uint64_t other) { return LeftS(other, now_s); });
    if (found.mine) return found.value == entry;
    if (Cells::Replace(found, entry)) return true;
  }
}

}  // namespace creneau::surge
