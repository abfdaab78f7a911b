#include "surge/rank.h"

#include <sodium.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/check.h"

namespace creneau::surge {
namespace {

std::string_view Bytes(const void* at, size_t size) { return {static_cast<const char*>(at), size}; }

}  // namespace

Tag TagOf(const KeyedHash& secret, OpeningId opening, const Subject& subject) {
  KeyedHash::Run run(secret);
  run.Add("creneau tag v1");
  run.Add(Bytes(&opening.agenda.value, sizeof opening.agenda.value));
  run.Add(Bytes(&opening.day, sizeof opening.day));
  run.Add(Bytes(&subject.lo, sizeof subject.lo));
  run.Add(Bytes(&subject.hi, sizeof subject.hi));
  return run.Finish();
}

Bucket BucketAt(Instant opened_at, Instant now) {
  const int64_t second = std::max<int64_t>(0, now - opened_at) / kMsPerSecond;
  return Bucket{static_cast<uint32_t>(std::min<int64_t>(second + 1, kMaxBucket))};
}

Rank RankOf(const ChainValue& k, const Tag& tag, Bucket bucket) {
  CHECK(bucket.value <= kMaxBucket);
  std::array<uint8_t, crypto_auth_hmacsha256_BYTES> digest;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, k.data(), k.size());
  crypto_auth_hmacsha256_update(&state, tag.data(), tag.size());
  crypto_auth_hmacsha256_final(&state, digest.data());
  uint64_t drawn = 0;
  for (int i = 0; i < Rank::kDrawnBits / 8; ++i)
    drawn = drawn << 8 | digest[static_cast<size_t>(i)];
  // Nobody is at 0, which stands for before everybody: once in 2^48, one place later.
  if (bucket.value == 0) drawn = std::max<uint64_t>(drawn, 1);
  return Rank{uint64_t{bucket.value} << Rank::kDrawnBits | drawn};
}

Rank RankAt(Bucket bucket, double share) {
  const double within = std::clamp(share, 0.0, 1.0) * static_cast<double>(Rank::kDrawnMax);
  return Rank{uint64_t{bucket.value} << Rank::kDrawnBits | static_cast<uint64_t>(within)};
}

}  // namespace creneau::surge
