// What a character beyond ASCII stands for in a number that somebody typed or pasted: IDENTITY.md
// is the rule, this is its table. Pure; any thread; allocates nothing.
#pragma once

#include <cstddef>
#include <string_view>

namespace creneau::rules {

struct Folded {
  enum class Is : unsigned char {
    kCharacter,  // `character`: A to Z or 0 to 9
    kNothing,    // a space, a hyphen, something unseen: it does not count
    kAccented,   // a Latin letter with something on it
    kUnknown,
  };
  Is is = Is::kUnknown;
  char character = 0;
  size_t octets = 1;  // that it takes of the text
};

// The first character of a text that begins with an octet above 127.
Folded FoldBeyondAscii(std::string_view text);

}  // namespace creneau::rules
