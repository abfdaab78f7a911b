// Checkpoints: where the log stood at a moment, signed (design 4). An operator publishes them
// outside the server; whoever has one can tell a log that was cut back or rewritten since.
//
// A file of checkpoints is text, one a line:
//
//   creneau-checkpoint 1 BATCH LSN EPOCH TIME_MS CHAIN SIGNATURE
//
// numbers in decimal, the rest in hexadecimal. What is signed (Ed25519) is 72 bytes: "CRENCKP", a
// version byte (1), batch, LSN, epoch and time as 64-bit little-endian integers, the chain's 32
// bytes. Pure functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"

namespace creneau::proof {

struct Checkpoint {
  uint64_t batch = 0;  // the last one that is part of it
  Lsn lsn;             // of the last record that is
  uint64_t epoch = 0;
  Instant at;
  std::array<uint8_t, 32> chain{};  // after that batch
};

using Seed = std::array<uint8_t, 32>;       // of the signing key
using PublicKey = std::array<uint8_t, 32>;  // Ed25519

PublicKey PublicKeyOf(const Seed& seed);
// 64 hexadecimal digits, and perhaps a newline; nothing otherwise.
std::optional<PublicKey> ParsePublicKey(std::string_view text);

// The line, newline included.
std::string SignedLine(const Checkpoint& checkpoint, const Seed& seed);

struct ReadCheckpoints {
  std::vector<Checkpoint> checkpoints;  // by batch
  size_t unreadable = 0;                // lines that are none: a write that was cut short
};
// DataLoss: a line's signature is not by that key; says which line.
absl::StatusOr<ReadCheckpoints> ReadLines(std::string_view text, const PublicKey& key);

}  // namespace creneau::proof
