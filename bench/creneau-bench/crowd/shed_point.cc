#include "bench/creneau-bench/crowd/shed_point.h"

#include "bench/creneau-bench/crowd/flood.h"
#include "bench/creneau-bench/crowd/office.h"
#include "bench/creneau-bench/now.h"
#include "bench/creneau-bench/schedule.h"
#include "bench/creneau-bench/server.h"
#include "env/posix/posix_clock.h"

namespace creneau::bench {
namespace {

constexpr double kFirstPerS = 2000;
constexpr double kStep = 1.25;
constexpr int64_t kStepNs = kNsPerSecond;
constexpr int64_t kConnectNs = 60 * kNsPerSecond;
constexpr int64_t kTurnNs = 1'000'000;
constexpr double kShed = 0.001;     // of the replies
constexpr double kHeldBack = 0.05;  // of what was due

}  // namespace

absl::StatusOr<ShedPoint> FindShedPoint(const CrowdOptions& options,
                                        const std::function<bool()>& go_on) {
  CrowdOptions direct = options;
  direct.queue = false;
  OwnServer own;
  if (absl::Status up = own.Start(direct.common); !up.ok()) return up;
  const std::vector<AgendaText> offices = Offices(direct, env::PosixClock().Now());
  if (absl::Status there = own.Publish(offices); !there.ok()) return there;
  const absl::StatusOr<Address> server = ResolveAddress(own.address());
  if (!server.ok()) return server.status();
  Flood flood(*server, own.agendas(), options.common.seed, 1);
  if (absl::Status opened = flood.Open(); !opened.ok()) return opened;
  const auto alive = [&] { return go_on() && !own.Ended(); };
  const int64_t deadline = NowNs() + kConnectNs;
  while (flood.up() < Flood::Connections() && alive() && NowNs() < deadline) flood.Turn(kTurnNs);
  if (alive() && flood.up() < Flood::Connections()) {
    return absl::UnavailableError(std::to_string(flood.up()) + " of " +
                                  std::to_string(Flood::Connections()) +
                                  " connections of a flood could be made");
  }
  ShedPoint point;
  for (double per_s = kFirstPerS; alive(); per_s *= kStep) {
    const FloodCount before = flood.count();
    flood.SetRate(per_s);
    for (const int64_t end = NowNs() + kStepNs; NowNs() < end && alive();) flood.Turn(kTurnNs);
    const FloodCount step = flood.count() - before;
    const auto replies = static_cast<double>(step.served + step.refused);
    if (alive() && replies == 0) return absl::UnavailableError("a flood had no reply in a second");
    point = {per_s, static_cast<double>(step.served) / step.seconds, false};
    if (static_cast<double>(step.refused) >= kShed * replies) break;
    point.without_a_refusal =
        static_cast<double>(step.due - step.sent) > kHeldBack * static_cast<double>(step.due);
    if (point.without_a_refusal) break;
  }
  if (!go_on()) return absl::CancelledError("interrupted");
  if (absl::Status ended = own.Stop(); !ended.ok()) return ended;
  return point;
}

}  // namespace creneau::bench
