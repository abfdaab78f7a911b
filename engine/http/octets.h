// Which octets a text is made of, a table look-up for each or, quicker, sixteen of them at a time.
// Pure; any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace creneau::http {

static_assert(std::endian::native == std::endian::little, "the first octet is the lowest one");

// Made when this is compiled.
class OctetSet {
 public:
  constexpr explicit OctetSet(std::string_view octets) {
    for (const char c : octets) has_[static_cast<unsigned char>(c)] = true;
  }
  static constexpr OctetSet LettersDigitsAnd(std::string_view others) {
    OctetSet set(others);
    for (const char c :
         std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))
      set.has_[static_cast<unsigned char>(c)] = true;
    return set;
  }
  constexpr bool Has(char c) const { return has_[static_cast<unsigned char>(c)]; }
  constexpr bool HasAll(std::string_view text) const {
    for (const char c : text) {
      if (!Has(c)) return false;
    }
    return true;
  }

 private:
  std::array<bool, 256> has_{};
};

// Whether `text` is `lower`, which has no capitals, but for its case.
inline bool EqualsInAnyCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

// Sixteen octets, as the compilers' vector extension has them: `octets < 0x20` and the like look at
// all of them in an instruction or two, and give as many octets, which are not zero where it is so.
using SixteenOctets = uint8_t __attribute__((vector_size(16)));
using SixteenVerdicts = int8_t __attribute__((vector_size(16)));

// How many stand before the first one of which something is so: sixteen where it is of none.
inline size_t FirstOf(SixteenVerdicts verdicts) {
  std::array<uint64_t, 2> halves;
  std::memcpy(halves.data(), &verdicts, sizeof verdicts);
  if (halves[0] != 0) return static_cast<size_t>(std::countr_zero(halves[0])) / 8;
  return 8 + static_cast<size_t>(std::countr_zero(halves[1])) / 8;
}

// How many octets `text` begins with before the first one of which `verdicts` says that it is so.
template <typename Verdicts>
size_t CountBefore(std::string_view text, Verdicts verdicts) {
  constexpr size_t kCount = sizeof(SixteenOctets);
  const auto count = [&](size_t at) {
    SixteenOctets octets;
    std::memcpy(&octets, text.data() + at, sizeof octets);
    return FirstOf(verdicts(octets));
  };
  size_t i = 0;
  for (; text.size() - i >= kCount; i += kCount) {
    const size_t before = count(i);
    if (before != kCount) return i + before;
  }
  if (i == text.size()) return i;
  if (i > 0) {  // the last sixteen, of which the first ones are known
    i = text.size() - kCount;
    return i + count(i);
  }
  for (; i < text.size(); ++i) {
    const auto octet = static_cast<uint8_t>(text[i]);
    if (verdicts(SixteenOctets{} + octet)[0] != 0) break;
  }
  return i;
}

}  // namespace creneau::http
