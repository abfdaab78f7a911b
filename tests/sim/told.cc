#include "tests/sim/told.h"

#include <algorithm>
#include <charconv>

namespace creneau::sim {

Told::Told(std::string_view wire) {
  const auto digits = wire.substr(std::string_view("HTTP/1.1 ").size(), 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  body = wire.substr(std::min(wire.size(), wire.find("\r\n\r\n") + 4));
  code = Member("code");
  constexpr std::string_view kRetry = "\r\nRetry-After: ";
  if (const size_t at = wire.find(kRetry); at < wire.size() - body.size()) {
    const auto seconds = wire.substr(at + kRetry.size());
    std::from_chars(seconds.data(), seconds.data() + seconds.size(), retry_after_s);
  }
}

std::string Told::Member(std::string_view name) const {
  const std::string key = "\"" + std::string(name) + "\":";
  size_t at = body.find(key);
  if (at == std::string::npos) return "";
  at += key.size();
  if (body[at] == '"') return body.substr(at + 1, body.find('"', at + 1) - at - 1);
  return body.substr(at, body.find_first_of(",}]", at) - at);
}

}  // namespace creneau::sim
