#include "http/telemetry.h"

#include <algorithm>

#include "base/check.h"
#include "http/metrics_page.h"
#include "http/routes.h"

namespace creneau::http {

std::string_view TurnedAwayName(TurnedAway why) {
  switch (why) {
    case TurnedAway::kFull:
      return "full";
    case TurnedAway::kAddress:
      return "address";
    case TurnedAway::kDescriptors:
      return "descriptors";
  }
  CHECK(false);
}

void Counters::CountReply(size_t route, int status, Outcome outcome) {
  CHECK(route < kMaxRoutes);
  const auto* const at = std::find(kStatuses.begin(), kStatuses.end(), status);
  CHECK(at != kStatuses.end());
  const auto place = static_cast<size_t>(at - kStatuses.begin());
  replies_[route][place].fetch_add(1, std::memory_order_relaxed);
  outcomes_[static_cast<size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
}

Counters& Telemetry::AddThread(std::string_view listener) {
  CHECK(RouteCount() < kMaxRoutes);
  threads_.push_back({std::string(listener), std::make_unique<Counters>()});
  return *threads_.back().counters;
}

std::string Telemetry::Render(const booking::Engine& engine, Instant now) const {
  MetricsPage page;
  page.AddTraffic(*this);
  page.AddConnections(*this);
  page.AddLoad(*this, engine.clock().MonotonicNs());
  const booking::EngineStats stats = engine.stats();
  page.AddLog(stats);
  page.AddSnapshots(stats.snapshots);
  page.AddReceipts(stats.receipts);
  page.AddLedger(stats);
  page.AddAgendas(engine, now);
  page.AddOpenings(engine, now);
  page.AddMandates(engine, now);
  page.AddDraws(engine, now);
  page.AddConfirms(*this, stats);
  page.AddBuild();
  return page.Text();
}

booking::EdgeRefused Telemetry::Refused() const {
  booking::EdgeRefused sums;
  for (const Thread& thread : threads_) {
    for (size_t lane = 0; lane < sums.shed.size(); ++lane) {
      const auto of = [&](surge::Shed why) {
        return thread.counters->shed(static_cast<surge::Lane>(lane), why);
      };
      sums.shed[lane] += of(surge::Shed::kLag) + of(surge::Shed::kLog);
      sums.over_rate += of(surge::Shed::kAddress);
    }
    for (int why = 0; why < kTurnedAways; ++why)
      sums.turned_away += thread.counters->turned_away(static_cast<TurnedAway>(why));
  }
  return sums;
}

}  // namespace creneau::http
