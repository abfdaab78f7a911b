#include "booking/bearer.h"

#include <sodium.h>

#include "base/check.h"
#include "rules/roles.h"

namespace creneau::booking {
namespace {

constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
static_assert(sodium_base64_ENCODED_LEN(sizeof(BearerSecret), kBase64) == kBearerSecretChars + 1);
static_assert(sizeof(BearerHash) == crypto_hash_sha256_BYTES);

// libsodium takes some octets beyond ASCII for digits.
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::optional<Bearer> ReadBearer(std::string_view text) {
  if (text.size() != kBearerChars || text.substr(0, kBearerPrefix.size()) != kBearerPrefix)
    return std::nullopt;
  text.remove_prefix(kBearerPrefix.size());
  Bearer bearer{.id = text.substr(0, limits::kStaffKeyIdChars)};
  if (!rules::IsKeyId(bearer.id) || text[limits::kStaffKeyIdChars] != '_') return std::nullopt;
  text.remove_prefix(limits::kStaffKeyIdChars + 1);
  if (text.find_first_not_of(kBase64Digits) != std::string_view::npos) return std::nullopt;
  size_t size = 0;
  // Refuses bits that mean nothing, so there is one spelling.
  if (sodium_base642bin(bearer.secret.data(), bearer.secret.size(), text.data(), text.size(),
                        nullptr, &size, nullptr, kBase64) != 0 ||
      size != bearer.secret.size())
    return std::nullopt;
  return bearer;
}

std::string WriteBearer(std::string_view id, const BearerSecret& secret) {
  CHECK(rules::IsKeyId(id));
  std::string text(kBearerSecretChars + 1, '\0');
  CHECK(sodium_bin2base64(text.data(), text.size(), secret.data(), secret.size(), kBase64) !=
        nullptr);
  text.pop_back();
  return std::string(kBearerPrefix) + std::string(id) + "_" + text;
}

BearerHash HashOf(const BearerSecret& secret) {
  BearerHash hash;
  crypto_hash_sha256(hash.data(), secret.data(), secret.size());
  return hash;
}

std::string DrawKeyId(Entropy& entropy) {
  std::array<uint8_t, limits::kStaffKeyIdChars> bytes;
  entropy.Fill(bytes);
  std::string id;
  constexpr std::string_view kDigits = rules::kKeyIdDigits;
  for (const uint8_t byte : bytes) id += kDigits[byte % kDigits.size()];
  return id;
}

BearerSecret DrawSecret(Entropy& entropy) {
  BearerSecret secret;
  entropy.Fill(secret);
  return secret;
}

}  // namespace creneau::booking
