// Every octet at every place among plain ones, against the definition.
#include "http/octets.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace creneau::http {
namespace {

using Text = std::array<char, EightOctets::kCount>;

// Where the first octet stands for which `is` holds; nowhere: kCount.
template <typename Is>
size_t First(const Text& text, const Is& is) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (is(static_cast<unsigned char>(text[i]))) return i;
  }
  return text.size();
}

size_t Found(uint64_t bits) { return bits == 0 ? EightOctets::kCount : EightOctets::Before(bits); }

TEST_CASE("the first octet that needs a second look is found, whatever stands behind it") {
  for (const char filler :
       {'a', '\x1f', '\x20', '"', '\x7e', '\x7f', '\x80', '\xff', '\0', '\x01'}) {
    for (size_t at = 0; at < EightOctets::kCount; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        Text text;
        text.fill('z');
        text[at] = static_cast<char>(octet);
        for (size_t behind = at + 1; behind < text.size(); ++behind) text[behind] = filler;
        const EightOctets octets(text.data());
        REQUIRE(Found(octets.Below(0x20)) == First(text, [](int c) { return c < 0x20; }));
        REQUIRE(Found(octets.Below(0x80)) == First(text, [](int c) { return c < 0x80; }));
        REQUIRE(Found(octets.Equal('"')) == First(text, [](int c) { return c == '"'; }));
        REQUIRE(Found(octets.Equal(0x7f)) == First(text, [](int c) { return c == 0x7f; }));
        REQUIRE(Found(octets.BeyondAscii()) == First(text, [](int c) { return c >= 0x80; }));
        REQUIRE(Found(octets.Below(0x20) | octets.Equal(0x7f)) ==
                First(text, [](int c) { return c < 0x20 || c == 0x7f; }));
      }
    }
  }
}

TEST_CASE("texts of any length are counted up to the first octet that is looked for") {
  const auto among = [](EightOctets octets) { return octets.Below(0x20) | octets.Equal('#'); };
  for (size_t size = 0; size < 40; ++size) {
    const std::string plain(size, 'z');
    REQUIRE(CountBefore(plain, among) == size);
    for (size_t at = 0; at < size; ++at) {
      std::string text = plain;
      text[at] = '#';
      REQUIRE(CountBefore(text, among) == at);
      text[size - 1] = '\x1f';
      REQUIRE(CountBefore(text, among) == at);
    }
  }
}

TEST_CASE("a set has its octets and no others") {
  const OctetSet set("az\xff");
  for (int octet = 0; octet < 256; ++octet) {
    REQUIRE(set.Has(static_cast<char>(octet)) == (octet == 'a' || octet == 'z' || octet == 0xff));
  }
  CHECK(set.HasAll(""));
  CHECK(set.HasAll("za\xff"));
  CHECK_FALSE(set.HasAll("zab"));
}

TEST_CASE("names are equal in any case, and letters only have one") {
  CHECK(EqualsInAnyCase("Creneau-KEY", "creneau-key"));
  CHECK_FALSE(EqualsInAnyCase("Creneau-KEYS", "creneau-key"));
  CHECK_FALSE(EqualsInAnyCase("Creneau\rKEY", "creneau-key"));  // 0x0d is 0x2d but for one bit
  CHECK_FALSE(EqualsInAnyCase("[", "{"));
}

}  // namespace
}  // namespace creneau::http
