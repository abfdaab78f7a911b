#include "proof/merkle.h"

#include <openssl/sha.h>

#include <catch2/catch.hpp>
#include <string>

#include "base/text.h"

namespace creneau::proof {
namespace {

// The definition of RFC 6962, section 2.1, as it stands there.
Hash Sha(const std::string& octets) {
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), hash.data());
  return hash;
}
std::string Text(const Hash& hash) { return std::string(hash.begin(), hash.end()); }

Hash ByDefinition(std::span<const std::string> leaves) {
  if (leaves.empty()) return Sha("");
  if (leaves.size() == 1) return Sha(std::string(1, '\0') + leaves[0]);
  size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  return Sha("\x01" + Text(ByDefinition(leaves.first(k))) + Text(ByDefinition(leaves.subspan(k))));
}

MerkleTree TreeOf(std::span<const std::string> leaves) {
  std::vector<Hash> hashes;
  for (const std::string& leaf : leaves) hashes.push_back(HashOfLeaf(leaf));
  return MerkleTree(std::move(hashes));
}

std::vector<std::string> Leaves(size_t n) {
  std::vector<std::string> leaves;
  for (size_t i = 0; i < n; ++i) leaves.push_back("leaf " + std::to_string(i));
  return leaves;
}

}  // namespace

TEST_CASE("the root is that of RFC 6962, for every size") {
  for (size_t n = 0; n <= 70; ++n) {
    INFO(n);
    CHECK(TreeOf(Leaves(n)).root() == ByDefinition(Leaves(n)));
  }
}

TEST_CASE("the root is that of Certificate Transparency's test vectors") {
  // certificate-transparency-go, merkletree/merkle_tree_test.go: eight leaves.
  std::vector<std::string> leaves;
  for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"})
    leaves.push_back(*FromHex(hex));
  CHECK(Hex(TreeOf(leaves).root()) ==
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  CHECK(Hex(TreeOf({}).root()) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("each leaf's path leads to the root, and nothing else does") {
  for (size_t n = 1; n <= 33; ++n) {
    const MerkleTree tree = TreeOf(Leaves(n));
    for (size_t i = 0; i < n; ++i) {
      INFO(i << " of " << n);
      const std::vector<Hash> path = tree.PathOf(i);
      CHECK(LeadsTo(tree.root(), tree.leaf(i), i, n, path));
      CHECK_FALSE(LeadsTo(tree.root(), HashOfLeaf("another"), i, n, path));
      CHECK_FALSE(LeadsTo(tree.root(), tree.leaf(i), n, n, path));
      if (n > 1) CHECK_FALSE(LeadsTo(tree.root(), tree.leaf(i), (i + 1) % n, n, path));
      std::vector<Hash> longer = path;
      longer.push_back(tree.root());
      CHECK_FALSE(LeadsTo(tree.root(), tree.leaf(i), i, n, longer));
      for (size_t at = 0; at < path.size(); ++at) {
        std::vector<Hash> other = path;
        other[at][5] ^= 1;
        CHECK_FALSE(LeadsTo(tree.root(), tree.leaf(i), i, n, other));
      }
      if (!path.empty()) {
        const std::vector<Hash> shorter(path.begin(), path.end() - 1);
        CHECK_FALSE(LeadsTo(tree.root(), tree.leaf(i), i, n, shorter));
      }
    }
  }
  CHECK_FALSE(LeadsTo(TreeOf({}).root(), HashOfLeaf(""), 0, 0, {}));
}

TEST_CASE("a node does not pass for a leaf") {
  const std::vector<std::string> leaves = Leaves(2);
  const MerkleTree tree = TreeOf(leaves);
  const std::string forged = Text(tree.leaf(0)) + Text(tree.leaf(1));
  CHECK(TreeOf({&forged, 1}).root() != tree.root());
}

}  // namespace creneau::proof
