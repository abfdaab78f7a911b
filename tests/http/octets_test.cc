// Every octet at every place in texts of every length, against the definition.
#include "http/octets.h"

#include <catch2/catch.hpp>
#include <string>

namespace creneau::http {
namespace {

TEST_CASE("the first octet that needs a second look is found, whatever stands behind it") {
  const auto verdicts = [](SixteenOctets octets) {
    return (octets < 0x20) | (octets == '"') | (octets >= 0x7f);
  };
  const auto is_so = [](int octet) { return octet < 0x20 || octet == '"' || octet >= 0x7f; };
  for (size_t size = 0; size < 50; ++size) {
    const std::string plain(size, 'z');
    REQUIRE(CountBefore(plain, verdicts) == size);
    for (size_t at = 0; at < size; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string text = plain;
        text[at] = static_cast<char>(octet);
        REQUIRE(CountBefore(text, verdicts) == (is_so(octet) ? at : size));
        if (!is_so(octet)) continue;
        text.replace(at + 1, size, size - at - 1, '\x1f');
        REQUIRE(CountBefore(text, verdicts) == at);
      }
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
