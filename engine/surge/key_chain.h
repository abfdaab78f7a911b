// Where the K of an agenda's openings come from (design 6): a hash chain, so that the office has no
// choice of them and anybody can check that it had none.
//
// x[0] is secret; x[i + 1] = SHA-256(x[i]); the end, x[kDays], is published with the agenda. The
// opening of day i, counted from 2026-01-01, has K = x[kDays - 1 - i]: who knows the K of the days
// before learns nothing of it, and hashing it i + 1 times gives the end. A day without an opening
// leaves its K out. (Lamport, "Password authentication with insecure communication", 1981.)
//
// Where the agenda names a beacon, a public source of numbers that nobody knows beforehand, what it
// gave is mixed in: then those who know x[0] could not reckon ranks before either.
//
// Pure; any thread. Thousands of hashes: about a millisecond.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/keyed_hash.h"

namespace creneau::surge {

using ChainValue = std::array<uint8_t, 32>;

// Twenty years of days.
inline constexpr int32_t kChainDays = 7305;
// 2026-01-01, in days since 1970-01-01.
inline constexpr int32_t kChainFirstDay = 20454;

class KeyChain {
 public:
  // The agenda's own chain: the same secret gives every agenda another one, and always the same.
  KeyChain(const KeyedHash::Key& secret, std::string_view agenda);
  ~KeyChain();
  KeyChain(const KeyChain&) = delete;
  KeyChain& operator=(const KeyChain&) = delete;

  // K of the opening on that day (days since 1970-01-01). Nothing outside the chain's years.
  std::optional<ChainValue> KeyOf(int32_t day) const;
  ChainValue End() const;

 private:
  ChainValue start_;
};

// The K that ranks are drawn with: HMAC-SHA-256 of what the beacon gave, keyed with K of the chain.
// That K itself where it gave nothing.
ChainValue WithBeacon(const ChainValue& key, std::string_view beacon);

// Whether `key` is the K of that day in the chain with that end.
bool BelongsToChain(const ChainValue& key, int32_t day, const ChainValue& end);

}  // namespace creneau::surge
