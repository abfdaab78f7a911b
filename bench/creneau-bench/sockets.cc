#include "bench/creneau-bench/sockets.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "base/check.h"
#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/response.h"

namespace creneau::bench {
namespace {

// More at once and a server's backlog overflows: then the kernel tries again after a second.
constexpr uint32_t kConnectingAtOnce = 128;
constexpr int64_t kConnectAgainNs = 50'000'000;
// Small enough that what became due meanwhile is not late: a turn of a connection takes a few µs.
constexpr int kEventsAtOnce = 64;
// A week of slots of a large agenda fits, so that hardly a reply is copied.
constexpr size_t kScratchBytes = 256 * 1024;
constexpr size_t kKeptBytes = 16 * 1024;

void SetOptions(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

absl::StatusOr<Address> ResolveAddress(const std::string& host_port) {
  const size_t colon = host_port.rfind(':');
  std::string host = host_port.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  const std::string port = colon == std::string::npos ? "" : host_port.substr(colon + 1);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  uint32_t number = 0;  // getaddrinfo takes 99999 for 34463
  const bool no_port = absl::SimpleAtoi(port, &number) && (number == 0 || number > 65535);
  const int failed = host.empty() || port.empty() || no_port
                         ? EAI_NONAME
                         : getaddrinfo(host.c_str(), port.c_str(), &wanted, &found);
  if (failed != 0) {
    return absl::InvalidArgumentError("\"" + host_port +
                                      "\" is no HOST:PORT: " + gai_strerror(failed));
  }
  Address address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.length = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

Sockets::Sockets(const Address& server, uint32_t connections, Handler* handler)
    : server_(server), handler_(handler), all_(connections), scratch_(kScratchBytes) {}

Sockets::~Sockets() {
  for (const Connection& one : all_) {
    if (one.fd >= 0) close(one.fd);
  }
  if (epoll_ >= 0) close(epoll_);
}

absl::Status Sockets::Open() {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return absl::ErrnoToStatus(errno, "epoll_create1");
  for (uint32_t i = 0; i < all_.size(); ++i) to_connect_.push_back({i, 0});
  ConnectSome();
  return absl::OkStatus();
}

void Sockets::ConnectSome() {
  const int64_t now = to_connect_.empty() ? 0 : NowNs();
  while (!to_connect_.empty() && connecting_ < kConnectingAtOnce &&
         to_connect_.front().from_ns <= now) {
    const uint32_t connection = to_connect_.front().connection;
    to_connect_.pop_front();
    Connect(connection);
  }
}

void Sockets::Connect(uint32_t connection) {
  Connection& one = all_[connection];
  CHECK(one.fd < 0);
  one.fd = socket(server_.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one.fd < 0) return ConnectFailed(connection, errno);
  SetOptions(one.fd);
  const int failed =
      connect(one.fd, reinterpret_cast<const sockaddr*>(&server_.storage), server_.length);
  if (failed != 0 && errno != EINPROGRESS) return ConnectFailed(connection, errno);
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.u32 = connection;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, one.fd, &event) != 0) {
    return ConnectFailed(connection, errno);
  }
  one.state = State::kConnecting;
  ++connecting_;
}

void Sockets::ConnectFailed(uint32_t connection, int error) {
  Connection& one = all_[connection];
  last_connect_error_ = error;
  if (one.fd >= 0) close(one.fd);
  one.fd = -1;
  one.state = State::kDown;
  to_connect_.push_back({connection, NowNs() + kConnectAgainNs});
}

void Sockets::Connected(uint32_t connection) {
  Connection& one = all_[connection];
  --connecting_;
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(one.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return ConnectFailed(connection, error);
  one.state = State::kUp;
  ++up_;
  Watch(connection, false);
  handler_->OnUp(connection);
}

void Sockets::Watch(uint32_t connection, bool writing) {
  Connection& one = all_[connection];
  one.writing = writing;
  epoll_event event{};
  event.events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u32 = connection;
  CHECK(epoll_ctl(epoll_, EPOLL_CTL_MOD, one.fd, &event) == 0);
}

void Sockets::Send(uint32_t connection, std::string_view bytes, uint32_t requests) {
  Connection& one = all_[connection];
  CHECK(one.state == State::kUp);
  one.awaiting += requests;
  size_t sent = 0;
  if (one.out.empty()) {
    const ssize_t took = send(one.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // An error other than a full buffer comes again from the read that epoll asks for.
    if (took < 0 && errno != EAGAIN) return;
    sent = took < 0 ? 0 : static_cast<size_t>(took);
  }
  if (sent == bytes.size()) return;
  one.out.append(bytes.substr(sent));
  if (!one.writing) Watch(connection, true);
}

void Sockets::Flush(uint32_t connection) {
  Connection& one = all_[connection];
  const ssize_t took = send(one.fd, one.out.data(), one.out.size(), MSG_NOSIGNAL);
  if (took < 0) return;
  one.out.erase(0, static_cast<size_t>(took));
  if (one.out.empty()) Watch(connection, false);
}

void Sockets::Poll(int64_t wait_ns) {
  ConnectSome();
  if (!to_connect_.empty()) wait_ns = std::min<int64_t>(wait_ns, kConnectAgainNs / 5);
  wait_ns = std::max<int64_t>(wait_ns, 0);
  timespec wait{};
  wait.tv_sec = wait_ns / 1'000'000'000;
  wait.tv_nsec = wait_ns % 1'000'000'000;
  std::array<epoll_event, kEventsAtOnce> events;
  const int ready = epoll_pwait2(epoll_, events.data(), kEventsAtOnce, &wait, nullptr);
  now_ns_ = NowNs();
  for (int i = 0; i < ready; ++i) {
    const uint32_t connection = events[i].data.u32;
    Connection& one = all_[connection];
    if (one.state == State::kConnecting) {
      Connected(connection);
      continue;
    }
    if (one.state != State::kUp) continue;
    if ((events[i].events & EPOLLOUT) != 0) Flush(connection);
    if ((events[i].events & ~static_cast<uint32_t>(EPOLLOUT)) != 0) Readable(connection);
  }
}

void Sockets::Readable(uint32_t connection) {
  Connection& one = all_[connection];
  const ssize_t got = recv(one.fd, scratch_.data(), scratch_.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return Drop(connection, got == 0 ? "closed" : "reset");
  std::string_view wire(scratch_.data(), static_cast<size_t>(got));
  const bool continued = !one.in.empty();
  if (continued) {
    one.in.append(wire);
    wire = one.in;
  }
  size_t used = 0;
  std::string_view why;
  if (!Cut(connection, wire, &used, &why)) return Drop(connection, why);
  if (!continued) {
    if (used < wire.size()) one.in.assign(wire.substr(used));
    return;
  }
  one.in.erase(0, used);
  if (one.in.empty() && one.in.capacity() > kKeptBytes) one.in = std::string();
}

bool Sockets::Cut(uint32_t connection, std::string_view wire, size_t* used, std::string_view* why) {
  Connection& one = all_[connection];
  while (*used < wire.size()) {
    ReplyHead head;
    const std::string_view rest = wire.substr(*used);
    const HeadRead read = ReadHead(rest, &head);
    if (read == HeadRead::kMore) return true;
    *why = read == HeadRead::kBad ? "not-http" : "unasked-reply";
    if (read == HeadRead::kBad || one.awaiting == 0) return false;
    if (rest.size() - head.head_bytes < head.body_bytes) return true;
    *used += head.head_bytes + head.body_bytes;
    --one.awaiting;
    if (head.close) one.state = State::kClosing;
    handler_->OnReply(connection, Reply{head.status, rest.substr(head.head_bytes, head.body_bytes),
                                        one.awaiting == 0});
    *why = "closed";
    if (head.close) return false;
  }
  return true;
}

void Sockets::Drop(uint32_t connection, std::string_view why) {
  Connection& one = all_[connection];
  const uint32_t lost = one.awaiting;
  close(one.fd);
  one.fd = -1;
  one.state = State::kDown;
  one.writing = false;
  one.awaiting = 0;
  one.in.clear();
  one.out.clear();
  --up_;
  to_connect_.push_back({connection, 0});
  handler_->OnDown(connection, lost, why);
}

}  // namespace creneau::bench
