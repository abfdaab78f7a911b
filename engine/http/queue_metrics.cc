// The part of /metrics that tells how an opening goes: of each agenda its phase and its queue, and
// what the engine as a whole could bear.
#include <array>
#include <string>
#include <utility>

#include "http/metrics_page.h"

namespace creneau::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// Families whose series are added agenda by agenda.
class Gauges {
 public:
  Gauges(std::string name, std::string help)
      : family_{std::move(name), std::move(help), MetricType::Gauge, {}} {}

  void Add(std::vector<ClientMetric::Label> labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    family_.metric.push_back(std::move(metric));
  }

  bool empty() const { return family_.metric.empty(); }
  MetricFamily Take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

// Of all agendas.
struct OpeningGauges {
  Gauges phase{"creneau_opening_phase", "1 for the phase in which the agenda's opening is."};
  Gauges paused{"creneau_opening_paused", "1 while an operator has paused the agenda."};

  void Add(const booking::AgendaInfo& info, const booking::OpeningView& opening) {
    const std::string& name = info.rules.name;
    for (const booking::Phase one : booking::kAllPhases) {
      phase.Add({{"agenda", name}, {"phase", std::string(booking::PhaseName(one))}},
                one == opening.phase ? 1 : 0);
    }
    paused.Add({{"agenda", name}}, opening.state.paused ? 1 : 0);
  }
};

// Of those with a queue.
struct QueueGauges {
  Gauges gathered{"creneau_queue_gathered", "People who came before the opening began, about."};
  Gauges waiting{"creneau_queue_waiting", "People who have not been admitted yet, about."};
  Gauges admitted{"creneau_queue_admitted", "People admitted in this opening so far, about."};
  Gauges free{"creneau_queue_free_seats", "Seats that can be booked on the web, a moment ago."};
  Gauges rate{"creneau_queue_rate_per_minute", "People admitted a minute, lately."};
  Gauges cap{"creneau_queue_rate_cap_per_minute", "An operator's bound on that; 0 for none."};
  Gauges draining{"creneau_queue_draining",
                  "1 while no more tickets are given out, by an operator's order."};
  Gauges limited{"creneau_admission_limited_by",
                 "1 for what keeps more people from being admitted now."};

  void Add(const booking::AgendaInfo& info, const booking::OpeningView& opening) {
    const std::vector<ClientMetric::Label> agenda = {{"agenda", info.rules.name}};
    gathered.Add(agenda, opening.state.gathered);
    waiting.Add(agenda, opening.waiting);
    admitted.Add(agenda, opening.state.served);
    free.Add(agenda, opening.free);
    rate.Add(agenda, opening.rate_per_min);
    cap.Add(agenda, opening.state.rate_cap_per_min);
    draining.Add(agenda, opening.state.draining ? 1 : 0);
    for (const std::string_view limit : booking::AdmissionLimits()) {
      limited.Add({{"agenda", info.rules.name}, {"reason", std::string(limit)}},
                  limit == opening.limit ? 1 : 0);
    }
  }
};

}  // namespace

void MetricsPage::AddOpenings(const booking::Engine& engine, Instant now) {
  OpeningGauges openings;
  QueueGauges queues;
  Gauges listed("creneau_roster_people", "People whom the agenda's roster lists.");
  for (const booking::AgendaInfo* info : engine.Agendas()) {
    const booking::QueueAnswer answer = engine.ReadQueue(info->rules.name, now);
    if (answer.agenda == nullptr) continue;
    openings.Add(*info, answer.opening);
    if (info->rules.policy == rules::Policy::kQueue) queues.Add(*info, answer.opening);
    if (info->rules.identity_proof == rules::IdentityProof::kListed) {
      listed.Add({{"agenda", info->rules.name}},
                 static_cast<double>(engine.ListedPeople(info->rules.name)));
    }
  }
  for (Gauges* gauges :
       {&openings.phase, &openings.paused, &queues.gathered, &queues.waiting, &queues.admitted,
        &queues.free, &queues.rate, &queues.cap, &queues.draining, &queues.limited, &listed}) {
    if (!gauges->empty()) families_.push_back(gauges->Take());
  }
}

void MetricsPage::AddConfirms(const Telemetry& telemetry, const booking::EngineStats& stats) {
  ClientMetric metric;
  uint64_t cumulative = 0;
  uint64_t sum_ms = 0;
  for (size_t i = 0; i <= Durations::kBoundsMs.size(); ++i) {
    for (const Telemetry::Thread& thread : telemetry.threads())
      cumulative += thread.counters->confirms().count(i);
    if (i == Durations::kBoundsMs.size()) break;
    metric.histogram.bucket.push_back(
        {cumulative, static_cast<double>(Durations::kBoundsMs[i]) / 1000.0});
  }
  for (const Telemetry::Thread& thread : telemetry.threads())
    sum_ms += thread.counters->confirms().sum_ms();
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = static_cast<double>(sum_ms) / 1000.0;
  Family(MetricType::Histogram, "creneau_confirm_duration_seconds",
         "Time from a confirm's last byte until its answer, that it is confirmed, could leave.")
      .metric.push_back(std::move(metric));
  // Nothing has been measured yet: there is no bound.
  if (stats.hold_bound != UINT64_MAX)
    Gauge("creneau_hold_bound", "Live holds that the log can confirm in time.",
          static_cast<double>(stats.hold_bound));
  Gauge("creneau_log_batch_p99_seconds",
        "The time within which 99 of 100 recent batches of the log were written.",
        static_cast<double>(stats.batch_p99_us) * 1e-6);
}

}  // namespace creneau::http
