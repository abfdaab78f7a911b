// UTF-8 (RFC 3629 section 4), read one code point at a time. Pure functions; any thread; nothing is
// allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace creneau {

struct CodePoint {
  char32_t value = 0;
  size_t octets = 0;  // 0: what stands here is not UTF-8, or cut short
};

// The first one of a text that is not empty. No overlong form, no surrogate, nothing above
// U+10FFFF.
CodePoint FirstCodePoint(std::string_view text);

// Something that a reader sees, or a space: no control character, nothing that only says how its
// neighbours are to be shown (zero width, direction), no line or paragraph separator, no code point
// that stands for none.
bool IsPrintable(char32_t value);

}  // namespace creneau
