#include "proof/draw.h"

#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/text.h"

namespace creneau::proof {
namespace {

static_assert(crypto_auth_hmacsha256_BYTES == std::tuple_size_v<Hash>);

// HMAC-SHA-256 under one key of many short texts.
class Hmac {
 public:
  explicit Hmac(const std::array<uint8_t, 32>& key) {
    crypto_auth_hmacsha256_init(&start_, key.data(), key.size());
  }
  ~Hmac() { sodium_memzero(&start_, sizeof start_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  Hash Of(std::span<const uint8_t> octets) const {
    crypto_auth_hmacsha256_state state = start_;
    Hash hash;
    crypto_auth_hmacsha256_update(&state, octets.data(), octets.size());
    crypto_auth_hmacsha256_final(&state, hash.data());
    sodium_memzero(&state, sizeof state);
    return hash;
  }

 private:
  crypto_auth_hmacsha256_state start_;
};

std::array<uint8_t, 16> OctetsOf(const Subject& subject) {
  std::array<uint8_t, 16> octets;
  for (int i = 0; i < 8; ++i) {
    octets[i] = static_cast<uint8_t>(subject.hi >> (56 - 8 * i));
    octets[8 + i] = static_cast<uint8_t>(subject.lo >> (56 - 8 * i));
  }
  return octets;
}

}  // namespace

std::vector<DrawTag> TagsOf(const DrawKey& key, std::span<const Subject> subjects) {
  const Hmac hmac(key);
  std::vector<DrawTag> tags;
  tags.reserve(subjects.size());
  for (const Subject& subject : subjects) tags.push_back(hmac.Of(OctetsOf(subject)));
  return tags;
}

std::string LeafOf(const DrawTag& tag, std::string_view wishes, const std::optional<Hash>& holder) {
  std::string leaf = absl::StrCat(Hex(tag), " ", std::string(wishes));
  if (holder) absl::StrAppend(&leaf, " ", Hex(*holder));
  return leaf;
}

Hash Sha256Of(std::string_view octets) {
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), hash.data());
  return hash;
}

std::string SeedText(const DrawFacts& facts) {
  return absl::StrCat("creneau draw seed 2\nagenda ", std::string(facts.agenda), "\ndraw ",
                      std::string(facts.draw), "\nrules ", Hex(facts.rules), "\nroot ",
                      Hex(facts.root), "\nentries ", facts.entries, "\nseats ", Hex(facts.seats),
                      "\nvalue ", std::string(facts.value), "\n");
}

Hash SeedOf(const DrawFacts& facts) { return Sha256Of(SeedText(facts)); }

std::vector<Hash> RanksOf(const Hash& seed, std::span<const DrawTag> tags) {
  const Hmac hmac(seed);
  std::vector<Hash> ranks;
  ranks.reserve(tags.size());
  for (const DrawTag& tag : tags) ranks.push_back(hmac.Of(tag));
  return ranks;
}

std::vector<uint32_t> OrderOf(std::span<const Hash> ranks, std::span<const DrawTag> tags) {
  CHECK(ranks.size() == tags.size());
  std::vector<uint32_t> order(ranks.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return ranks[a] != ranks[b] ? ranks[a] < ranks[b] : tags[a] < tags[b];
  });
  return order;
}

}  // namespace creneau::proof
