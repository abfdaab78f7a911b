// The text of /metrics, family by family. Names follow Prometheus: base units, _total on counters,
// help for each.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "booking/engine.h"
#include "http/telemetry.h"

namespace creneau::http {

class MetricsPage {
 public:
  void AddTraffic(const Telemetry& telemetry);
  void AddConnections(const Telemetry& telemetry);
  void AddLoad(const Telemetry& telemetry, int64_t now_ns);
  void AddLog(const booking::EngineStats& stats);
  void AddSnapshots(const booking::SnapshotStats& stats);
  void AddReceipts(const booking::ReceiptStats& stats);
  void AddLedger(const booking::EngineStats& stats);
  void AddAgendas(const booking::Engine& engine, Instant now);
  void AddOpenings(const booking::Engine& engine, Instant now);
  void AddMandates(const booking::Engine& engine, Instant now);
  void AddDraws(const booking::Engine& engine, Instant now);  // draw_metrics.cc
  void AddConfirms(const Telemetry& telemetry, const booking::EngineStats& stats);
  void AddBuild();

  std::string Text() const;

 private:
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  prometheus::MetricFamily& Family(prometheus::MetricType type, std::string name, std::string help);
  void Counter(std::string name, std::string help, uint64_t value);
  void Gauge(std::string name, std::string help, double value);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace creneau::http
