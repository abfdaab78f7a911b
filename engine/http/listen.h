// Listening sockets. Addresses are numeric, so that what is bound is what was written:
// "127.0.0.1:8080", "[::1]:8080", "localhost:8080" for 127.0.0.1, or "unix:PATH". Port 0: any free
// one. Start-up only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "http/descriptor.h"

namespace creneau::http {

struct Address {
  std::string unix_path;  // empty: TCP
  std::string ip;         // numeric
  bool v6 = false;
  uint16_t port = 0;
  bool loopback = false;

  // As it is written; with the port that was bound.
  std::string Text() const;
};
absl::StatusOr<Address> ParseAddress(const std::string& text);

// `count` sockets that listen on the same address: TCP ones share it by SO_REUSEPORT, so that the
// kernel spreads connections over threads; Unix ones share one queue. A port 0 in `address` becomes
// the one that was given. AlreadyExists: somebody else listens there. A Unix socket's file gets
// `mode`; one left over from a dead process is replaced.
absl::StatusOr<std::vector<Descriptor>> Listen(Address& address, int count, mode_t mode);

}  // namespace creneau::http
