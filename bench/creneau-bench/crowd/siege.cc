#include "bench/creneau-bench/crowd/siege.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>

#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/schedule.h"

namespace creneau::bench {
namespace {

constexpr int64_t kTurnNs = 1'000'000;
constexpr int64_t kGatherNs = 60 * kNsPerSecond;

}  // namespace

uint32_t Siege::ConnectionsOf(const Adversity& adversity) {
  return adversity.idle + adversity.slow + (adversity.floods() ? Flood::Connections() : 0);
}

Siege::Siege(const CrowdOptions& options, const Address& server)
    : adversity_(options.adversity),
      loiterers_(server, adversity_.idle, adversity_.slow, options.common.agendas.front()),
      flood_(server, options.common.agendas, options.common.seed, Flood::kStormUnderWay) {}

Siege::~Siege() { Stop(); }

absl::Status Siege::Start(const std::function<bool()>& go_on) {
  if (ConnectionsOf(adversity_) == 0) return absl::OkStatus();
  if (absl::Status opened = loiterers_.Open(); !opened.ok()) return opened;
  if (adversity_.floods()) {
    if (absl::Status opened = flood_.Open(); !opened.ok()) return opened;
  }
  thread_ = std::thread([this] { Run(); });
  const int64_t deadline = NowNs() + kGatherNs;
  while (there_.load() < ConnectionsOf(adversity_)) {
    if (!go_on()) return absl::CancelledError("interrupted");
    if (NowNs() > deadline) {
      return absl::UnavailableError(std::to_string(there_.load()) + " of " +
                                    std::to_string(ConnectionsOf(adversity_)) +
                                    " connections that beset the server could be made");
    }
    SleepNs(kTurnNs);
  }
  return absl::OkStatus();
}

void Siege::Run() {
  prctl(PR_SET_TIMERSLACK, 1);
  setpriority(PRIO_PROCESS, 0, 0);  // not as the people's thread
  bool storming = false;
  while (!stop_.load(std::memory_order_relaxed)) {
    if (const bool storm = storm_.load(std::memory_order_relaxed); storm != storming) {
      storming = storm;
      flood_.SetRate(storm ? adversity_.flood_per_s : 0);
    }
    const bool floods = adversity_.floods();
    if (floods) flood_.Turn(loiterers_.wanted() > 0 ? kTurnNs / 2 : kTurnNs);
    if (loiterers_.wanted() > 0) loiterers_.Turn(floods ? 0 : kTurnNs);
    const uint32_t there = loiterers_.up() + (floods ? flood_.up() : 0);
    most_there_ = std::max(most_there_, loiterers_.up());
    there_.store(there, std::memory_order_relaxed);
  }
}

SiegeCount Siege::Stop() {
  stop_.store(true);
  if (thread_.joinable()) thread_.join();
  return {flood_.count(), most_there_, loiterers_.sent_away()};
}

}  // namespace creneau::bench
