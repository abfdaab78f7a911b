#include "proof/checkpoint.h"

#include <catch2/catch.hpp>

#include "base/text.h"

namespace creneau::proof {
namespace {

Checkpoint Sample(uint64_t batch) {
  Checkpoint checkpoint{batch, Lsn{batch * 10}, 3, Instant{1796029200000}, {}};
  for (size_t i = 0; i < checkpoint.chain.size(); ++i)
    checkpoint.chain[i] = static_cast<uint8_t>(i + batch);
  return checkpoint;
}

const Seed kSeed = [] {
  Seed seed{};
  seed[0] = 9;
  return seed;
}();

}  // namespace

TEST_CASE("RFC 8032, 7.1: the public key of the first test's seed") {
  const auto bytes = FromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  Seed seed;
  std::copy(bytes->begin(), bytes->end(), seed.begin());
  CHECK(Hex(PublicKeyOf(seed)) ==
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

TEST_CASE("what was signed is read back, by batch") {
  const PublicKey key = PublicKeyOf(kSeed);
  const auto read = ReadLines(SignedLine(Sample(7), kSeed) + SignedLine(Sample(2), kSeed), key);
  REQUIRE(read.ok());
  REQUIRE(read->checkpoints.size() == 2);
  CHECK(read->unreadable == 0);
  const Checkpoint& last = read->checkpoints[1];
  CHECK(last.batch == 7);
  CHECK(last.lsn.value == 70);
  CHECK(last.epoch == 3);
  CHECK(last.at == Sample(7).at);
  CHECK(last.chain == Sample(7).chain);
  CHECK(ParsePublicKey(Hex(key) + "\n") == key);
  CHECK_FALSE(ParsePublicKey("abc"));
}

TEST_CASE("a line in which anything was changed is refused, or is no line") {
  const PublicKey key = PublicKeyOf(kSeed);
  const std::string line = SignedLine(Sample(7), kSeed);
  for (size_t at = 0; at + 1 < line.size(); ++at) {
    std::string changed = line;
    changed[at] = changed[at] == '1' ? '2' : '1';
    INFO(changed);
    const auto read = ReadLines(changed, key);
    CHECK((absl::IsDataLoss(read.status()) || (read.ok() && read->checkpoints.empty())));
  }
  Seed other = kSeed;
  other[1] = 1;
  CHECK(absl::IsDataLoss(ReadLines(line, PublicKeyOf(other)).status()));
}

TEST_CASE("a line that a crash cut short is counted and hides nothing") {
  const std::string line = SignedLine(Sample(7), kSeed);
  const auto read =
      ReadLines(line.substr(0, 60) + "\n" + SignedLine(Sample(8), kSeed), PublicKeyOf(kSeed));
  REQUIRE(read.ok());
  CHECK(read->unreadable == 1);
  CHECK(read->checkpoints.size() == 1);
}

}  // namespace creneau::proof
