// Which octets a text is made of, a table look-up for each or, quicker, eight of them at a time.
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

// Is there one among the eight that needs a second look? Bits as in Hacker's Delight (Warren,
// 2012), chapter 6. The lowest bit that is set belongs to the first such octet; what stands above
// it may be wrong. Zero: none.
class EightOctets {
 public:
  static constexpr size_t kCount = 8;

  explicit EightOctets(const char* text) { std::memcpy(&octets_, text, sizeof octets_); }
  // Eight times the same.
  explicit EightOctets(char octet) : octets_(kOnes * static_cast<unsigned char>(octet)) {}

  // `limit` at most 0x80.
  uint64_t Below(unsigned char limit) const {
    return (octets_ - kOnes * limit) & ~octets_ & kHighest;
  }
  uint64_t Equal(unsigned char octet) const {
    const uint64_t differs = octets_ ^ kOnes * octet;
    return (differs - kOnes) & ~differs & kHighest;
  }
  uint64_t BeyondAscii() const { return octets_ & kHighest; }

  // How many octets stand before the first one of `found`, which is not zero.
  static size_t Before(uint64_t found) { return static_cast<size_t>(std::countr_zero(found)) / 8; }

 private:
  static constexpr uint64_t kOnes = ~uint64_t{0} / 0xff;
  static constexpr uint64_t kHighest = kOnes * 0x80;
  uint64_t octets_;
};

// How many octets `text` begins with before the first one that `among` finds, which is given eight
// of them and says what the functions above say.
template <typename Among>
size_t CountBefore(std::string_view text, Among among) {
  size_t i = 0;
  for (; text.size() - i >= EightOctets::kCount; i += EightOctets::kCount) {
    const uint64_t found = among(EightOctets(text.data() + i));
    if (found != 0) return i + EightOctets::Before(found);
  }
  if (i > 0) {  // the last eight, of which the first ones are known
    i = text.size() - EightOctets::kCount;
    const uint64_t found = among(EightOctets(text.data() + i));
    return found != 0 ? i + EightOctets::Before(found) : text.size();
  }
  while (i < text.size() && among(EightOctets(text[i])) == 0) ++i;
  return i;
}

}  // namespace creneau::http
