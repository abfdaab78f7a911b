// Who is when (design 6). A tag is what an opening knows of a subject: made with the opening's own
// key, so that the tags of two openings cannot be joined, and without K it says nothing about the
// place in the queue. A rank follows from K and tag for everybody who has both.
//
// Pure; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "base/ids.h"
#include "base/instant.h"
#include "base/keyed_hash.h"
#include "surge/key_chain.h"

namespace creneau::surge {

// One opening of an agenda: there is one a day at most.
struct OpeningId {
  AgendaId agenda;
  int32_t day = 0;  // of its start, at the office: days since 1970-01-01
  friend constexpr auto operator<=>(const OpeningId&, const OpeningId&) = default;
};

using Tag = std::array<uint8_t, 16>;

Tag TagOf(const KeyedHash& secret, OpeningId opening, const Subject& subject);

// Those who gather are drawn among each other; whoever comes later queues behind them, drawn among
// those of the same second.
struct Bucket {
  uint32_t value = 0;  // 0: gathered; else 1 + whole seconds after the opening began
  friend constexpr auto operator<=>(const Bucket&, const Bucket&) = default;
};
inline constexpr uint32_t kMaxBucket = 0xffff;  // 18 hours of seconds

Bucket BucketAt(Instant opened_at, Instant now);

// The lower, the earlier. Never 0: before everybody.
struct Rank {
  uint64_t value = 0;
  friend constexpr auto operator<=>(const Rank&, const Rank&) = default;

  Bucket bucket() const { return Bucket{static_cast<uint32_t>(value >> kDrawnBits)}; }
  // The part that was drawn, from 0 up to but not 1.
  double share() const {
    return static_cast<double>(value & kDrawnMax) / static_cast<double>(kDrawnMax + 1);
  }

  static constexpr int kDrawnBits = 48;
  static constexpr uint64_t kDrawnMax = (uint64_t{1} << kDrawnBits) - 1;
};

// The bucket in the upper 16 bits; in the lower 48 the first bits, big endian, of
// HMAC-SHA-256(K, tag).
Rank RankOf(const ChainValue& k, const Tag& tag, Bucket bucket);

// The last rank of a bucket's first part, of `share` from 0 to 1.
Rank RankAt(Bucket bucket, double share);

}  // namespace creneau::surge
