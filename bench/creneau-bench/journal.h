// What the server has told: every reservation that it gave, and what it said last of it. Read back
// after the run (read_back.h). One owner while it is filled; a megabyte is allocated every ten
// thousand reservations, nothing in between.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace creneau::bench {

// A text of at most `kSize` bytes, in place.
template <size_t kSize>
class ShortText {
 public:
  // False, and empty, when it does not fit.
  bool Set(std::string_view text) {
    size_ = text.size() <= kSize ? static_cast<uint8_t>(text.size()) : 0;
    std::memcpy(bytes_, text.data(), size_);
    return size_ == text.size();
  }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  uint8_t size_ = 0;
  char bytes_[kSize];
};

struct Told {
  enum class State : uint8_t {
    kHeld,
    kConfirmed,
    kCancelled,
    kUnknown,  // a confirm or a cancellation was sent, and no success came back
  };

  ShortText<23> name;
  ShortText<39> key;
  ShortText<19> slot;
  State state = State::kHeld;
  uint32_t agenda = 0;  // its place in the list of agendas
};

class Journal {
 public:
  void Add(const Told& told) {
    if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<Chunk>());
    (*chunks_[size_ / kChunk])[size_ % kChunk] = told;
    ++size_;
  }
  size_t size() const { return size_; }
  Told& at(size_t i) { return (*chunks_[i / kChunk])[i % kChunk]; }
  const Told& at(size_t i) const { return (*chunks_[i / kChunk])[i % kChunk]; }

 private:
  static constexpr size_t kChunk = 10'000;
  using Chunk = std::array<Told, kChunk>;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  size_t size_ = 0;
};

}  // namespace creneau::bench
