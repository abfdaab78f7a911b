#include "tools/creneauctl/http_client.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>

#include "absl/status/status.h"
#include "tools/creneauctl/chunks.h"

namespace creneau::ctl {
namespace {

// A month of slots of a large agenda is some megabytes.
constexpr size_t kMaxReplyBytes = 64u << 20;

absl::Status Lost(const std::string& why) {
  return absl::AbortedError("the request was sent, but " + why + ": its outcome is unknown");
}

class Deadline {
 public:
  explicit Deadline(int64_t ms) : at_(Clock::now() + std::chrono::milliseconds(ms)) {}
  // For poll: never negative, since that would mean for ever.
  int left_ms() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(at_ - Clock::now());
    return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1 << 30));
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point at_;
};

constexpr std::string_view kTcp = "tcp:";

class Socket {
 public:
  Socket() = default;
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  absl::Status Connect(const std::string& address, const Deadline& deadline) {
    if (address.rfind(kTcp, 0) == 0) return ConnectTcp(address.substr(kTcp.size()), deadline);
    return ConnectUnix(address, deadline);
  }

  int get() const { return fd_; }

  // Writes until all is written or the peer stops reading: one that refuses early still has an
  // answer to read.
  absl::Status Write(std::string_view bytes, const Deadline& deadline) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        bytes.remove_prefix(static_cast<size_t>(n));
      } else if (errno == EPIPE || errno == ECONNRESET) {
        return absl::OkStatus();
      } else if (errno != EAGAIN && errno != EINTR) {
        return Lost(std::strerror(errno));
      } else if (!Ready(POLLOUT, deadline)) {
        return Lost("the engine took too long to read it");
      }
    }
    return absl::OkStatus();
  }

  // Adds what comes next to `wire`. False: the peer has closed.
  absl::StatusOr<bool> ReadSome(std::string* wire, const Deadline& deadline) {
    std::array<char, 64 * 1024> buffer;
    while (true) {
      const ssize_t n = recv(fd_, buffer.data(), buffer.size(), 0);
      if (n >= 0) {
        wire->append(buffer.data(), static_cast<size_t>(n));
        return n > 0;
      }
      if (errno != EAGAIN && errno != EINTR) return Lost(std::strerror(errno));
      if (!Ready(POLLIN, deadline)) return Lost("nothing came in time");
    }
  }

  // Reads until the peer closes.
  absl::StatusOr<std::string> ReadAll(const Deadline& deadline) {
    std::string wire;
    std::array<char, 64 * 1024> buffer;
    while (true) {
      const ssize_t n = recv(fd_, buffer.data(), buffer.size(), 0);
      if (n == 0) return wire;
      if (n > 0) {
        wire.append(buffer.data(), static_cast<size_t>(n));
        if (wire.size() > kMaxReplyBytes) return absl::InternalError("a reply beyond all measure");
      } else if (errno == ECONNRESET && !wire.empty()) {
        return wire;  // refused before it had read everything; what it said is here
      } else if (errno != EAGAIN && errno != EINTR) {
        return Lost(std::strerror(errno));
      } else if (!Ready(POLLIN, deadline)) {
        return Lost("no whole reply came in time");
      }
    }
  }

 private:
  absl::Status ConnectUnix(const std::string& path, const Deadline& deadline) {
    fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
      return absl::UnavailableError("the path of a Unix socket has at most " +
                                    std::to_string(sizeof(address.sun_path) - 1) +
                                    " bytes: " + path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    const auto* name = reinterpret_cast<const sockaddr*>(&address);
    while (fd_ < 0 || connect(fd_, name, sizeof(address)) < 0) {
      // EAGAIN: the listener's backlog is full. A Unix socket has no event for when it no longer
      // is.
      if (fd_ < 0 || errno != EAGAIN || deadline.left_ms() == 0) {
        return absl::UnavailableError("no engine on " + path + ": " + std::strerror(errno));
      }
      poll(nullptr, 0, 10);
    }
    return absl::OkStatus();
  }

  // Addresses in figures only: nothing is looked up.
  absl::Status ConnectTcp(const std::string& where, const Deadline& deadline) {
    const size_t colon = where.rfind(':');
    std::string host = where.substr(0, colon == std::string::npos ? 0 : colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (host.empty() || getaddrinfo(host.c_str(), where.c_str() + colon + 1, &hints, &found) != 0)
      return absl::UnavailableError("expected an address such as 127.0.0.1:8080, got " + where);
    fd_ = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool begun = connect(fd_, found->ai_addr, found->ai_addrlen) == 0;
    int error = begun ? 0 : errno;
    freeaddrinfo(found);
    if (error == EINPROGRESS) {
      socklen_t size = sizeof error;
      error = ETIMEDOUT;
      if (Ready(POLLOUT, deadline)) getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) return absl::OkStatus();
    return absl::UnavailableError("nobody listens on " + where + ": " + std::strerror(error));
  }

  bool Ready(int16_t events, const Deadline& deadline) {
    pollfd watched{fd_, events, 0};
    return poll(&watched, 1, deadline.left_ms()) > 0;
  }

  int fd_ = -1;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <typename T>
std::optional<T> Number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// "HTTP/1.1 201 Created".
std::optional<int> StatusOf(std::string_view line) {
  if (line.size() < 12 || line.substr(0, 9) != "HTTP/1.1 ") return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  return Number<int>(line.substr(9, 3));
}

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::string SerializeRequest(const HttpRequest& request) {
  std::string wire = request.method + " " + request.target + " HTTP/1.1\r\nHost: creneau\r\n";
  wire += "Connection: close\r\n";
  for (const auto& [name, value] : request.headers) wire += name + ": " + value + "\r\n";
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    wire += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return wire + "\r\n" + request.body;
}

namespace {

absl::StatusOr<HttpReply> ParseHead(std::string_view head) {
  HttpReply reply;
  const std::string_view first = head.substr(0, head.find("\r\n"));
  const std::optional<int> status = StatusOf(first);
  if (!status)
    return absl::InternalError("not an HTTP/1.1 reply: " + std::string(first.substr(0, 60)));
  reply.status = *status;
  head.remove_prefix(std::min(head.size(), first.size() + 2));
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return absl::InternalError("a header without a colon");
    reply.headers.emplace_back(Lower(line.substr(0, colon)), Trim(line.substr(colon + 1)));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
  }
  return reply;
}

constexpr std::string_view kEndOfHead = "\r\n\r\n";

}  // namespace

absl::StatusOr<HttpReply> ParseReply(std::string_view wire) {
  const size_t end_of_head = wire.find(kEndOfHead);
  if (end_of_head == std::string_view::npos) {
    if (wire.empty()) return Lost("the engine closed the connection without a reply");
    return Lost("the reply ended within its headers");
  }
  absl::StatusOr<HttpReply> parsed = ParseHead(wire.substr(0, end_of_head));
  if (!parsed.ok()) return parsed;
  HttpReply& reply = *parsed;
  std::string_view body = wire.substr(end_of_head + kEndOfHead.size());
  if (!reply.header("transfer-encoding").empty()) {
    return absl::InternalError(
        "a reply with Transfer-Encoding, which the engine sends with events only");
  }
  if (reply.status == 204 || reply.status == 304) return reply;
  const std::string_view length_text = reply.header("content-length");
  const std::optional<size_t> length = Number<size_t>(length_text);
  if (!length) return absl::InternalError("a reply without a Content-Length");
  if (body.size() < *length) return Lost("the reply ended within its body");
  reply.body = body.substr(0, *length);
  return reply;
}

std::string HttpClient::Serialize(const HttpRequest& request) const {
  HttpRequest sent = request;
  if (!bearer_.empty()) sent.headers.emplace_back("Authorization", "Bearer " + bearer_);
  return SerializeRequest(sent);
}

absl::StatusOr<HttpReply> HttpClient::Send(const HttpRequest& request) const {
  const Deadline deadline(timeout_ms_);
  Socket socket;
  if (absl::Status connected = socket.Connect(address_, deadline); !connected.ok())
    return connected;
  if (absl::Status written = socket.Write(Serialize(request), deadline); !written.ok()) {
    return written;
  }
  absl::StatusOr<std::string> wire = socket.ReadAll(deadline);
  if (!wire.ok()) return wire.status();
  return ParseReply(*wire);
}

absl::StatusOr<HttpReply> HttpClient::Follow(
    const HttpRequest& request, const std::function<bool(std::string_view)>& each) const {
  Socket socket;
  if (absl::Status connected = socket.Connect(address_, Deadline(timeout_ms_)); !connected.ok())
    return connected;
  absl::Status written = socket.Write(Serialize(request), Deadline(timeout_ms_));
  if (!written.ok()) return written;
  std::string wire;
  while (wire.find(kEndOfHead) == std::string::npos) {
    const absl::StatusOr<bool> more = socket.ReadSome(&wire, Deadline(timeout_ms_));
    if (!more.ok()) return more.status();
    if (!*more) return ParseReply(wire);
  }
  const size_t end = wire.find(kEndOfHead);
  absl::StatusOr<HttpReply> head = ParseHead(std::string_view(wire).substr(0, end));
  if (!head.ok()) return head;
  if (head->header("transfer-encoding") != "chunked") {
    const absl::StatusOr<std::string> rest = socket.ReadAll(Deadline(timeout_ms_));
    return rest.ok() ? ParseReply(wire + *rest) : rest.status();
  }
  wire.erase(0, end + kEndOfHead.size());
  ChunkReader chunks;
  while (true) {
    std::string body;
    const ChunkReader::State state = chunks.Take(wire, &body);
    if (!body.empty() && !each(body)) return head;
    if (state == ChunkReader::State::kEnd) return head;
    if (state == ChunkReader::State::kMalformed)
      return absl::InternalError("a chunked body that is not one");
    wire.clear();
    const absl::StatusOr<bool> more = socket.ReadSome(&wire, Deadline(timeout_ms_));
    if (!more.ok()) return more.status();
    if (!*more) return Lost("the reply was cut off");
  }
}

absl::StatusOr<int> HttpClient::PeerProcess() const {
  Socket socket;
  if (absl::Status connected = socket.Connect(address_, Deadline(timeout_ms_)); !connected.ok())
    return connected;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return absl::UnavailableError(std::string("no peer of ") + address_);
  return peer.pid;
}

absl::StatusOr<HttpReply> HttpClient::SendRepeatable(const HttpRequest& request) const {
  const absl::StatusOr<HttpReply> reply = Send(request);
  if (!absl::IsAborted(reply.status())) return reply;
  absl::StatusOr<HttpReply> again = Send(request);
  // An engine that is gone by now may have done it before.
  if (absl::IsUnavailable(again.status())) return reply;
  return again;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~:").find(c) != std::string_view::npos;
    if (plain) {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace creneau::ctl
