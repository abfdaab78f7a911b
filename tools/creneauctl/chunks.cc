#include "tools/creneauctl/chunks.h"

#include <algorithm>
#include <charconv>

namespace creneau::ctl {
namespace {

// A size in hexadecimal has at most sixteen digits.
constexpr size_t kMostLine = 18;

}  // namespace

bool ChunkReader::TakeSize(std::string_view line) {
  const char* const end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data(), end, left_, 16);
  if (line.empty() || error != std::errc() || stop != end) return false;
  place_ = left_ == 0 ? Place::kLastEnd : Place::kText;
  return true;
}

ChunkReader::State ChunkReader::Take(std::string_view wire, std::string* body) {
  while (!wire.empty()) {
    if (place_ == Place::kEnd) return State::kMalformed;  // nothing comes behind the last one
    if (place_ == Place::kText) {
      const size_t count = static_cast<size_t>(std::min<uint64_t>(left_, wire.size()));
      body->append(wire.substr(0, count));
      wire.remove_prefix(count);
      left_ -= count;
      if (left_ == 0) place_ = Place::kTextEnd;
      continue;
    }
    rest_ += wire.front();
    wire.remove_prefix(1);
    if (rest_.size() > kMostLine) return State::kMalformed;
    if (rest_.size() < 2 || rest_.substr(rest_.size() - 2) != "\r\n") continue;
    rest_.resize(rest_.size() - 2);
    const bool size = place_ == Place::kSize;
    if (size ? !TakeSize(rest_) : !rest_.empty()) return State::kMalformed;
    if (place_ == Place::kTextEnd) {
      place_ = Place::kSize;
    } else if (!size) {
      place_ = Place::kEnd;
    }
    rest_.clear();
  }
  return place_ == Place::kEnd ? State::kEnd : State::kMore;
}

}  // namespace creneau::ctl
