// What the targets share: taking an input apart. A target is one LLVMFuzzerTestOneInput; what must
// hold it says by CHECK, which ends the process, so that libFuzzer keeps the input. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace creneau::fuzz {

inline std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A copy of exactly that length on the heap, so that AddressSanitizer sees a read beyond its end,
// or after it is gone.
class Copy {
 public:
  explicit Copy(std::string_view text) : bytes_(text.begin(), text.end()) {}
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::vector<char> bytes_;
};

// Takes from the front; gives zeros once nothing is left.
class Source {
 public:
  explicit Source(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  uint64_t Number(size_t octets) {
    uint64_t value = 0;
    for (const char c : Take(octets)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  std::string_view Take(size_t length) {
    const std::string_view taken = bytes_.substr(0, std::min(length, bytes_.size()));
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view Rest() { return Take(bytes_.size()); }
  // Up to the next `end`, which is taken as well.
  std::string_view Until(char end) {
    const std::string_view taken = bytes_.substr(0, bytes_.find(end));
    bytes_.remove_prefix(std::min(taken.size() + 1, bytes_.size()));
    return taken;
  }

 private:
  std::string_view bytes_;
};

}  // namespace creneau::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
