// Writes text into room made for it beforehand: the string grows once, and what is written then
// are copies one behind the other. For what every reply says; a writer that does not know how much
// there will be appends to its string instead. One thread.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"

namespace creneau::http {

class Pen {
 public:
  // Onto the end of `out`, at most so many octets. `out` is the pen's until it goes, and has then
  // what was written and no more.
  Pen(std::string& out, size_t most) : out_(out) {
    const size_t begin = out.size();
    out.resize(begin + most);
    at_ = out.data() + begin;
    end_ = at_ + most;
  }
  ~Pen() { out_.resize(static_cast<size_t>(at_ - out_.data())); }
  Pen(const Pen&) = delete;
  Pen& operator=(const Pen&) = delete;

  Pen& Text(std::string_view text) {
    // Not memcpy: of that g++ makes `rep movs` where it knows a little of the size, which is
    // slower.
    std::char_traits<char>::move(Take(text.size()), text.data(), text.size());
    return *this;
  }
  // Of known length, so that the compiler makes a few moves of it.
  template <size_t kSize>
  Pen& Literal(const char (&text)[kSize]) {
    std::memcpy(Take(kSize - 1), text, kSize - 1);
    return *this;
  }
  Pen& Number(int64_t number) {
    const std::to_chars_result written = std::to_chars(at_, end_, number);
    CHECK(written.ec == std::errc());
    at_ = written.ptr;
    return *this;
  }

  // What `put` writes, at most so much: it is told where, and says where it ends.
  template <typename Put>
  Pen& Written(size_t most, Put put) {
    CHECK(most <= static_cast<size_t>(end_ - at_));
    at_ = put(at_);
    return *this;
  }

  // Where the next piece goes.
  char* at() const { return at_; }

 private:
  char* Take(size_t size) {
    CHECK(size <= static_cast<size_t>(end_ - at_));
    char* const begin = at_;
    at_ += size;
    return begin;
  }

  std::string& out_;
  char* at_;
  char* end_;
};

}  // namespace creneau::http
