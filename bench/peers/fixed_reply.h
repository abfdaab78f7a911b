// What the floors answer to everything: a hold, byte for byte as creneaud writes one, so that the
// same load generator drives both and both send as much. Constant data, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace creneau::bench {

inline constexpr std::string_view kFixedReply =
    "HTTP/1.1 201 Created\r\n"
    "Date: Wed, 25 Nov 2026 22:03:08 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 266\r\n"
    "Cache-Control: no-store\r\n"
    "Location: /v1/reservations/C2G359503QSV4\r\n"
    "\r\n"
    R"({"reservation":"C2G359503QSV4","key":"huMQdfQ1-s7eENBcPFdxiw","state":"held",)"
    R"("agenda":"bench-0","slot":"2026-11-26T08:00","starts_at":"2026-11-26T08:00:00+01:00",)"
    R"("minutes":5,"expires_at":"2026-11-25T23:18:09+01:00","expires_in_s":900,)"
    R"("extended":false,"moves_left":2})";
static_assert(kFixedReply.size() - kFixedReply.find("\r\n\r\n") - 4 == 266,
              "Content-Length must say how long the body is");

// `count` replies one after the other: what is sent for so many pipelined requests.
inline std::string FixedReplies(size_t count) {
  std::string replies;
  replies.reserve(count * kFixedReply.size());
  for (size_t i = 0; i < count; ++i) replies += kFixedReply;
  return replies;
}

}  // namespace creneau::bench
