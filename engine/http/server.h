// The front end as the daemon sees it: listeners, threads, and one way to stop.
//
//   public listener    `threads` workers with a loop each, sharing an address by SO_REUSEPORT; the
//                      citizens' routes
//   confirm listener   where asked for, one worker, with connections, backlog and thread of its
//   own,
//                      so that a crowd at the public listener is not in its way; only what whoever
//                      holds a seat does with it
//   admin socket       one worker of its own, so that a publication, which waits, holds up nobody;
//                      all routes, owner only
//   metrics listener   where asked for, one worker; /livez, /readyz and /metrics only
//   reading room       one thread, which makes answers that citizens' threads must not wait for
//
// The engine must outlive the server's Stop; after it, no act is under way and the engine can be
// closed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limits.h"
#include "booking/engine.h"
#include "http/callers.h"
#include "http/connection.h"

namespace creneau::http {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // or "[::1]:8080", "unix:PATH"; port 0 is any free one
  std::string confirm{};                  // as listen; empty: none
  std::string admin_socket;               // path; empty: none
  std::string metrics;                    // as listen; empty: none
  int threads = 1;
  // Of citizens, together; one more is answered 503 and closed. The caller sees to it that as many
  // descriptors are left, beside those that everything else needs.
  size_t max_connections = limits::kMaxConnections;
  size_t max_confirm_connections = limits::kMaxConfirmConnections;  // of the confirm listener
  // Of the public listener's connections, those of one address that is not listed; one more is
  // answered 429 and closed.
  size_t connections_per_address = limits::kConnectionsPerAddress;
  // Of its requests a second, those of one address: the peer's, or whom a listed peer names in
  // X-Forwarded-For; 0: as many as come. One more is answered 429. Not of what the holder of a seat
  // does.
  uint32_t requests_per_address = limits::kRequestsPerAddress;
  std::vector<Network> proxies{};  // listed addresses
  // There is no TLS inside, so addresses beyond loopback are refused unless the network in between
  // is said to be trusted.
  bool trusted_network = false;
  // Whether the staff's routes answer on the public listener, to those with a key (booking's
  // staff_keys.h); without, they are 404 there.
  bool staff_on_public = false;
  Deadlines deadlines;
};

class Server {
 public:
  // Listens before it returns. InvalidArgument: an address that cannot be read or is not allowed;
  // AlreadyExists: somebody else listens there; other errors as the system gives them, with address
  // and reason.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       booking::Engine& engine);
  // Stops first.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // As they were bound, with the port that was given; empty where there is none.
  const std::string& address() const;
  const std::string& confirm_address() const;
  const std::string& metrics_address() const;

  // Accepts nothing more, ends idle connections, lets requests under way finish for at most a few
  // seconds, and returns when every thread has ended. Longer only if the log itself hangs, or a
  // file that is read for somebody: what these hold cannot be taken back. Idempotent; one thread.
  void Stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace creneau::http
