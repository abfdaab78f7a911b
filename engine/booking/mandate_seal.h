// What a court's decision says, sealed: it names a person, so it stands in the log only under a key
// that is derived from the pepper of the group's epoch, and nobody can read it any more once that
// pepper is destroyed (booking/README.md, Peppers). XChaCha20-Poly1305 (libsodium), bound to the
// mandate's number; 24 octets of nonce, then the text and 16 octets of tag.
//
// Pure but for the nonce; any thread that may use the pepper (peppers.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/keyed_hash.h"
#include "env/entropy.h"

namespace creneau::booking {

std::string SealDecision(const KeyedHash& pepper, uint64_t mandate, std::string_view text,
                         Entropy& entropy);
// Nothing: another pepper's, another mandate's, or changed.
std::optional<std::string> OpenDecision(const KeyedHash& pepper, uint64_t mandate,
                                        std::string_view sealed);

}  // namespace creneau::booking
