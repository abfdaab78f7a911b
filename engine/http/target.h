// A request target taken apart: path segments and query parameters, percent-decoded. Nothing of
// ours needs percent-encoding, yet clients may encode what they like, and `%2D` is `-`. Fixed size,
// no allocation; views point into the request or into the Target itself, which therefore does not
// move.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace creneau::http {

class Target {
 public:
  static constexpr size_t kMaxSegments =
      6;  // one more than the longest route, so that a longer path matches none
  static constexpr size_t kMaxParameters = 8;

  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  // False: not a valid origin-form target (RFC 3986), or more parameters or escapes than fit.
  // Segments beyond kMaxSegments are left out. Can be called again.
  bool Parse(std::string_view text);

  size_t segments() const { return segment_count_; }
  std::string_view segment(size_t i) const { return segments_[i]; }

  size_t parameters() const { return parameter_count_; }
  std::string_view parameter_name(size_t i) const { return parameters_[i].name; }
  // A parameter's value; nothing when it was not sent.
  std::optional<std::string_view> Parameter(std::string_view name) const;
  // A parameter that stands twice, since programs disagree about which one counts; empty when there
  // is none.
  std::string_view repeated() const { return repeated_; }

 private:
  bool ParsePlain(std::string_view text);

  struct Pair {
    std::string_view name;
    std::string_view value;
  };

  std::array<std::string_view, kMaxSegments> segments_;
  size_t segment_count_ = 0;
  std::array<Pair, kMaxParameters> parameters_;
  size_t parameter_count_ = 0;
  std::string_view repeated_;
  std::array<char, 256> decoded_;  // what was percent-encoded, decoded
};

}  // namespace creneau::http
