// What a client is told.
#pragma once

#include <string>
#include <string_view>

namespace creneau::sim {

// A reply as a client that is not ours reads it.
struct Told {
  explicit Told(std::string_view wire);
  Told() = default;
  // A member of the body that is a text or a number; empty when it has none.
  std::string Member(std::string_view name) const;
  int status = 0;
  int retry_after_s = 0;  // 0: not said
  std::string code;       // of a problem
  std::string body;
};

}  // namespace creneau::sim
