#include "http/json.h"

#include <charconv>

#include "http/octets.h"

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

// How many octets `text` begins with that a string of JSON holds as they are.
size_t CountPlain(std::string_view text) {
  return CountBefore(text, [](SixteenOctets octets) {
    return (octets < 0x20) | (octets == '"') | (octets == '\\') | (octets >= 0x7f);
  });
}

}  // namespace

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = OctetAt(text, i) < 0x80 ? 1 : CharacterLength(text.substr(i));
    if (length == 0) return false;
    i += length;
  }
  return true;
}

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
  out_.append(first_ ? "\"" : ",\"").append(name).append("\":");
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  Separate();
  out_ += '"';
  while (!text.empty()) {
    const size_t plain = CountPlain(text);
    out_.append(text.data(), plain);
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(Escape(text));
  }
  out_ += '"';
  return *this;
}

// Writes the character that `text` begins with, which is not plain; returns how many octets it had.
size_t JsonWriter::Escape(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto octet = static_cast<unsigned char>(text.front());
  if (octet >= 0x80) {
    const size_t length = CharacterLength(text);
    out_ += length == 0 ? kReplacement : text.substr(0, length);
    return length == 0 ? 1 : length;
  }
  out_ += '\\';
  if (octet == '"' || octet == '\\') {
    out_ += text.front();
  } else if (octet == '\n') {
    out_ += 'n';
  } else {
    out_ += "u00";
    out_ += kHex[octet >> 4];
    out_ += kHex[octet & 0xf];
  }
  return 1;
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
