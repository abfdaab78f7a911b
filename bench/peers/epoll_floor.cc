// A server written by hand on epoll, with the least parsing that still finds where a request ends:
// the empty line and Content-Length. One thread, one fixed reply, all pipelined requests of one
// read answered in one write. It is faster than any server may be that checks what it reads. See
// floor.h for how it is called.
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "bench/peers/floor.h"

namespace creneau::bench {
namespace {

constexpr const char* kProgram = "epoll_floor";
constexpr size_t kReadBytes = 16 * 1024;
constexpr std::string_view kLength = "\r\nContent-Length:";

bool SameLetters(std::string_view a, std::string_view lower_or_not) {
  return std::equal(a.begin(), a.end(), lower_or_not.begin(), lower_or_not.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

// The Content-Length of a head; 0 where there is none.
size_t BodyBytes(std::string_view head) {
  for (size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at == 0 || !SameLetters(head.substr(at - 1, kLength.size()), kLength)) continue;
    size_t bytes = 0;
    for (size_t i = at - 1 + kLength.size(); i < head.size() && head[i] != '\r'; ++i) {
      if (head[i] >= '0' && head[i] <= '9') bytes = bytes * 10 + static_cast<size_t>(head[i] - '0');
    }
    return bytes;
  }
  return 0;
}

// How many bytes the whole request at the front has; nothing where it is not whole yet.
std::optional<size_t> RequestBytes(std::string_view bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const size_t whole = end + 4 + BodyBytes(bytes.substr(0, end + 2));
  return whole <= bytes.size() ? std::optional(whole) : std::nullopt;
}

class Server {
 public:
  explicit Server(int listener) : listener_(listener), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    Watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void Run() {
    std::array<epoll_event, 512> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<size_t>(i)].data.fd;
        if (fd == listener_) {
          Accept();
        } else if (!Continue(fd)) {
          connections_[static_cast<size_t>(fd)] = Connection();
          close(fd);
        }
      }
    }
  }

 private:
  struct Connection {
    std::string rest;   // the beginning of a request, where a read ended within one
    size_t owed = 0;    // bytes of replies that the socket did not take
    bool full = false;  // EPOLLOUT is waited for
  };

  void Watch(int operation, int fd, uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, operation, fd, &event) != 0) FloorFailed(kProgram, "epoll_ctl");
  }

  void Accept() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return;
        FloorFailed(kProgram, "cannot take connections");
      }
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      if (static_cast<size_t>(fd) >= connections_.size()) {
        connections_.resize(static_cast<size_t>(fd) + 1024);
      }
      Watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  // False: the connection has ended.
  bool Continue(int fd) {
    Connection& connection = connections_[static_cast<size_t>(fd)];
    if (connection.owed != 0) return Send(fd, connection);
    const ssize_t got = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    std::string_view bytes(buffer_.data(), static_cast<size_t>(got));
    if (!connection.rest.empty()) {
      connection.rest += bytes;
      bytes = connection.rest;
    }
    size_t used = 0;
    size_t requests = 0;
    for (auto next = RequestBytes(bytes); next; next = RequestBytes(bytes.substr(used))) {
      used += *next;
      ++requests;
    }
    connection.rest = std::string(bytes.substr(used));
    connection.owed = requests * kFixedReply.size();
    return Send(fd, connection);
  }

  bool Send(int fd, Connection& connection) {
    while (connection.owed != 0) {
      // Every reply is the same, so what is owed says where in the row of them to go on.
      const size_t skipped =
          (kFixedReply.size() - connection.owed % kFixedReply.size()) % kFixedReply.size();
      const size_t bytes = std::min(connection.owed, replies_.size() - skipped);
      const ssize_t sent = send(fd, replies_.data() + skipped, bytes, MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return false;
      if (sent > 0) connection.owed -= static_cast<size_t>(sent);
      if (sent < 0) break;
    }
    if ((connection.owed != 0) != connection.full) {
      connection.full = connection.owed != 0;
      Watch(EPOLL_CTL_MOD, fd, connection.full ? EPOLLOUT : EPOLLIN);
    }
    return true;
  }

  const int listener_;
  const int epoll_;
  const std::string replies_ = FixedReplies(kBatch);
  std::array<char, kReadBytes> buffer_;
  std::vector<Connection> connections_;  // by descriptor
};

}  // namespace
}  // namespace creneau::bench

int main(int argc, char** argv) {
  const uint16_t port = creneau::bench::FloorPort(creneau::bench::kProgram, argc, argv);
  creneau::bench::Server server(creneau::bench::FloorListen(creneau::bench::kProgram, port));
  server.Run();
}
