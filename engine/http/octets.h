// Eight octets of a text at a time: is there one among them that needs a second look? Bits as in
// Hacker's Delight (Warren, 2012), chapter 6. The lowest bit that is set belongs to the first such
// octet; what stands above it may be wrong. Zero: none.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace creneau::http {

static_assert(std::endian::native == std::endian::little, "the first octet is the lowest one");

class EightOctets {
 public:
  static constexpr size_t kCount = 8;

  explicit EightOctets(const char* text) { std::memcpy(&octets_, text, sizeof octets_); }

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

}  // namespace creneau::http
