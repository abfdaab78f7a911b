// What a draw is made of (design 5; DRAW.md says it for those who want to work it out themselves).
//
//   tag   HMAC-SHA-256(draw key, subject): who it is, and nobody can tell; another one in each draw
//   leaf  "TAG WISHES HOLDER": what is committed to at the closing, by a Merkle tree (merkle.h).
//         HOLDER is HolderOf (receipt.h) of the entry's name and key, so that whoever has the key
//         can show that the entry is theirs, and nobody else can. Draws that were closed by an
//         engine of before have leaves without it.
//   seed  SHA-256 over what the draw is, its rules, the tree's root, the seats, and the public
//         random value
//   rank  HMAC-SHA-256(seed, tag); the smallest is first
//
// Who made the lists could not know the value, and whoever knows the value can no longer change
// entries or seats: nobody chooses the ranks, or what they give.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "proof/merkle.h"

namespace creneau::proof {

using DrawKey = std::array<uint8_t, 32>;
using DrawTag = Hash;

// For all subjects of a draw: the key's block is hashed once.
std::vector<DrawTag> TagsOf(const DrawKey& key, std::span<const Subject> subjects);

// `wishes`: as rules/wishes.h writes them. Without a holder: as it was before leaves had one.
std::string LeafOf(const DrawTag& tag, std::string_view wishes,
                   const std::optional<Hash>& holder = {});

Hash Sha256Of(std::string_view octets);

struct DrawFacts {
  std::string_view agenda;  // its name
  std::string_view draw;    // its id
  Hash rules{};             // SHA-256 of the rules' text
  Hash root{};
  uint64_t entries = 0;
  Hash seats{};            // SHA-256 of the list of seats, as it was at the closing
  std::string_view value;  // what the round of the public source gave
};
Hash SeedOf(const DrawFacts& facts);
// What SeedOf hashes.
std::string SeedText(const DrawFacts& facts);

std::vector<Hash> RanksOf(const Hash& seed, std::span<const DrawTag> tags);
// Places in `tags` in the order of the ranks; equal ones, which there are not, by tag.
std::vector<uint32_t> OrderOf(std::span<const Hash> ranks, std::span<const DrawTag> tags);

}  // namespace creneau::proof
