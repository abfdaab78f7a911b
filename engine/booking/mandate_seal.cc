#include "booking/mandate_seal.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace creneau::booking {
namespace {

constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

// Of two digests, since one has half the octets. No subject's hash begins with these words.
class SealKey {
 public:
  explicit SealKey(const KeyedHash& pepper) {
    static_assert(sizeof octets_ == 2 * sizeof(KeyedHash::Digest));
    for (size_t half = 0; half < 2; ++half) {
      KeyedHash::Run run(pepper);
      run.Add("creneau mandate decision v1");
      run.Add(half == 0 ? "1" : "2");
      const KeyedHash::Digest digest = run.Finish();
      std::copy(digest.begin(), digest.end(), octets_.data() + half * digest.size());
    }
  }
  ~SealKey() { sodium_memzero(octets_.data(), octets_.size()); }
  SealKey(const SealKey&) = delete;
  SealKey& operator=(const SealKey&) = delete;
  const unsigned char* data() const { return octets_.data(); }

 private:
  std::array<uint8_t, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> octets_;
};

const unsigned char* Octets(const void* data) { return static_cast<const unsigned char*>(data); }

}  // namespace

std::string SealDecision(const KeyedHash& pepper, uint64_t mandate, std::string_view text,
                         Entropy& entropy) {
  std::array<uint8_t, kNonceBytes> nonce;
  entropy.Fill(nonce);
  std::string sealed(kNonceBytes + text.size() + kTagBytes, '\0');
  std::copy(nonce.begin(), nonce.end(), sealed.begin());
  const SealKey key(pepper);
  unsigned long long size = 0;
  auto* const out = reinterpret_cast<unsigned char*>(sealed.data() + kNonceBytes);
  CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(out, &size, Octets(text.data()), text.size(),
                                                   Octets(&mandate), sizeof mandate, nullptr,
                                                   nonce.data(), key.data()) == 0);
  CHECK(size == text.size() + kTagBytes);
  return sealed;
}

std::optional<std::string> OpenDecision(const KeyedHash& pepper, uint64_t mandate,
                                        std::string_view sealed) {
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string text(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const SealKey key(pepper);
  unsigned long long size = 0;
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(text.data()), &size, nullptr,
      Octets(sealed.data() + kNonceBytes), sealed.size() - kNonceBytes, Octets(&mandate),
      sizeof mandate, Octets(sealed.data()), key.data());
  if (failed != 0) return std::nullopt;
  return text;
}

}  // namespace creneau::booking
