#include "bench/creneau-bench/response.h"

#include <strings.h>

#include <charconv>
#include <cstring>

namespace creneau::bench {
namespace {

constexpr size_t kMaxHeadBytes = 16 * 1024;
constexpr size_t kMaxBodyBytes = 64u << 20;

bool NameIs(std::string_view line, std::string_view lower_with_colon) {
  return line.size() >= lower_with_colon.size() &&
         strncasecmp(line.data(), lower_with_colon.data(), lower_with_colon.size()) == 0;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool ReadStatus(std::string_view line, int* status) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (line.size() < kVersion.size() + 3 || line.substr(0, kVersion.size()) != kVersion)
    return false;
  const char* digits = line.data() + kVersion.size();
  const auto [end, error] = std::from_chars(digits, digits + 3, *status);
  if (error != std::errc() || end != digits + 3 || *status < 200) return false;
  return line.size() == kVersion.size() + 3 || line[kVersion.size() + 3] == ' ';
}

// One header line; `lengths` counts those that frame the body.
bool ReadHeader(std::string_view line, ReplyHead* head, int* lengths) {
  // Of all the names only a few begin with these letters: most lines end here.
  switch (line[0] | 0x20) {
    case 'c':
      if (NameIs(line, "content-length:")) {
        const std::string_view value = Trimmed(line.substr(15));
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), head->body_bytes);
        ++*lengths;
        return error == std::errc() && end == value.data() + value.size() &&
               head->body_bytes <= kMaxBodyBytes;
      }
      if (NameIs(line, "connection:")) {
        const std::string_view value = Trimmed(line.substr(11));
        head->close = value.size() == 5 && strncasecmp(value.data(), "close", 5) == 0;
      }
      return true;
    case 'r':
      if (NameIs(line, "retry-after:")) {
        const std::string_view value = Trimmed(line.substr(12));
        std::from_chars(value.data(), value.data() + value.size(), head->retry_after_s);
      }
      return line.find(':') != std::string_view::npos;
    case 't':
      return !NameIs(line, "transfer-encoding:");
    default:
      return line.find(':') != std::string_view::npos;
  }
}

}  // namespace

HeadRead ReadHead(std::string_view wire, ReplyHead* head) {
  *head = ReplyHead{};
  int lengths = 0;
  size_t at = 0;
  for (bool first = true;; first = false) {
    const void* found = std::memchr(wire.data() + at, '\n', wire.size() - at);
    if (found == nullptr) return wire.size() > kMaxHeadBytes ? HeadRead::kBad : HeadRead::kMore;
    const size_t newline = static_cast<size_t>(static_cast<const char*>(found) - wire.data());
    if (newline == at || wire[newline - 1] != '\r' || newline > kMaxHeadBytes) {
      return HeadRead::kBad;
    }
    const std::string_view line = wire.substr(at, newline - 1 - at);
    at = newline + 1;
    if (first) {
      if (!ReadStatus(line, &head->status)) return HeadRead::kBad;
    } else if (line.empty()) {
      break;
    } else if (!ReadHeader(line, head, &lengths)) {
      return HeadRead::kBad;
    }
  }
  head->head_bytes = at;
  if (head->status == 204 || head->status == 304) {
    head->body_bytes = 0;
    return HeadRead::kDone;
  }
  return lengths == 1 ? HeadRead::kDone : HeadRead::kBad;
}

namespace {

// Where the value of a member begins; the end of the text when there is no such member.
size_t ValueOf(std::string_view body, std::string_view quoted) {
  const void* found = memmem(body.data(), body.size(), quoted.data(), quoted.size());
  if (found == nullptr) return body.size();
  size_t at = static_cast<size_t>(static_cast<const char*>(found) - body.data()) + quoted.size();
  bool colon = false;
  while (at < body.size() && (body[at] == ' ' || (body[at] == ':' && !colon))) {
    colon = colon || body[at] == ':';
    ++at;
  }
  return colon ? at : body.size();
}

}  // namespace

std::string_view JsonText(std::string_view body, std::string_view quoted) {
  const size_t at = ValueOf(body, quoted);
  if (at >= body.size() || body[at] != '"') return {};
  const size_t end = body.find('"', at + 1);
  return end == std::string_view::npos ? std::string_view() : body.substr(at + 1, end - at - 1);
}

long JsonNumber(std::string_view body, std::string_view quoted) {
  const size_t at = ValueOf(body, quoted);
  long number = -1;
  const auto [end, error] = std::from_chars(body.data() + at, body.data() + body.size(), number);
  return error == std::errc() && number >= 0 ? number : -1;
}

}  // namespace creneau::bench
