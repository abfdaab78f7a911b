#include "rules/fold.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "base/utf8.h"

namespace creneau::rules {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// What stands between the parts of a number, or cannot be seen and came along when it was copied.
// U+202E alone is not here: it would show the digits behind it in another order.
constexpr Range kNothing[] = {
    {0x00A0, 0x00A0},  // no-break space
    {0x00AD, 0x00AD},  // soft hyphen
    {0x00B7, 0x00B7},  // middle dot
    {0x1680, 0x1680},  // Ogham space mark
    {0x2000, 0x2015},  // spaces, zero widths, direction marks, hyphens and dashes
    {0x2024, 0x2024},  // one dot leader
    {0x2027, 0x2027},  // hyphenation point
    {0x202A, 0x202D},  // directions, as telephones put them around numbers
    {0x202F, 0x202F},  // narrow no-break space
    {0x2044, 0x2044},  // fraction slash
    {0x205F, 0x2060},  // mathematical space, word joiner
    {0x2066, 0x2069},  // directions
    {0x2212, 0x2212},  // minus
    {0x2215, 0x2215},  // division slash
    {0x3000, 0x3000},  // ideographic space
    {0xFE58, 0xFE58},  // small dash
    {0xFE63, 0xFE63},  // small hyphen
    {0xFEFF, 0xFEFF},  // byte order mark
    {0xFF0D, 0xFF0F},  // fullwidth hyphen, dot and slash
};

// Where the ten digits of a script begin.
constexpr char32_t kZeros[] = {
    0x0660,  // Arabic-Indic
    0x06F0,  // Persian, Urdu
    0x0966,  // Devanagari
    0x09E6,  // Bengali
    0x0BE6,  // Tamil
    0x0E50,  // Thai
    0x17E0,  // Khmer
    0xFF10,  // fullwidth
};

struct Letter {
  char32_t value;
  char as;
};

// Capitals that look like a Latin one, which is what is printed on the document. Greek: the
// fourteen of Greek number plates; not the small ones, since nu looks like v. Cyrillic: the twelve
// of GOST R 50577, and I, J and S; their small ones look like small capitals, or like the Latin
// small letter of the same capital. Turkish keyboards have an i with and without a dot.
constexpr Letter kLetters[] = {
    {0x0130, 'I'}, {0x0131, 'I'},                                               // Turkish
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'},  // Greek
    {0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'},  //
    {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'},                 //
    {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'},  // Cyrillic
    {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'},  //
    {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'},  //
    {0x0430, 'A'}, {0x0432, 'B'}, {0x0435, 'E'}, {0x043A, 'K'}, {0x043C, 'M'},  //
    {0x043D, 'H'}, {0x043E, 'O'}, {0x0440, 'P'}, {0x0441, 'C'}, {0x0442, 'T'},  //
    {0x0443, 'Y'}, {0x0445, 'X'}, {0x0455, 'S'}, {0x0456, 'I'}, {0x0458, 'J'},  //
};
static_assert(std::is_sorted(std::begin(kLetters), std::end(kLetters),
                             [](const Letter& a, const Letter& b) { return a.value < b.value; }));

// Latin-1, Latin Extended A and B and Additional, but for what is a sign there, and marks that
// stand on the letter before them.
constexpr Range kAccented[] = {
    {0x00C0, 0x00D6}, {0x00D8, 0x00F6}, {0x00F8, 0x024F}, {0x0300, 0x036F}, {0x1E00, 0x1EFF}};

bool IsIn(std::span<const Range> ranges, char32_t value) {
  return std::any_of(ranges.begin(), ranges.end(), [value](const Range& range) {
    return value >= range.first && value <= range.last;
  });
}

char DigitOf(char32_t value) {
  for (const char32_t zero : kZeros) {
    if (value >= zero && value < zero + 10) return static_cast<char>('0' + (value - zero));
  }
  return 0;
}

char LetterOf(char32_t value) {
  if (value >= 0xFF21 && value <= 0xFF3A) return static_cast<char>('A' + (value - 0xFF21));
  if (value >= 0xFF41 && value <= 0xFF5A) return static_cast<char>('A' + (value - 0xFF41));
  const Letter* const at =
      std::lower_bound(std::begin(kLetters), std::end(kLetters), value,
                       [](const Letter& letter, char32_t wanted) { return letter.value < wanted; });
  return at != std::end(kLetters) && at->value == value ? at->as : '\0';
}

}  // namespace

Folded FoldBeyondAscii(std::string_view text) {
  const CodePoint point = FirstCodePoint(text);
  if (point.octets == 0) return {};
  if (const char digit = DigitOf(point.value)) {
    return {Folded::Is::kCharacter, digit, point.octets};
  }
  if (const char letter = LetterOf(point.value)) {
    return {Folded::Is::kCharacter, letter, point.octets};
  }
  if (IsIn(kNothing, point.value)) return {Folded::Is::kNothing, 0, point.octets};
  if (IsIn(kAccented, point.value)) return {Folded::Is::kAccented, 0, point.octets};
  return {Folded::Is::kUnknown, 0, point.octets};
}

}  // namespace creneau::rules
