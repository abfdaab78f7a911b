#include "http/json.h"

#include <catch2/catch.hpp>
#include <string>

namespace creneau::http {
namespace {

std::string Spelled(std::string_view text) {
  std::string out;
  JsonWriter(out).String(text);
  return out;
}

TEST_CASE("strings are escaped") {
  CHECK(Spelled("a\"b\\c\n\x01\x7f") == "\"a\\\"b\\\\c\\n\\u0001\\u007f\"");
  CHECK(Spelled("") == "\"\"");
}

TEST_CASE("UTF-8 stays as it is, from the first to the last character of each length") {
  for (const std::string text :
       {"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(Spelled("a" + text + "z") == "\"a" + text + "z\"");
  }
}

TEST_CASE("what is not UTF-8 is replaced, octet by octet, and nothing beside it") {
  struct Case {
    const char* what;
    std::string text;
    int replaced;
  };
  const Case cases[] = {
      {"no first octet", "\xff", 1},
      {"a lone continuation", "\x80", 1},
      {"overlong, two octets", "\xc0\xaf", 2},
      {"overlong, three octets", "\xe0\x9f\xbf", 3},
      {"a surrogate", "\xed\xa0\x80", 3},
      {"overlong, four octets", "\xf0\x8f\xbf\xbf", 4},
      {"beyond U+10FFFF", "\xf4\x90\x80\x80", 4},
      {"cut short", "\xe2\x82", 2},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    std::string wanted;
    for (int i = 0; i < c.replaced; ++i) wanted += "\xef\xbf\xbd";
    CHECK(Spelled("a" + c.text + "z") == "\"a" + wanted + "z\"");
    CHECK(Spelled(c.text) == "\"" + wanted + "\"");
  }
}

}  // namespace
}  // namespace creneau::http
