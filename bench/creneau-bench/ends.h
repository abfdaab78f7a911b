// How a run ends before its time, and with which exit code.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace creneau::bench {

inline constexpr int kExitInterrupted = 130;

// From now on Ctrl-C, SIGTERM and SIGHUP (the terminal is gone: our creneaud and its directory go
// too) set Interrupted; what a shell or nohup has told us not to hear stays unheard. SIGPIPE is
// ignored. Once, from the main thread.
void CatchInterrupts();
std::atomic<bool>& Interrupted();  // any thread

absl::Status InterruptedTooEarly();
int ExitCodeOf(const absl::Status& status);
// Of a run that came to `status` and, where that is well, would end with `exit_code`, and of how
// our creneaud then stopped. Tells what went wrong.
int EndOf(const absl::Status& status, int exit_code, const absl::Status& stopped);
// On stderr.
void Warn(const std::string& text);

// To what the hard limit allows. InvalidArgument where that is too little for so many connections.
absl::Status EnoughDescriptors(uint64_t connections);

}  // namespace creneau::bench
