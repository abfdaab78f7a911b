#include "proof/assertion.h"

#include <sodium.h>

#include <algorithm>

#include "base/check.h"

namespace creneau::proof {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kSignedBytes = 1 + 8 + 8 + 8 + 16 + 32 + 32;
constexpr size_t kBytes = kSignedBytes + crypto_sign_BYTES;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
static_assert(kBytes == 169);
static_assert(sodium_base64_ENCODED_LEN(kBytes, kBase64) == kAssertionChars + 1);
static_assert(limits::kStaffKeyIdChars == 8);

// libsodium takes some octets beyond ASCII for digits.
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Octets = std::array<uint8_t, kBytes>;

// Refuses bits that mean nothing, so there is one spelling.
bool Decode(std::string_view text, Octets* octets) {
  size_t size = 0;
  return text.size() == kAssertionChars &&
         text.find_first_not_of(kBase64Digits) == std::string_view::npos &&
         sodium_base642bin(octets->data(), octets->size(), text.data(), text.size(), nullptr, &size,
                           nullptr, kBase64) == 0 &&
         size == octets->size();
}

class Reader {
 public:
  explicit Reader(const Octets& octets) : at_(octets.data()) {}

  template <typename Array>
  void Take(Array* out) {
    std::copy(at_, at_ + out->size(), out->begin());
    at_ += out->size();
  }
  Instant TakeInstant() {
    uint64_t ms = 0;
    for (int i = 0; i < 8; ++i) ms = ms << 8 | *at_++;
    // Whatever is beyond is nobody's moment, and is refused as one that is too far away.
    return Instant{static_cast<int64_t>(std::min<uint64_t>(ms, INT64_MAX / 4))};
  }

 private:
  const uint8_t* at_;
};

void Put(crypto_hash_sha256_state& state, std::string_view text) {
  const std::array<uint8_t, 2> length = {static_cast<uint8_t>(text.size() >> 8),
                                         static_cast<uint8_t>(text.size())};
  crypto_hash_sha256_update(&state, length.data(), length.size());
  crypto_hash_sha256_update(&state, reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

}  // namespace

std::array<uint8_t, 32> AudienceOf(std::string_view agenda) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  Put(state, agenda);
  std::array<uint8_t, 32> digest;
  crypto_hash_sha256_final(&state, digest.data());
  return digest;
}

std::array<uint8_t, 32> ApplicantDigest(std::span<const NamedField> fields) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const auto& [name, value] : fields) {
    Put(state, name);
    Put(state, value);
  }
  std::array<uint8_t, 32> digest;
  crypto_hash_sha256_final(&state, digest.data());
  sodium_memzero(&state, sizeof state);  // it has seen names
  return digest;
}

std::optional<Assertion> ReadAssertion(std::string_view text) {
  Octets octets;
  if (!Decode(text, &octets) || octets[0] != kVersion) return std::nullopt;
  Reader reader(octets);
  std::array<uint8_t, 1> version;
  Assertion assertion;
  reader.Take(&version);
  reader.Take(&assertion.key);
  assertion.issued_at = reader.TakeInstant();
  assertion.expires_at = reader.TakeInstant();
  reader.Take(&assertion.nonce);
  reader.Take(&assertion.audience);
  reader.Take(&assertion.applicant);
  return assertion;
}

bool IsSignedBy(std::string_view text, const PublicKey& key) {
  Octets octets;
  return Decode(text, &octets) &&
         crypto_sign_verify_detached(octets.data() + kSignedBytes, octets.data(), kSignedBytes,
                                     key.data()) == 0;
}

std::string SignAssertion(const Assertion& assertion, const Seed& seed) {
  Octets octets;
  uint8_t* at = octets.data();
  const auto put = [&at](const auto& bytes) { at = std::copy(bytes.begin(), bytes.end(), at); };
  const auto put_instant = [&at](Instant instant) {
    for (int shift = 56; shift >= 0; shift -= 8)
      *at++ = static_cast<uint8_t>(static_cast<uint64_t>(instant.ms) >> shift);
  };
  *at++ = kVersion;
  put(assertion.key);
  put_instant(assertion.issued_at);
  put_instant(assertion.expires_at);
  put(assertion.nonce);
  put(assertion.audience);
  put(assertion.applicant);
  CHECK(at == octets.data() + kSignedBytes);
  PublicKey key;
  std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  CHECK(crypto_sign_seed_keypair(key.data(), secret.data(), seed.data()) == 0);
  CHECK(crypto_sign_detached(at, nullptr, octets.data(), kSignedBytes, secret.data()) == 0);
  sodium_memzero(secret.data(), secret.size());
  std::string text(kAssertionChars + 1, '\0');
  sodium_bin2base64(text.data(), text.size(), octets.data(), octets.size(), kBase64);
  text.pop_back();
  return text;
}

}  // namespace creneau::proof
