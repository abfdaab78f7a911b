// What the two floors have in common: how they are called, where they listen, and the line that
// says so.
//
//   asio_floor                 listens on a free port of 127.0.0.1, says "asio_floor ready on
//   127.0.0.1:PORT", serves until SIGTERM asio_floor --port N        on that port asio_floor
//   --reply         prints the fixed reply and ends (bench/peers/nginx takes its body from there)
//
// One thread. Errors are said on stderr and end the program: 2 usage, 7 the socket.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "bench/peers/fixed_reply.h"

namespace creneau::bench {

// As creneaud (engine/http/listen.cc).
inline constexpr int kBacklog = 4096;
// More replies than that are not put into one write, as in creneaud (limits::kMaxPipelined).
inline constexpr size_t kBatch = 16;

[[noreturn]] inline void FloorFailed(const char* program, const char* what) {
  std::fprintf(stderr, "%s: %s: %s\n", program, what, std::strerror(errno));
  std::exit(7);
}

// The port asked for (0: any). Ends the program where the arguments ask for something else.
inline uint16_t FloorPort(const char* program, int argc, char** argv) {
  if (argc == 1) return 0;
  const std::string_view flag = argv[1];
  if (argc == 2 && flag == "--reply") {
    std::fwrite(kFixedReply.data(), 1, kFixedReply.size(), stdout);
    std::exit(0);
  }
  uint16_t port = 0;
  if (argc == 3 && flag == "--port") {
    const std::string_view text = argv[2];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return port;
  }
  std::fprintf(stderr, "usage: %s [--port N | --reply]\n", program);
  std::exit(2);
}

// A non-blocking listening socket; its port is said on stdout.
inline int FloorListen(const char* program, uint16_t port) {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) FloorFailed(program, "cannot open a socket");
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (bind(fd, generic, size) != 0 || listen(fd, kBacklog) != 0 ||
      getsockname(fd, generic, &size) != 0) {
    FloorFailed(program, "cannot listen on 127.0.0.1");
  }
  std::printf("%s ready on 127.0.0.1:%u\n", program, unsigned{ntohs(address.sin_port)});
  std::fflush(stdout);
  return fd;
}

}  // namespace creneau::bench
