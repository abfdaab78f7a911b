// How many connections may be open, given what the system lets the process open in all. The log
// must never be the one that goes without: it opens its next file while it serves, and ends the
// process when it cannot. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace creneau::daemon {

// What is not for citizens' connections, whatever the number of threads: 64 admin connections and
// 64 of probes (http/server.cc), their two loops, and a hundred for files: the log's segment, its
// spare and their directory, keys, lock, time zones, stdio, the socket of systemd, the spare of the
// doors, with as many again to be safe.
inline constexpr uint64_t kReservedDescriptors = 256;
// Of each I/O thread: its listener, the epoll, timer and wake-up descriptors of its loop, the epoll
// of its connections, twice, its probe of the lag, a connection that is open for as long as it
// takes to turn it away, and one to be safe.
inline constexpr uint64_t kDescriptorsPerThread = 9;
// With fewer connections than this there is no point in serving.
inline constexpr uint64_t kLeastConnections = 256;
// And as many are left to those who confirm, where they have a listener of their own.
inline constexpr uint64_t kLeastConfirmConnections = 64;

// Who is served by threads of their own.
struct Served {
  int threads = 1;                // for citizens
  bool confirm_listener = false;  // and one more
  bool staff = false;             // and one more, whose connections are citizens' by their number
};

struct Connections {
  size_t citizens = 0;
  size_t confirms = 0;  // of the confirm listener, where there is one

  friend bool operator==(const Connections&, const Connections&) = default;
};

// The least that creneaud starts with, and what all the connections foreseen need.
uint64_t DescriptorsNeeded(const Served& served);
uint64_t DescriptorsForeseen(const Served& served);

// For http::ServerOptions: what base/limits.h foresees, or less; then the confirm listener has a
// fifth. `descriptors` is at least DescriptorsNeeded.
Connections ConnectionsFor(uint64_t descriptors, const Served& served);

}  // namespace creneau::daemon
