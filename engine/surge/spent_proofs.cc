#include "surge/spent_proofs.h"

#include <cstdint>

#include "base/check.h"

namespace creneau::surge {
namespace {

constexpr int kTimeBits = 64 - Cells::kPrintBits;
constexpr uint64_t kTimeMask = (uint64_t{1} << kTimeBits) - 1;

// How many seconds it is still good for, this one included.
constexpr uint64_t LeftS(uint64_t entry, int64_t now_s) {
  const uint64_t left = (entry - static_cast<uint64_t>(now_s)) & kTimeMask;
  return left <= limits::kProofLifetimeMaxS ? left + 1 : 0;
}

}  // namespace

bool SpentProofs::Spend(const Proof& proof, Instant now) {
  const int64_t expires_at_s = ProofExpiresAt(proof.salt);
  CHECK(expires_at_s >= 0);
  const Cells::Place place = cells_.Of(proof.challenge);
  const uint64_t entry =
      place.print << kTimeBits | (static_cast<uint64_t>(expires_at_s) & kTimeMask);
  const int64_t now_s = now.ms / kMsPerSecond;
  for (;;) {
    const Cells::Found found = Cells::Find(
        place.set, [&](uint64_t other) { return other == entry; },
        [&](uint64_t other) { return LeftS(other, now_s); });
    if (found.mine) return false;
    if (Cells::Replace(found, entry)) return true;
  }
}

}  // namespace creneau::surge
