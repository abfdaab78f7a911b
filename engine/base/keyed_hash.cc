// SHA256_Transform is called deprecated in favour of EVP, which can neither go on from a state that
// was kept nor start without allocating.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/keyed_hash.h"

#include <string.h>

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace creneau {

KeyedHash::State KeyedHash::AfterKey(const Key& key, uint8_t padding) {
  std::array<uint8_t, SHA256_CBLOCK> block;
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

KeyedHash::Run::~Run() { explicit_bzero(&secret_, sizeof secret_); }

// Behind the key's block.
void KeyedHash::Run::Start(const State& state) {
  static_assert(sizeof secret_.context.h == sizeof state);
  std::copy(state.begin(), state.end(), secret_.context.h);
  hashed_ = kBlock;
  filled_ = 0;
}

void KeyedHash::Run::Compress() {
  SHA256_Transform(&secret_.context, reinterpret_cast<const uint8_t*>(secret_.block.data()));
  hashed_ += kBlock;
  filled_ = 0;
}

void KeyedHash::Run::PutBlocks(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t count = std::min(bytes.size(), kBlock - filled_);
    memcpy(secret_.block.data() + filled_, bytes.data(), count);
    filled_ += count;
    bytes.remove_prefix(count);
    if (filled_ == kBlock) Compress();
  }
}

// FIPS 180-4, 5.1.1: a one, zeros, and how many bits there were.
void KeyedHash::Run::Pad() {
  constexpr size_t kLengthAt = kBlock - sizeof(uint64_t);
  const uint64_t bits = __builtin_bswap64((hashed_ + filled_) * 8);
  char* const block = secret_.block.data();
  block[filled_++] = static_cast<char>(0x80);
  if (filled_ > kLengthAt) {
    memset(block + filled_, 0, kBlock - filled_);
    Compress();
  }
  memset(block + filled_, 0, kLengthAt - filled_);
  memcpy(block + kLengthAt, &bits, sizeof bits);
  Compress();
}

KeyedHash::Digest KeyedHash::Run::Finish() {
  Pad();
  for (size_t i = 0; i < std::size(secret_.context.h); ++i) {
    const uint32_t word = __builtin_bswap32(secret_.context.h[i]);
    memcpy(secret_.block.data() + sizeof word * i, &word, sizeof word);
  }
  Start(hash_.outer_);
  filled_ = SHA256_DIGEST_LENGTH;
  Pad();
  Digest first;
  for (size_t i = 0; i < first.size() / sizeof(uint32_t); ++i) {
    const uint32_t word = __builtin_bswap32(secret_.context.h[i]);
    memcpy(first.data() + sizeof word * i, &word, sizeof word);
  }
  return first;
}

}  // namespace creneau
