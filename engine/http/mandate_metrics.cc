// The part of /metrics that tells of mandates: an alarm hangs on it (tools/ has none: whoever runs
// the machine says at which number).
#include <string>
#include <utility>

#include "booking/mandates.h"
#include "http/metrics_page.h"

namespace creneau::http {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void MetricsPage::AddMandates(const booking::Engine& engine, Instant now) {
  MetricFamily waiting{
      "creneau_mandates_waiting", "Mandates that have no seat yet.", MetricType::Gauge, {}};
  MetricFamily due{"creneau_mandates_due",
                   "Mandates without a seat whose deadline is within four days, or over.",
                   MetricType::Gauge,
                   {}};
  MetricFamily over{"creneau_mandates_overdue",
                    "Mandates without a seat whose deadline is over.",
                    MetricType::Gauge,
                    {}};
  const auto add = [](MetricFamily& family, const std::string& agenda, size_t count) {
    ClientMetric metric;
    metric.label = {{"agenda", agenda}};
    metric.gauge.value = static_cast<double>(count);
    family.metric.push_back(std::move(metric));
  };
  for (const booking::MandatesWaiting& one : booking::CountMandates(engine, now)) {
    add(waiting, one.agenda->rules.name, one.waiting);
    add(due, one.agenda->rules.name, one.due);
    add(over, one.agenda->rules.name, one.over);
  }
  for (MetricFamily* family : {&waiting, &due, &over}) {
    if (!family->metric.empty()) families_.push_back(std::move(*family));
  }
}

}  // namespace creneau::http
