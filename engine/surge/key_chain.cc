#include "surge/key_chain.h"

#include <sodium.h>
#include <string.h>

#include <algorithm>

namespace creneau::surge {
namespace {

static_assert(crypto_hash_sha256_BYTES == std::tuple_size_v<ChainValue>);

ChainValue Hashed(ChainValue value, int32_t times) {
  for (; times > 0; --times) crypto_hash_sha256(value.data(), value.data(), value.size());
  return value;
}

}  // namespace

KeyChain::KeyChain(const KeyedHash::Key& secret, std::string_view agenda) {
  const KeyedHash hash(secret);
  // A digest is half of what is needed.
  for (const std::string_view half : {"1", "2"}) {
    KeyedHash::Run run(hash);
    run.Add("creneau chain v1");
    run.Add(half);
    run.Add(agenda);
    const KeyedHash::Digest digest = run.Finish();
    std::copy(digest.begin(), digest.end(), start_.begin() + (half == "1" ? 0 : digest.size()));
  }
}

KeyChain::~KeyChain() { explicit_bzero(start_.data(), start_.size()); }

std::optional<ChainValue> KeyChain::KeyOf(int32_t day) const {
  const int32_t index = day - kChainFirstDay;
  if (index < 0 || index >= kChainDays) return std::nullopt;
  return Hashed(start_, kChainDays - 1 - index);
}

ChainValue KeyChain::End() const { return Hashed(start_, kChainDays); }

ChainValue WithBeacon(const ChainValue& key, std::string_view beacon) {
  static_assert(crypto_auth_hmacsha256_BYTES == std::tuple_size_v<ChainValue>);
  if (beacon.empty()) return key;
  ChainValue mixed;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const uint8_t*>(beacon.data()),
                                beacon.size());
  crypto_auth_hmacsha256_final(&state, mixed.data());
  return mixed;
}

bool BelongsToChain(const ChainValue& key, int32_t day, const ChainValue& end) {
  const int32_t index = day - kChainFirstDay;
  return index >= 0 && index < kChainDays && Hashed(key, index + 1) == end;
}

}  // namespace creneau::surge
