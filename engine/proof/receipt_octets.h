// Within proof only: how receipts are written, octet by octet (receipt.h says what they hold). One
// owner each.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace creneau::proof {

inline constexpr int64_t kLastReceiptMs = 253'402'300'799'999;  // of the year 9999: can be shown

class ReceiptWriter {
 public:
  void Number(uint64_t value, int octets) {
    for (int i = octets - 1; i >= 0; --i) out_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void Time(Instant at) {
    CHECK(at.ms >= 0 && at.ms <= kLastReceiptMs);
    Number(static_cast<uint64_t>(at.ms), 8);
  }
  void Raw(std::span<const uint8_t> octets) { out_.append(octets.begin(), octets.end()); }
  void Raw(std::string_view octets) { out_.append(octets); }
  void Text(std::string_view text) {
    CHECK(text.size() <= UINT16_MAX);
    Number(text.size(), 2);
    Raw(text);
  }
  // As it can be read again: an office's words may be longer, or hold what is not printable.
  void Fitting(std::string_view text, size_t most);
  void Name(std::string_view text) { Fitting(text, limits::kReceiptNameBytes); }
  void Words(std::string_view text) { Fitting(text, limits::kReceiptTextBytes); }

  const std::string& octets() const { return out_; }

 private:
  std::string out_;
};

// Takes octet by octet what ReceiptWriter wrote. After the first thing that may not be there `ok`
// is false and all else that is read is nothing.
class ReceiptReader {
 public:
  explicit ReceiptReader(std::string_view octets) : left_(octets) {}

  bool ok() const { return wrong_.empty(); }
  bool done() const { return left_.empty(); }
  const std::string& wrong() const { return wrong_; }
  // Only the first is kept.
  void Expect(bool right, std::string_view what) {
    if (!right && wrong_.empty()) wrong_ = what;
  }

  std::string_view Raw(size_t size) {
    Expect(left_.size() >= size, "it is cut short");
    if (!ok()) return {};
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  uint64_t Number(size_t octets, uint64_t least, uint64_t most, std::string_view what) {
    uint64_t value = 0;
    for (const char octet : Raw(octets)) value = value << 8 | static_cast<unsigned char>(octet);
    Expect(value >= least && value <= most, what);
    return value;
  }
  Instant Time(std::string_view what) {
    return Instant{static_cast<int64_t>(Number(8, 0, kLastReceiptMs, what))};
  }
  template <size_t size>
  void Fill(std::array<uint8_t, size>* out) {
    const std::string_view octets = Raw(size);
    std::copy(octets.begin(), octets.end(), out->begin());
  }
  std::string Text(size_t most, std::string_view what) {
    const std::string_view text = Raw(Number(2, 0, most, what));
    for (std::string_view rest = text; !rest.empty() && ok();) {
      const CodePoint point = FirstCodePoint(rest);
      Expect(point.octets > 0 && IsPrintable(point.value), what);
      rest.remove_prefix(std::min(point.octets, rest.size()));
    }
    return std::string(text);
  }
  std::string Name(std::string_view what) { return Text(limits::kReceiptNameBytes, what); }
  std::string Words(std::string_view what) { return Text(limits::kReceiptTextBytes, what); }

 private:
  std::string_view left_;
  std::string wrong_;
};

}  // namespace creneau::proof
