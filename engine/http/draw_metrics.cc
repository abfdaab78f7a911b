// Draws: how each stands, and what is an operator's to look into.
#include <prometheus/metric_family.h>

#include "booking/draw.h"
#include "http/metrics_page.h"

namespace creneau::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

}  // namespace

void MetricsPage::AddDraws(const booking::Engine& engine, Instant now) {
  MetricFamily entries{"creneau_draw_entries",
                       "Entries that stand in the agenda's latest draw, by phase.",
                       MetricType::Gauge,
                       {}};
  MetricFamily offers{"creneau_draw_people",
                      "People of the agenda's latest draw, by what has become of them.",
                      MetricType::Gauge,
                      {}};
  const auto add = [](MetricFamily& family, std::vector<ClientMetric::Label> labels,
                      uint64_t value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = static_cast<double>(value);
    family.metric.push_back(std::move(metric));
  };
  for (const booking::AgendaInfo* info : engine.Agendas()) {
    const booking::DrawAnswer answer = booking::ReadDraw(engine, info->rules.name, now);
    if (!answer.draw) continue;
    const std::string& name = info->rules.name;
    add(entries, {{"agenda", name}, {"phase", std::string(answer.draw->phase)}},
        answer.draw->entered);
    add(offers, {{"agenda", name}, {"state", "offered"}}, answer.draw->offered);
    add(offers, {{"agenda", name}, {"state", "taken"}}, answer.draw->taken);
    add(offers, {{"agenda", name}, {"state", "passed"}}, answer.draw->passed);
    add(offers, {{"agenda", name}, {"state", "waiting"}}, answer.draw->waiting);
  }
  if (!entries.metric.empty()) {
    families_.push_back(std::move(entries));
    families_.push_back(std::move(offers));
  }
  const booking::DrawStats stats = booking::StatsOfDraws(engine);
  Counter("creneau_draw_entries_total", "Entries taken since the start.", stats.entries);
  Counter(
      "creneau_draw_crowded_total",
      "Entries by an address that had sent its share in an hour, or into a draw that was nearly "
      "full: an alarm, nobody was refused.",
      stats.crowded);
  Counter("creneau_draw_broken_total",
          "Draws that did not pass the test of uniformity and were not published.", stats.broken);
  Counter("creneau_draw_offers_total", "Offers made to entrants since the start.", stats.offers);
  Counter("creneau_draw_offers_passed_total", "Offers to entrants that nobody took.", stats.passed);
}

}  // namespace creneau::http
