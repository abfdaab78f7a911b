// Who calls, as far as caps care: the network that a connection comes from. An IPv4 address counts
// by itself, an IPv6 address as its /64, which is what one household or machine is given.
//
// A proxy brings many people's connections, so it is listed and has no cap on them; of its requests
// X-Forwarded-For tells whose they are. That header counts only from listed peers, and is never
// identity.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace creneau::http {

// Of a socket's other end; IPv4 as IPv6 writes it, ::ffff:192.0.2.1. All zero: it has none.
using PeerAddress = std::array<uint8_t, 16>;
PeerAddress PeerAddressOf(const sockaddr_storage& peer);

// The addresses that begin with the same bits.
struct Network {
  PeerAddress address{};
  int bits = 128;  // counted in the sixteen octets

  bool Has(const PeerAddress& peer) const;
};
// "192.0.2.1", "10.0.0.0/8", "2001:db8::1", "fd00::/8". InvalidArgument: anything else.
absl::StatusOr<Network> ParseNetwork(std::string_view text);

// What a connection is counted as, until it leaves.
struct Caller {
  uint64_t network = 0;
  bool counted = false;
  bool listed = false;  // a proxy
  uint32_t uid = 0;     // of the admin socket: the user at the other end
};

// How many connections each network has, exactly, in memory that is taken at the start. Any thread;
// a lock is held for some tens of nanoseconds when a connection comes and when it goes, never for a
// request.
class Callers {
 public:
  // `each`: of one network, but those that are listed. At most `connections` are counted at a time.
  Callers(std::vector<Network> listed, size_t each, size_t connections);

  // Counts one more. False: there are as many as may be, and it is not counted.
  bool Enter(const PeerAddress& peer, Caller& caller);
  void Leave(const Caller& caller);

  // Whom a listed peer asks for: the network of the right-most address in X-Forwarded-For that is
  // not itself listed; those to the left of it anybody may have written. Nothing where there is
  // none, or what stands in its place is no address. Of several lines of that header, the last.
  // Takes no lock.
  std::optional<uint64_t> Behind(std::string_view forwarded_for) const;

 private:
  struct Entry {
    uint64_t network = 0;
    uint32_t count = 0;  // 0: nobody's
  };

  bool Lists(const PeerAddress& peer) const;
  size_t HomeOf(uint64_t network) const;
  size_t Find(uint64_t network) const;
  void Remove(size_t hole);

  const std::vector<Network> listed_;
  const size_t each_;
  std::mutex mutex_;  // guards what follows
  // Open addressing, half full at most. Whoever chooses addresses that collide makes the others
  // look at as many entries as there are connections, and no more.
  std::vector<Entry> entries_;
};

}  // namespace creneau::http
