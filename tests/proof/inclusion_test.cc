#include "proof/inclusion.h"

#include <catch2/catch.hpp>

#include "base/limits.h"
#include "base/limits_draw.h"
#include "proof/receipt.h"

namespace creneau::proof {
namespace {

const Seed kSeed = [] {
  Seed seed{};
  seed[0] = 9;
  return seed;
}();
const PublicKey kKey = PublicKeyOf(kSeed);
constexpr Instant kIssued{1796029212345};

constexpr const char* kName = "E3F7QK2M9XA0CW";

// Of the entry at `index` of `entries`. Without a name: as draws had it before leaves had holders.
InclusionReceipt Inclusion(uint32_t index, uint32_t entries, const std::string& entry = kName,
                           const std::string& wishes = "mon,tue morning any") {
  InclusionReceipt receipt;
  receipt.agenda = "92-naturalisation";
  receipt.title = "Naturalisation : dépôt de dossier";
  receipt.office = "Préfecture des Hauts-de-Seine, Nanterre";
  receipt.timezone = "Europe/Paris";
  receipt.draw = "2026-12";
  receipt.closed_at = kIssued - 60'000;
  receipt.round_at = kIssued + 60'000;
  receipt.rules.fill(7);
  receipt.tag.fill(5);
  receipt.wishes = wishes;
  receipt.entry = entry;
  if (!entry.empty()) receipt.holder = HolderOf(entry, "k3yOfTheEntry");
  std::vector<Hash> leaves(entries);
  leaves[index] = HashOfLeaf(LeafOf(receipt));
  const MerkleTree tree(leaves);
  receipt.root = tree.root();
  receipt.index = index;
  receipt.entries = entries;
  receipt.path = tree.PathOf(index);
  return receipt;
}

}  // namespace

TEST_CASE("what a receipt of inclusion says is read back") {
  const std::string entry = GENERATE(as<std::string>{}, "", kName);
  for (const auto& [index, entries] : {std::pair{0u, 1u}, {6u, 7u}, {4u, 7u}, {99u, 1'000u}}) {
    const InclusionReceipt said = Inclusion(index, entries, entry);
    const auto read = ReadReceipt(SignReceipt(said, kIssued, kSeed));
    INFO(read.status());
    REQUIRE(read.ok());
    CHECK(VerifyReceipt(*read, {&kKey, 1}));
    CHECK(read->issued_at == kIssued);
    const auto& body = std::get<InclusionReceipt>(read->body);
    CHECK(body.agenda == said.agenda);
    CHECK(body.title == said.title);
    CHECK(body.office == said.office);
    CHECK(body.timezone == said.timezone);
    CHECK(body.draw == said.draw);
    CHECK(body.closed_at == said.closed_at);
    CHECK(body.round_at == said.round_at);
    CHECK(body.rules == said.rules);
    CHECK(body.root == said.root);
    CHECK(body.tag == said.tag);
    CHECK(body.entry == said.entry);
    CHECK(body.holder == said.holder);
    CHECK(body.wishes == said.wishes);
    CHECK(body.index == index);
    CHECK(body.entries == entries);
    CHECK(body.path == said.path);
  }
}

TEST_CASE("the longest is no longer than a receipt may be") {
  InclusionReceipt longest = Inclusion(limits::kDrawEntries - 1, limits::kDrawEntries,
                                       std::string(limits::kReceiptNameBytes, 'e'),
                                       std::string(limits::kWishesChars, 'w'));
  longest.agenda = longest.draw = longest.timezone = std::string(64, 'a');
  longest.title = longest.office = std::string(300, 'b');
  const auto read = ReadReceipt(SignReceipt(longest, kIssued, kSeed));
  INFO(read.status());
  CHECK(read.ok());
}

TEST_CASE("a receipt with one octet changed is none, or nobody signed it") {
  const std::string text = SignReceipt(Inclusion(2, 5), kIssued, kSeed);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    const auto read = ReadReceipt(other);
    if (read.ok()) CHECK_FALSE(VerifyReceipt(*read, {&kKey, 1}));
    CHECK_FALSE(ReadReceipt(text.substr(0, i)).ok());
  }
}

TEST_CASE("a path that leads elsewhere is not signed, and is not read") {
  InclusionReceipt wrong = Inclusion(2, 5);
  wrong.wishes = "any any any";
  CHECK_FALSE(LeadsToRoot(wrong));
  // Nor does somebody else's key, or none.
  wrong = Inclusion(2, 5);
  wrong.holder = HolderOf(wrong.entry, "another");
  CHECK_FALSE(LeadsToRoot(wrong));
  wrong.entry.clear();
  CHECK_FALSE(LeadsToRoot(wrong));
  CHECK(LeadsToRoot(Inclusion(2, 5)));
}

}  // namespace creneau::proof
