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

// An event says which socket of a connection it is about.
uint64_t EventOf(uint32_t connection, uint32_t generation) {
  return uint64_t{generation} << 32 | connection;
}

bool BindSource(int fd, uint32_t ipv4) {
  // The port is chosen when it connects: one source has as many as there are destinations.
  const int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(ipv4);
  return bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof(source)) == 0;
}

// The generator's own wants by other names than the server's refusals.
std::string_view WhyNot(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
      return "no-descriptor";
    case EADDRNOTAVAIL:
    case EADDRINUSE:
      return "no-port";
    case ECONNREFUSED:
      return "refused";
    default:
      return "no-connection";
  }
}

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
  for (uint32_t i = 0; i < all_.size(); ++i) {
    if (!all_[i].ends.on_demand) to_connect_.push_back({i, 0});
  }
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
  const Address& server = one.ends.server == nullptr ? server_ : *one.ends.server;
  one.fd = socket(server.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one.fd < 0) return ConnectFailed(connection, errno);
  SetOptions(one.fd);
  if (one.ends.source_ipv4 != 0 && !BindSource(one.fd, one.ends.source_ipv4)) {
    return ConnectFailed(connection, errno);
  }
  const int failed =
      connect(one.fd, reinterpret_cast<const sockaddr*>(&server.storage), server.length);
  if (failed != 0 && errno != EINPROGRESS) return ConnectFailed(connection, errno);
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.u64 = EventOf(connection, one.generation);
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
  ++one.generation;
  one.state = State::kDown;
  if (one.ends.on_demand) return failed_.emplace_back(connection, WhyNot(error)), void();
  to_connect_.push_back({connection, NowNs() + kConnectAgainNs});
}

// Not from Send, which its own caller is in the middle of.
void Sockets::TellFailed() {
  const auto failed = std::exchange(failed_, {});
  for (const auto& [connection, why] : failed) {
    Connection& one = all_[connection];
    one.out.clear();
    handler_->OnDown(connection, std::exchange(one.awaiting, 0), why);
  }
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
  if (!one.out.empty()) Flush(connection);
  handler_->OnUp(connection);
}

void Sockets::Watch(uint32_t connection, bool writing) {
  Connection& one = all_[connection];
  one.writing = writing;
  epoll_event event{};
  event.events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = EventOf(connection, one.generation);
  CHECK(epoll_ctl(epoll_, EPOLL_CTL_MOD, one.fd, &event) == 0);
}

void Sockets::Send(uint32_t connection, std::string_view bytes, uint32_t requests) {
  Connection& one = all_[connection];
  CHECK(one.state == State::kUp || (one.ends.on_demand && one.state == State::kDown));
  one.awaiting += requests;
  if (one.state == State::kDown) {
    one.out.assign(bytes);
    return Connect(connection);
  }
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
  if (one.out.empty() || !one.writing) Watch(connection, !one.out.empty());
}

void Sockets::Poll(int64_t wait_ns) {
  TellFailed();
  ConnectSome();
  if (!failed_.empty()) wait_ns = 0;
  if (!to_connect_.empty()) wait_ns = std::min<int64_t>(wait_ns, kConnectAgainNs / 5);
  wait_ns = std::max<int64_t>(wait_ns, 0);
  timespec wait{};
  wait.tv_sec = wait_ns / 1'000'000'000;
  wait.tv_nsec = wait_ns % 1'000'000'000;
  std::array<epoll_event, kEventsAtOnce> events;
  const int ready = epoll_pwait2(epoll_, events.data(), kEventsAtOnce, &wait, nullptr);
  now_ns_ = NowNs();
  for (int i = 0; i < ready; ++i) {
    const auto connection = static_cast<uint32_t>(events[i].data.u64);
    Connection& one = all_[connection];
    if (events[i].data.u64 != EventOf(connection, one.generation)) continue;
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
                                        one.awaiting == 0, head.retry_after_s});
    *why = "closed";
    if (head.close) return false;
  }
  return true;
}

uint32_t Sockets::Close(uint32_t connection) {
  Connection& one = all_[connection];
  if (one.state == State::kConnecting) {
    --connecting_;
  } else {
    --up_;
  }
  close(one.fd);
  one.fd = -1;
  ++one.generation;
  one.state = State::kDown;
  one.writing = false;
  one.in.clear();
  one.out.clear();
  if (!one.ends.on_demand) to_connect_.push_back({connection, 0});
  return std::exchange(one.awaiting, 0);
}

void Sockets::HangUp(uint32_t connection) {
  if (all_[connection].fd >= 0) Close(connection);
}

void Sockets::Drop(uint32_t connection, std::string_view why) {
  handler_->OnDown(connection, Close(connection), why);
}

}  // namespace creneau::bench
