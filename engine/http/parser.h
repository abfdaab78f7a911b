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
#include <cstdint>
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
    kHead,  // ShowHeads: the head of a request that carries Authorization is whole, and `request`
            // has all but its body, however large that will be; then Read goes on with it
    kRefused,  // see refusal(); the connection cannot be used any more
  };

  // From now on Read stops at heads that carry Authorization: who may come in may be asked before
  // the rest has come.
  void ShowHeads() { heads_first_ = true; }

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
  Step ReadHead(std::string_view head, Request& request, uint64_t& body_bytes);
  Step Refuse(Outcome outcome, std::string_view detail);

  const size_t max_body_bytes_;
  size_t scanned_ = 0;        // bytes of the head already looked at
  size_t head_bytes_ = 0;     // once it is whole
  size_t message_bytes_ = 0;  // head and body, once known
  size_t consumed_ = 0;
  bool expects_continue_ = false;
  bool heads_first_ = false;
  bool head_shown_ = false;  // of the request that is being read
  Refusal refusal_;
};

}  // namespace creneau::http
