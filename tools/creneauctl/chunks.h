// Taking a chunked body apart as it comes (RFC 9112 7.1): no extensions, no trailers, as the engine
// writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace creneau::ctl {

class ChunkReader {
 public:
  enum class State { kMore, kEnd, kMalformed };
  // The next bytes of the wire; what they have of the body is added to `body`.
  State Take(std::string_view wire, std::string* body);

 private:
  enum class Place { kSize, kText, kTextEnd, kLastEnd, kEnd };
  bool TakeSize(std::string_view line);

  Place place_ = Place::kSize;
  uint64_t left_ = 0;  // of the chunk
  std::string rest_;   // a line that has not come whole
};

}  // namespace creneau::ctl
