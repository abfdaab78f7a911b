#include "tools/creneauctl/proof_work.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/limits.h"
#include "base/text.h"
#include "tools/creneauctl/documents.h"

namespace creneau::ctl {
namespace {

const uint8_t* Octets(const char* text) { return reinterpret_cast<const uint8_t*>(text); }

// The number behind the salt that hashes to that.
std::optional<uint64_t> NumberFor(const std::string& salt, const std::string& wanted,
                                  uint64_t max) {
  crypto_hash_sha256_state salted;
  crypto_hash_sha256_init(&salted);
  crypto_hash_sha256_update(&salted, Octets(salt.data()), salt.size());
  std::array<uint8_t, crypto_hash_sha256_BYTES> digest;
  std::array<char, 20> digits;
  for (uint64_t number = 0; number <= max; ++number) {
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    crypto_hash_sha256_state state = salted;
    crypto_hash_sha256_update(&state, Octets(digits.data()),
                              static_cast<size_t>(end - digits.data()));
    crypto_hash_sha256_final(&state, digest.data());
    if (std::equal(digest.begin(), digest.end(), Octets(wanted.data()))) return number;
  }
  return std::nullopt;
}

std::string ToBase64(const std::string& text) {
  std::string encoded(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), Octets(text.data()), text.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  encoded.pop_back();  // its zero
  return encoded;
}

}  // namespace

std::optional<std::string> SolveChallenge(const json::object& challenge) {
  const std::optional<uint64_t> max = Whole(challenge, "maxnumber");
  const std::optional<std::string> wanted = FromHex(Text(challenge, "challenge"));
  if (Text(challenge, "algorithm") != "SHA-256" || !max || *max > limits::kProofNumberMax ||
      !wanted || wanted->size() != crypto_hash_sha256_BYTES)
    return std::nullopt;
  const std::optional<uint64_t> number = NumberFor(Text(challenge, "salt"), *wanted, *max);
  if (!number) return std::nullopt;
  json::object payload;
  for (const char* name : {"algorithm", "challenge", "salt", "signature"})
    payload[name] = Text(challenge, name);
  payload["number"] = *number;
  return ToBase64(json::serialize(payload));
}

}  // namespace creneau::ctl
