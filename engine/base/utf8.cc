#include "base/utf8.h"

#include <algorithm>
#include <iterator>

namespace creneau {
namespace {

constexpr char32_t kLastCodePoint = 0x10FFFF;

struct Range {
  char32_t first;
  char32_t last;
};

// Of the categories Cc, Cf, Zl and Zp of Unicode 15 those that texts could be turned round or
// hidden with, the surrogates, the private use areas, and the tags.
constexpr Range kUnprintable[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},          {0x00AD, 0x00AD}, {0x061C, 0x061C},
    {0x180E, 0x180E},   {0x200B, 0x200F},          {0x2028, 0x202E}, {0x2060, 0x206F},
    {0xD800, 0xF8FF},   {0xFDD0, 0xFDEF},          {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB},
    {0xE0000, 0xE0FFF}, {0xF0000, kLastCodePoint},
};

}  // namespace

CodePoint FirstCodePoint(std::string_view text) {
  const auto octet = [text](size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = octet(0);
  if (first < 0x80) return {first, 1};
  const size_t octets = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < octets) return {};
  // A leading octet has one bit fewer for each that follows.
  char32_t value = first & (0x7Fu >> octets);
  for (size_t at = 1; at < octets; ++at) {
    if ((octet(at) & 0xC0) != 0x80) return {};
    value = value << 6 | (octet(at) & 0x3Fu);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[octets] || value > kLastCodePoint) return {};
  if (value >= 0xD800 && value <= 0xDFFF) return {};
  return {value, octets};
}

bool IsPrintable(char32_t value) {
  if ((value & 0xFFFE) == 0xFFFE) return false;  // the last two of each plane stand for none
  return std::none_of(
      std::begin(kUnprintable), std::end(kUnprintable),
      [value](const Range& range) { return value >= range.first && value <= range.last; });
}

}  // namespace creneau
