// The daemon's life: open the engine, serve, and end in one of the ways that design 9 numbers.
#pragma once

#include <string>

#include "daemon/options.h"

namespace creneau::daemon {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 2;      // flags or file, or too few descriptors for them
inline constexpr int kExitRefused = 3;    // another process has the data directory
inline constexpr int kExitIntegrity = 5;  // the log is damaged; nothing was changed
inline constexpr int kExitIo = 7;         // a disk or a socket failed

// "data=d keys=d/keys listen=127.0.0.1:8080 ...": what would run, for --check.
std::string Describe(const Options& options);

// Serves until SIGTERM or SIGINT. Prints exactly one line on stdout, when ready; everything else
// goes to stderr. Returns the exit code; when the log fails while serving it ends the process
// itself, since threads may be stuck in a dead disk.
int Run(const Options& options);

}  // namespace creneau::daemon
