#include "proof/draw.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "proof/draw_lines.h"

namespace creneau::proof {
namespace {

DrawKey Key(uint8_t first) {
  DrawKey key{};
  key[0] = first;
  return key;
}

const Subject kAda{0x0102030405060708, 0x1112131415161718};
const Subject kBert{1, 2};

DrawFacts Facts() {
  DrawFacts facts;
  facts.agenda = "92-naturalisation";
  facts.draw = "2026-12";
  facts.rules.fill(0xaa);
  facts.root.fill(0xbb);
  facts.entries = 20'000;
  facts.seats.fill(0xcc);
  facts.value = "4 8 15 16 23 42";
  return facts;
}

}  // namespace

TEST_CASE("a tag is HMAC-SHA-256 of the subject, and another one in each draw") {
  const Subject both[] = {kAda, kBert};
  const std::vector<DrawTag> tags = TagsOf(Key(1), both);
  // python3: hmac.new(bytes([1]+[0]*31), bytes.fromhex("11121314151617180102030405060708"),
  //                   hashlib.sha256).hexdigest()
  CHECK(Hex(tags[0]) == "f78b6ff29a57f8366f30a9b6a57c47b90ae46f105f04164aea33771ca3bfa6eb");
  CHECK(tags[0] != tags[1]);
  CHECK(TagsOf(Key(2), both)[0] != tags[0]);
}

TEST_CASE("the seed is SHA-256 of eight lines, and every one of them counts") {
  CHECK(SeedText(Facts()) == "creneau draw seed 2\nagenda 92-naturalisation\ndraw 2026-12\nrules " +
                                 std::string(64, 'a') + "\nroot " + std::string(64, 'b') +
                                 "\nentries 20000\nseats " + std::string(64, 'c') +
                                 "\nvalue 4 8 15 16 23 42\n");
  const Hash seed = SeedOf(Facts());
  CHECK(Hex(seed) == "695667b3b7d399f5ce87f25b1260bb4a2c7eda864d5ce49403220489d092d569");
  const auto differs = [&](auto change) {
    DrawFacts facts = Facts();
    change(facts);
    return SeedOf(facts) != seed;
  };
  CHECK(differs([](DrawFacts& f) { f.agenda = "92-titres"; }));
  CHECK(differs([](DrawFacts& f) { f.draw = "2027-01"; }));
  CHECK(differs([](DrawFacts& f) { f.rules[31] ^= 1; }));
  CHECK(differs([](DrawFacts& f) { f.root[0] ^= 1; }));
  CHECK(differs([](DrawFacts& f) { f.entries = 20'001; }));
  CHECK(differs([](DrawFacts& f) { f.seats[16] ^= 1; }));
  CHECK(differs([](DrawFacts& f) { f.value = "4 8 15 16 23 43"; }));
}

TEST_CASE("ranks are HMAC-SHA-256 of the tags, and the smallest comes first") {
  std::vector<DrawTag> tags(50);
  for (uint8_t i = 0; i < 50; ++i) tags[i].fill(i);
  const Hash seed = SeedOf(Facts());
  const std::vector<Hash> ranks = RanksOf(seed, tags);
  CHECK(Hex(ranks[7]) == "ec2c81feeecc877ea086062849d6fb93ea2423c2007cf7254a85c4de390c02b2");
  const std::vector<uint32_t> order = OrderOf(ranks, tags);
  for (size_t i = 0; i + 1 < order.size(); ++i) CHECK(ranks[order[i]] < ranks[order[i + 1]]);
  // A broken function would leave the order of the tags, which the test of uniformity sees.
  CHECK(OrderOf(std::vector<Hash>(50), tags)[49] == 49);
}

TEST_CASE("lines are read as they were written") {
  DrawTag tag;
  tag.fill(0x5c);
  Hash holder;
  holder.fill(0x3e);
  const std::string leaf = LeafOf(tag, "mon,tue morning any", holder);
  CHECK(leaf == Hex(tag) + " mon,tue morning any " + Hex(holder));
  const std::string line = EntryLine(leaf);
  const auto read = ReadEntryLine(line);
  REQUIRE(read.has_value());
  CHECK(read->tag == tag);
  CHECK(read->wishes == "mon,tue morning any");
  CHECK(read->holder == holder);
  CHECK(read->leaf == leaf);
  CHECK(read->hash == HashOfLeaf(leaf));
  // As it was before leaves had holders.
  const std::string before = LeafOf(tag, "mon,tue morning any");
  CHECK(before == Hex(tag) + " mon,tue morning any");
  const std::string line_before = EntryLine(before);
  CHECK_FALSE(ReadEntryLine(line_before));
  const auto read_before = ReadEntryLineOfBefore(line_before);
  REQUIRE(read_before.has_value());
  CHECK(read_before->tag == tag);
  CHECK(read_before->wishes == "mon,tue morning any");
  CHECK_FALSE(read_before->holder);
  CHECK(read_before->leaf == before);
  CHECK(read_before->hash == HashOfLeaf(before));
  const auto seats = ReadSeatLine(SeatLine(*ParseLocalMinute("2026-12-01T09:20"), 4));
  REQUIRE(seats.has_value());
  CHECK(FormatLocalMinute(seats->slot) == "2026-12-01T09:20");
  CHECK(seats->seats == 4);
  CHECK(AllocationLine(3, tag, std::nullopt) == "3 " + Hex(tag) + " -");
}

TEST_CASE("other lines are none") {
  DrawTag tag{};
  const std::string line = EntryLine(LeafOf(tag, "any any any", tag));
  std::string upper = line;
  upper[0] = 'A';
  for (const std::string& text : {std::string(), line.substr(1), line.substr(0, line.size() - 1),
                                  " " + line, line + " ", upper, std::string(200, ' ')})
    CHECK_FALSE(ReadEntryLine(text));
  const std::string before = EntryLine(LeafOf(tag, "any any any"));
  for (const std::string& text : {std::string(), before.substr(1), " " + before, before + " "})
    CHECK_FALSE(ReadEntryLineOfBefore(text));
  for (const char* text : {"", "2026-12-01T09:20", "2026-12-01T09:20 ", "2026-12-01T09:20 04",
                           "2026-12-01T09:20 4 ", "2026-12-01 4", "2026-12-01T09:20 -1",
                           "2026-12-01T09:20  4", "2026-12-01T09:20 99999999999"})
    CHECK_FALSE(ReadSeatLine(text));
  for (const DrawFile file : kAllDrawFiles) CHECK(DrawFileFromName(DrawFileName(file)) == file);
  CHECK_FALSE(DrawFileFromName("subjects"));
}

}  // namespace creneau::proof
