// From an applicant's fields to a subject: HMAC-SHA-256 under the pepper (RFC 2104), of which the
// first 128 bits are kept. What the key contributes is worked out once for each pepper, and the
// rest is done by the processor's own instructions where it has them: with libsodium this was a
// third of what a hold cost.
//
// What was hashed is wiped. Pseudonyms: immutable once made, any thread; a Hash is one thread's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ids.h"

namespace creneau::rules {

using Pepper = std::array<uint8_t, 32>;

class Pseudonyms {
 public:
  explicit Pseudonyms(const Pepper& pepper);
  ~Pseudonyms();
  Pseudonyms(const Pseudonyms&) = delete;
  Pseudonyms& operator=(const Pseudonyms&) = delete;

  class Hash;

 private:
  // SHA-256 after whole blocks of 64 bytes.
  using State = std::array<uint32_t, 8>;
  static State AfterKey(const Pepper& pepper, uint8_t padding);

  State inner_;
  State outer_;
};

// Over parts, each with its length before it, so that no two inputs run together.
class Pseudonyms::Hash {
 public:
  explicit Hash(const Pseudonyms& key) : key_(key), state_(key.inner_) {}
  ~Hash();
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;

  void Add(std::string_view part);
  // Once.
  Subject Finish();

 private:
  void Put(std::string_view bytes);

  const Pseudonyms& key_;
  State state_;
  uint64_t hashed_ = 64;  // bytes that state_ has seen, the key's block included
  size_t filled_ = 0;
  std::array<char, 512> buffer_;  // whole blocks; an applicant fits into it
};

}  // namespace creneau::rules
