// A small blocking HTTP/1.1 client for the engine's admin socket, and for looking whether its other
// listeners answer: one request, one connection, one absolute deadline for all of it. Speaks the
// strict profile that the engine accepts, and believes as little of what comes back.
//
// Errors tell whether the request may have been carried out:
//   Unavailable  nothing was sent: no such socket, nobody listens, no permission
//   Aborted      sent, and no whole reply came: the outcome is unknown; repeat what can be repeated
//   Internal     a reply came that is not HTTP as the engine speaks it
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace creneau::ctl {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  std::string target;  // origin form, percent-encoded
  Headers headers;     // beyond Host, Connection and Content-Length
  std::string body;
};

struct HttpReply {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;

  // The first of that (lower-case) name; empty when there is none.
  std::string_view header(std::string_view name) const;
};

class HttpClient {
 public:
  // `address`: the path of a Unix socket, or "tcp:127.0.0.1:8080", "tcp:[::1]:8080".
  // `bearer`: a key of the staff, sent with each request; empty: none.
  HttpClient(std::string address, int64_t timeout_ms, std::string bearer = "")
      : address_(std::move(address)), timeout_ms_(timeout_ms), bearer_(std::move(bearer)) {}

  absl::StatusOr<HttpReply> Send(const HttpRequest& request) const;
  // A reply that comes in chunks for as long as there is something to say. each(text) gets its body
  // as it comes, and ends it by returning false. No longer than the deadline without anything.
  // Where the reply is none of that kind, it is returned whole, as by Send; else its head. Aborted:
  // it was cut off.
  absl::StatusOr<HttpReply> Follow(const HttpRequest& request,
                                   const std::function<bool(std::string_view)>& each) const;
  // The process that listens on the Unix socket, as the kernel knows it.
  absl::StatusOr<int> PeerProcess() const;
  // Once more, the same, when the reply was lost: for what the engine answers alike when repeated
  // (design 7). Aborted when both were lost, or the engine was gone at the second attempt.
  absl::StatusOr<HttpReply> SendRepeatable(const HttpRequest& request) const;

 private:
  std::string Serialize(const HttpRequest& request) const;

  std::string address_;
  int64_t timeout_ms_;
  std::string bearer_;
};

// The bytes that Send writes.
std::string SerializeRequest(const HttpRequest& request);
// A whole reply, as it stood on the wire until the server closed. Internal when it is not one;
// Aborted when it ends early.
absl::StatusOr<HttpReply> ParseReply(std::string_view wire);
// Percent-encodes one segment or value: letters, digits and -._~: stay.
std::string PercentEncode(std::string_view text);

}  // namespace creneau::ctl
