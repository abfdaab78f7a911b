// What a key of the staff looks like: "crk_7K3M9QXA_" and 43 characters. Crockford's base 32 names
// the key (in lists, in the log), and 256 random bits in base64url without padding are the secret.
// One spelling only. What is written down of the secret is its SHA-256: a digest of 256 random bits
// needs no salt and no stretching. Pure; any thread.
#pragma once

#include <string.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "env/entropy.h"

namespace creneau::booking {

using BearerSecret = std::array<uint8_t, 32>;
using BearerHash = std::array<uint8_t, 32>;

struct Bearer {
  std::string_view id;  // in what was read
  BearerSecret secret{};

  void Wipe() { explicit_bzero(secret.data(), secret.size()); }
};

inline constexpr std::string_view kBearerPrefix = "crk_";
inline constexpr size_t kBearerSecretChars = 43;
inline constexpr size_t kBearerChars =
    kBearerPrefix.size() + limits::kStaffKeyIdChars + 1 + kBearerSecretChars;

// Nothing: not a key's text.
std::optional<Bearer> ReadBearer(std::string_view text);
std::string WriteBearer(std::string_view id, const BearerSecret& secret);
BearerHash HashOf(const BearerSecret& secret);

// Another one each time.
std::string DrawKeyId(Entropy& entropy);
BearerSecret DrawSecret(Entropy& entropy);

}  // namespace creneau::booking
