// A secret in a file of KEYS: 64 hexadecimal digits and a newline. Start-up code, and an operator's
// acts; one thread at a time for each file.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/entropy.h"
#include "env/file.h"

namespace creneau::booking {

inline constexpr size_t kSecretBytes = 32;
using Secret = std::array<uint8_t, kSecretBytes>;

// NotFound; FailedPrecondition: it is there and no key.
absl::StatusOr<Secret> ReadSecret(env::FileSystem& files, const std::string& path);
// Durable when it returns; a crash leaves a whole file or none.
absl::Status WriteSecret(env::FileSystem& files, const std::string& directory,
                         const std::string& name, std::span<const uint8_t> secret);
absl::StatusOr<Secret> MakeSecret(env::FileSystem& files, const std::string& directory,
                                  const std::string& name, Entropy& entropy);
// The same as WriteSecret, of any text.
absl::Status WriteWhole(env::FileSystem& files, const std::string& directory,
                        const std::string& name, std::string_view text);

}  // namespace creneau::booking
