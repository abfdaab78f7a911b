// From bytes to a Request, by the strict profile of design 7: whatever two parsers in a row could
// read differently is refused, since that is how requests are smuggled past a proxy. Refused are:
// any Transfer-Encoding, a repeated or malformed Content-Length, folded header lines, bare CR or LF
// and other control characters, any version but HTTP/1.1, a missing or repeated Host, a repeated
// header of those that mean something here, a target that is not in origin form, an unknown method,
// and whatever is larger than base/limits.h allows.
//
// The tokens are Beast's work; framing, limits and the profile are ours. Allocates nothing.
// One reader per connection; one thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/request.h"

namespace creneau::http {

class RequestReader {
 public:
  explicit RequestReader(size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  enum class Step {
    kNeedMore,  // not whole yet; call again with the same bytes and more
    kRequest,   // `request` is filled, consumed() bytes belong to it, the reader is ready for the
                // next one
    kRefused,   // see refusal(); the connection cannot be used any more
  };

  // `bytes`: all that was received from the first byte of the request, at the same address or
  // another.
  Step Read(std::string_view bytes, Request& request);

  size_t consumed() const { return consumed_; }
  const Refusal& refusal() const { return refusal_; }

  // After kNeedMore: whether the head is whole, so that only the body is missing.
  bool in_body() const { return message_bytes_ != 0; }
  // After kNeedMore with in_body(): whether the client waits for "100 Continue". True once per
  // request.
  bool TakeContinue();

 private:
  Step ReadHead(std::string_view head, Request& request, size_t& body_bytes);
  Step Refuse(Outcome outcome, std::string_view detail);

  const size_t max_body_bytes_;
  size_t scanned_ = 0;        // bytes of the head already looked at
  size_t head_bytes_ = 0;     // once it is whole
  size_t message_bytes_ = 0;  // head and body, once known
  size_t consumed_ = 0;
  bool expects_continue_ = false;
  Refusal refusal_;
};

}  // namespace creneau::http
