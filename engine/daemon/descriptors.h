// How many connections citizens may have open, given what the system lets the process open in all.
// The log must never be the one that goes without: it opens its next file while it serves, and ends
// the process when it cannot. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace creneau::daemon {

// What is not for citizens' connections, whatever the number of threads: 64 admin connections and
// 64 of probes (http/server.cc), their two loops, and a hundred for files: the log's segment, its
// spare and their directory, keys, lock, time zones, stdio, the socket of systemd, with as many
// again to be safe.
inline constexpr uint64_t kReservedDescriptors = 256;
// Of each I/O thread: its listener, the epoll, timer and wake-up descriptors of its loop, the epoll
// of its connections, twice, and a connection that is open for as long as it takes to turn it away.
inline constexpr uint64_t kDescriptorsPerThread = 7;
// With fewer connections than this there is no point in serving.
inline constexpr uint64_t kLeastConnections = 256;

// The least that creneaud starts with.
uint64_t DescriptorsNeeded(int threads);

// For http::ServerOptions: limits::kMaxConnections, or fewer. `descriptors` is at least
// DescriptorsNeeded(threads).
size_t ConnectionsFor(uint64_t descriptors, int threads);

}  // namespace creneau::daemon
