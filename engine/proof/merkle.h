// A Merkle tree over a list of leaves, as in Certificate Transparency (RFC 6962, section 2.1): a
// leaf is SHA-256(0x00, its octets), a node SHA-256(0x01, left, right), and a list is split at the
// largest power of two below its length. The two prefixes keep a node from passing for a leaf.
//
// Pure; MerkleTree: immutable once made, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace creneau::proof {

using Hash = std::array<uint8_t, 32>;  // SHA-256

Hash HashOfLeaf(std::string_view leaf);

class MerkleTree {
 public:
  // Keeps all of its nodes: 64 octets for each leaf.
  explicit MerkleTree(std::vector<Hash> leaves);

  size_t size() const { return levels_.front().size(); }
  const Hash& root() const { return root_; }  // of no leaves: SHA-256 of nothing
  const Hash& leaf(size_t index) const { return levels_.front()[index]; }
  // What leads from that leaf to the root, from below.
  std::vector<Hash> PathOf(size_t index) const;

 private:
  std::vector<std::vector<Hash>> levels_;  // the leaves first
  Hash root_;
};

// Whether that leaf is the one at `index` of a tree of `size` leaves with that root.
bool LeadsTo(const Hash& root, const Hash& leaf, uint64_t index, uint64_t size,
             std::span<const Hash> path);

}  // namespace creneau::proof
