#include "http/json.h"

#include <charconv>

namespace creneau::http {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

unsigned char OctetAt(std::string_view text, size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

// How many octets the character has that `text` begins with, which is beyond ASCII; 0 when it is
// not UTF-8. RFC 3629 section 4: no overlong form, no surrogate, nothing above U+10FFFF.
size_t CharacterLength(std::string_view text) {
  const auto within = [&text](size_t i, unsigned char low, unsigned char high) {
    return OctetAt(text, i) >= low && OctetAt(text, i) <= high;
  };
  const auto continues = [&within](size_t i) { return within(i, 0x80, 0xbf); };
  const unsigned char first = OctetAt(text, 0);
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned char low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned char high = first == 0xed ? 0x9f : 0xbf;
    return within(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned char low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xf4 ? 0x8f : 0xbf;
    return within(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void JsonWriter::Separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::Name(std::string_view name) {
  Separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  Separate();
  out_ += '"';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x80) {
      const size_t length = CharacterLength(text.substr(i));
      out_ += length == 0 ? kReplacement : text.substr(i, length);
      if (length > 1) i += length - 1;
    } else if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (octet < 0x20 || octet == 0x7f) {
      out_ += "\\u00";
      out_ += kHex[octet >> 4];
      out_ += kHex[octet & 0xf];
    } else {
      out_ += c;
    }
  }
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::Number(int64_t number) {
  Separate();
  char digits[20];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), number);
  out_.append(digits, end.ptr);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  out_ += "null";
  return *this;
}

}  // namespace creneau::http
