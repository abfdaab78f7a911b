#include "bench/creneau-bench/ends.h"

#include <csignal>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "bench/creneau-bench/server.h"
#include "tools/creneauctl/exit_code.h"

namespace creneau::bench {
namespace {

constexpr uint64_t kOtherDescriptors = 64;

void OnInterrupt(int) { Interrupted().store(true); }

void Catch(int signal) {
  if (std::signal(signal, OnInterrupt) == SIG_IGN) std::signal(signal, SIG_IGN);
}

}  // namespace

std::atomic<bool>& Interrupted() {
  static std::atomic<bool> interrupted{false};
  return interrupted;
}

void CatchInterrupts() {
  Interrupted().store(false);  // made before a signal can come
  Catch(SIGINT);
  Catch(SIGTERM);
  Catch(SIGHUP);
  std::signal(SIGPIPE, SIG_IGN);
}

absl::Status InterruptedTooEarly() {
  return absl::CancelledError("interrupted before anything was measured: no report is written");
}

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
      return kExitInterrupted;
    case absl::StatusCode::kInvalidArgument:
      return ctl::kExitUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
      return ctl::kExitUnreachable;
    default:
      return ctl::kExitIo;
  }
}

int EndOf(const absl::Status& status, int exit_code, const absl::Status& stopped) {
  for (const absl::Status& one : {status, stopped}) {
    if (!one.ok()) Warn(std::string(one.message()));
  }
  if (!status.ok()) return ExitCodeOf(status);
  return stopped.ok() ? exit_code : ExitCodeOf(stopped);
}

void Warn(const std::string& text) { absl::FPrintF(stderr, "creneau-bench: %s\n", text); }

absl::Status EnoughDescriptors(uint64_t connections) {
  const uint64_t limit = RaiseDescriptorLimit();
  if (limit >= connections + kOtherDescriptors) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "%d connections need more descriptors than the hard limit of %d allows: raise it (ulimit "
      "-Hn), or give fewer --connections",
      connections, limit));
}

}  // namespace creneau::bench
