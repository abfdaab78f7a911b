#include "rules/keyed_hash.h"

// SHA256_Init and what follows it are called deprecated in favour of EVP, which can neither go on
// from a state that was kept nor start without allocating.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <string.h>

#include <algorithm>

#include "base/check.h"

namespace creneau::rules {
namespace {

constexpr size_t kBlock = SHA256_CBLOCK;

template <typename State>
SHA256_CTX Resume(const State& state, uint64_t hashed) {
  SHA256_CTX context;
  CHECK(SHA256_Init(&context) == 1);
  static_assert(sizeof context.h == sizeof state);
  std::copy(state.begin(), state.end(), context.h);
  const uint64_t bits = hashed * 8;
  context.Nl = static_cast<SHA_LONG>(bits);
  context.Nh = static_cast<SHA_LONG>(bits >> 32);
  return context;
}

}  // namespace

KeyedHash::State KeyedHash::AfterKey(const Key& key, uint8_t padding) {
  std::array<uint8_t, kBlock> block;
  block.fill(padding);
  for (size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  SHA256_CTX context;
  CHECK(SHA256_Init(&context) == 1);
  SHA256_Transform(&context, block.data());
  State state;
  std::copy(std::begin(context.h), std::end(context.h), state.begin());
  explicit_bzero(block.data(), block.size());
  explicit_bzero(&context, sizeof context);
  return state;
}

KeyedHash::KeyedHash(const Key& key) : inner_(AfterKey(key, 0x36)), outer_(AfterKey(key, 0x5c)) {}

KeyedHash::~KeyedHash() {
  explicit_bzero(inner_.data(), sizeof inner_);
  explicit_bzero(outer_.data(), sizeof outer_);
}

KeyedHash::Run::~Run() {
  explicit_bzero(buffer_.data(), hashed_ > kBlock ? buffer_.size() : filled_);
  explicit_bzero(state_.data(), sizeof state_);
}

void KeyedHash::Run::Add(std::string_view part) {
  const char length[4] = {static_cast<char>(part.size()), static_cast<char>(part.size() >> 8),
                          static_cast<char>(part.size() >> 16),
                          static_cast<char>(part.size() >> 24)};
  Put({length, sizeof length});
  Put(part);
}

void KeyedHash::Run::Put(std::string_view bytes) {
  static_assert(sizeof buffer_ % kBlock == 0);
  while (!bytes.empty()) {
    if (filled_ == buffer_.size()) {
      SHA256_CTX context = Resume(state_, hashed_);
      SHA256_Update(&context, buffer_.data(), filled_);
      std::copy(std::begin(context.h), std::end(context.h), state_.begin());
      explicit_bzero(&context, sizeof context);
      hashed_ += filled_;
      filled_ = 0;
    }
    const size_t count = std::min(bytes.size(), buffer_.size() - filled_);
    memcpy(buffer_.data() + filled_, bytes.data(), count);
    filled_ += count;
    bytes.remove_prefix(count);
  }
}

KeyedHash::Digest KeyedHash::Run::Finish() {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256_CTX context = Resume(state_, hashed_);
  SHA256_Update(&context, buffer_.data(), filled_);
  SHA256_Final(digest.data(), &context);
  context = Resume(hash_.outer_, kBlock);
  SHA256_Update(&context, digest.data(), digest.size());
  SHA256_Final(digest.data(), &context);
  explicit_bzero(&context, sizeof context);  // the first one was in the same place
  Digest first;
  std::copy_n(digest.begin(), first.size(), first.begin());
  explicit_bzero(digest.data(), digest.size());
  return first;
}

}  // namespace creneau::rules
