#include "proof/merkle.h"

#include <openssl/sha.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"

namespace creneau::proof {
namespace {

Hash HashOfNode(const Hash& left, const Hash& right) {
  std::array<uint8_t, 1 + 2 * std::tuple_size_v<Hash>> octets;
  octets[0] = 1;
  std::copy(right.begin(), right.end(), std::copy(left.begin(), left.end(), octets.begin() + 1));
  Hash hash;
  SHA256(octets.data(), octets.size(), hash.data());
  return hash;
}

}  // namespace

Hash HashOfLeaf(std::string_view leaf) {
  std::string octets(1, '\0');
  octets += leaf;
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), hash.data());
  return hash;
}

// Pairs from the left, level by level; who has no neighbour goes up as he is. That is the tree of
// RFC 6962, since what is left of the split there is always a whole tree.
MerkleTree::MerkleTree(std::vector<Hash> leaves) {
  levels_.push_back(std::move(leaves));
  if (levels_.front().empty()) {
    SHA256(nullptr, 0, root_.data());
    return;
  }
  while (levels_.back().size() > 1) {
    const std::vector<Hash>& below = levels_.back();
    std::vector<Hash> level;
    level.reserve((below.size() + 1) / 2);
    for (size_t i = 0; i + 1 < below.size(); i += 2)
      level.push_back(HashOfNode(below[i], below[i + 1]));
    if (below.size() % 2 != 0) level.push_back(below.back());
    levels_.push_back(std::move(level));
  }
  root_ = levels_.back().front();
}

std::vector<Hash> MerkleTree::PathOf(size_t index) const {
  CHECK(index < size());
  std::vector<Hash> path;
  for (size_t level = 0; level + 1 < levels_.size(); ++level, index /= 2) {
    const size_t neighbour = index ^ 1;
    if (neighbour < levels_[level].size()) path.push_back(levels_[level][neighbour]);
  }
  return path;
}

bool LeadsTo(const Hash& root, const Hash& leaf, uint64_t index, uint64_t size,
             std::span<const Hash> path) {
  if (index >= size) return false;
  Hash hash = leaf;
  for (uint64_t last = size - 1; last > 0; index /= 2, last /= 2) {
    if (index % 2 == 0 && index == last) continue;  // goes up as it is
    if (path.empty()) return false;
    hash = index % 2 == 0 ? HashOfNode(hash, path.front()) : HashOfNode(path.front(), hash);
    path = path.subspan(1);
  }
  return path.empty() && hash == root;
}

}  // namespace creneau::proof
