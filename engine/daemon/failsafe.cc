#include "daemon/failsafe.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include "daemon/run.h"

namespace creneau::daemon {
namespace {

// Long enough for every event loop to write its 503s, short enough for a supervisor that restarts
// us.
constexpr std::chrono::milliseconds kLastWords{300};

}  // namespace

Failsafe::Failsafe(std::string admin) : admin_(std::move(admin)), thread_([this] { Watch(); }) {}

Failsafe::~Failsafe() {
  wake_.release();
  thread_.join();
}

void Failsafe::Trip(const absl::Status& status) {
  // First of all: the diary may be a pipe that nobody reads, and whoever writes to it then waits
  // for ever. Release: the watching thread sees the mark when it wakes.
  tripped_.store(true, std::memory_order_release);
  wake_.release();
  spdlog::critical(
      "{}. What was answered before is on disk, what is under way is answered with outcome-unknown",
      std::string(status.message()));
  spdlog::critical("ending with exit code {}; see to the disk, then start again on the same --data",
                   kExitIo);
}

void Failsafe::Watch() {
  wake_.acquire();
  if (!tripped_.load(std::memory_order_acquire)) return;
  std::this_thread::sleep_for(kLastWords);
  unlink(admin_.c_str());
  // The diary needs no flush, stderr has no buffer; and a flush might wait.
  std::_Exit(kExitIo);
}

}  // namespace creneau::daemon
