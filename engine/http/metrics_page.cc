#include "http/metrics_page.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>

#include "http/routes.h"

namespace creneau::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void AddCounter(MetricFamily& family, std::vector<ClientMetric::Label> labels, uint64_t value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  family.metric.push_back(std::move(metric));
}

void AddGauge(MetricFamily& family, std::vector<ClientMetric::Label> labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

// Buckets of wal::LogStats: at most 64 us << i, the last one without a bound.
ClientMetric BatchDurations(const wal::LogStats& stats) {
  constexpr double kFirstBoundS = 64e-6;
  ClientMetric metric;
  uint64_t cumulative = 0;
  double bound_s = kFirstBoundS;
  for (size_t i = 0; i + 1 < stats.by_duration.size(); ++i, bound_s *= 2) {
    cumulative += stats.by_duration[i];
    metric.histogram.bucket.push_back({cumulative, bound_s});
  }
  metric.histogram.sample_count = cumulative + stats.by_duration.back();
  metric.histogram.sample_sum = static_cast<double>(stats.duration_us_sum) * 1e-6;
  return metric;
}

void AddRecord(const booking::Engine& engine, const booking::AgendaInfo& agenda,
               const booking::AgendaAnswer& answer, MetricFamily* refused,
               MetricFamily* cancelled) {
  const std::string& name = agenda.rules.name;
  for (int i = 0; i < kOutcomes; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    const uint64_t count = engine.Refused(agenda.id, outcome);
    if (count == 0) continue;
    AddCounter(*refused, {{"agenda", name}, {"outcome", std::string(OutcomeName(outcome))}}, count);
  }
  for (const Channel channel : kAllChannels) {
    const booking::ChannelCounts& counts = answer.counts[static_cast<size_t>(channel)];
    if (counts.cancelled == 0) continue;
    AddCounter(*cancelled, {{"agenda", name}, {"channel", std::string(ChannelName(channel))}},
               counts.cancelled);
  }
}

}  // namespace

MetricFamily& MetricsPage::Family(MetricType type, std::string name, std::string help) {
  families_.push_back({std::move(name), std::move(help), type, {}});
  return families_.back();
}

void MetricsPage::Counter(std::string name, std::string help, uint64_t value) {
  AddCounter(Family(MetricType::Counter, std::move(name), std::move(help)), {}, value);
}

void MetricsPage::Gauge(std::string name, std::string help, double value) {
  AddGauge(Family(MetricType::Gauge, std::move(name), std::move(help)), {}, value);
}

void MetricsPage::AddTraffic(const Telemetry& telemetry) {
  MetricFamily replies{"creneau_http_requests_total",
                       "Requests answered, by method, route and status.",
                       MetricType::Counter,
                       {}};
  for (size_t route = 0; route <= RouteCount(); ++route) {
    for (size_t status = 0; status < kStatuses.size(); ++status) {
      uint64_t sum = 0;
      for (const Telemetry::Thread& thread : telemetry.threads()) {
        sum += thread.counters->replies(route, status);
      }
      if (sum == 0) continue;
      // Routes share paths: only with the method is a series one of its own.
      AddCounter(replies,
                 {{"method", std::string(RouteMethod(route))},
                  {"route", std::string(RouteName(route))},
                  {"status", std::to_string(kStatuses[status])}},
                 sum);
    }
  }
  families_.push_back(std::move(replies));

  MetricFamily outcomes{
      "creneau_outcomes_total", "Requests answered, by outcome.", MetricType::Counter, {}};
  for (size_t i = 0; i < kOutcomes; ++i) {
    uint64_t sum = 0;
    for (const Telemetry::Thread& thread : telemetry.threads()) {
      sum += thread.counters->outcomes(i);
    }
    AddCounter(outcomes, {{"outcome", std::string(OutcomeName(static_cast<Outcome>(i)))}}, sum);
  }
  families_.push_back(std::move(outcomes));
}

void MetricsPage::AddConnections(const Telemetry& telemetry) {
  struct Listener {
    int64_t open = 0;
    std::array<uint64_t, kTurnedAways> turned_away{};
  };
  std::map<std::string, Listener> listeners;
  for (const Telemetry::Thread& thread : telemetry.threads()) {
    Listener& listener = listeners[thread.listener];
    listener.open += thread.counters->connections();
    for (size_t why = 0; why < kTurnedAways; ++why) {
      listener.turned_away[why] += thread.counters->turned_away(static_cast<TurnedAway>(why));
    }
  }
  MetricFamily gauge{"creneau_connections", "Connections open now.", MetricType::Gauge, {}};
  MetricFamily refused{"creneau_connections_refused_total",
                       "Connections that were answered and closed unserved, by reason.",
                       MetricType::Counter,
                       {}};
  for (const auto& [name, listener] : listeners) {
    AddGauge(gauge, {{"listener", name}}, static_cast<double>(listener.open));
    for (size_t why = 0; why < kTurnedAways; ++why) {
      const std::string reason(TurnedAwayName(static_cast<TurnedAway>(why)));
      AddCounter(refused, {{"listener", name}, {"reason", reason}}, listener.turned_away[why]);
    }
  }
  families_.push_back(std::move(gauge));
  families_.push_back(std::move(refused));
}

void MetricsPage::AddLoad(const Telemetry& telemetry, int64_t now_ns) {
  MetricFamily& shed = Family(
      MetricType::Counter, "creneau_shed_total",
      "Requests refused unread: lag and log because of load, address because one asks too often.");
  for (const surge::Lane lane :
       {surge::Lane::kHold, surge::Lane::kRead, surge::Lane::kArrival, surge::Lane::kReceipt}) {
    for (const surge::Shed why : {surge::Shed::kLag, surge::Shed::kLog, surge::Shed::kAddress}) {
      if (why == surge::Shed::kLog && lane != surge::Lane::kHold) continue;  // there are none
      uint64_t sum = 0;
      for (const Telemetry::Thread& thread : telemetry.threads()) {
        sum += thread.counters->shed(lane, why);
      }
      AddCounter(shed,
                 {{"lane", std::string(surge::LaneName(lane))},
                  {"reason", std::string(surge::ShedName(why))}},
                 sum);
    }
  }
  std::map<std::string, int64_t> worst_us;
  for (const Telemetry::Thread& thread : telemetry.threads()) {
    int64_t& worst = worst_us[thread.listener];
    worst = std::max(worst, thread.counters->lag_us(now_ns));
  }
  MetricFamily& lag =
      Family(MetricType::Gauge, "creneau_event_loop_lag_seconds",
             "How long a request waits for its turn, on the listener's thread where "
             "that is longest.");
  for (const auto& [listener, lag_us] : worst_us) {
    AddGauge(lag, {{"listener", listener}}, static_cast<double>(lag_us) * 1e-6);
  }
}

void MetricsPage::AddLog(const booking::EngineStats& stats) {
  Counter("creneau_log_batches_total", "Batches written to the log, seals included.",
          stats.log.batches);
  Counter("creneau_log_seals_total", "Empty batches that seal the one before them.",
          stats.log.seals);
  Counter("creneau_log_records_total", "Records written to the log.", stats.log.records);
  Counter("creneau_log_record_bytes_total", "Bytes of records written to the log.",
          stats.log.record_bytes);
  Counter("creneau_log_written_bytes_total",
          "Bytes written to the log, headers and padding included.", stats.log.written_bytes);
  Family(MetricType::Histogram, "creneau_log_batch_duration_seconds",
         "Time that writing a batch took.")
      .metric.push_back(BatchDurations(stats.log));
  Counter("creneau_checkpoints_total", "Signed checkpoints of the log written since start.",
          stats.checkpoints);
  Counter("creneau_checkpoint_failures_total", "Checkpoints that could not be written since start.",
          stats.checkpoint_failures);
  Counter("creneau_service_records_total", "Records of the service record logged since start.",
          stats.service_records);
  Counter("creneau_record_file_failures_total",
          "Failures to keep the files that the service record is read from, since start.",
          stats.record_failures);
  Gauge("creneau_log_durable_lsn", "Position of the last record known to be durable.",
        static_cast<double>(stats.durable_lsn.value));
  Gauge("creneau_log_in_flight_seconds",
        "Age of the batch that is being written; 0 when there is none.",
        static_cast<double>(stats.log_in_flight_ms) / 1000.0);
  Gauge("creneau_log_ready_bytes", "Preallocated log space that is not written yet.",
        static_cast<double>(stats.space.ready_bytes));
  Gauge("creneau_log_can_grow", "1 while the file system has room for another log segment.",
        stats.space.can_grow ? 1 : 0);
  Gauge("creneau_log_failed", "1 once the log has failed; nothing is promised any more.",
        stats.poisoned ? 1 : 0);
  Gauge("creneau_read_only", "1 while new holds are refused because the disk is nearly full.",
        stats.read_only ? 1 : 0);
}

void MetricsPage::AddSnapshots(const booking::SnapshotStats& stats) {
  Counter("creneau_snapshots_total", "Snapshots taken since start.", stats.taken);
  Counter("creneau_snapshot_failures_total",
          "Snapshots, or the clearing away after them, that failed since start.", stats.failed);
  Counter("creneau_log_segments_archived_total", "Segments of the log archived since start.",
          stats.archived);
  Gauge("creneau_log_bytes_since_snapshot",
        "Bytes of the log that a start would read after the newest snapshot, or so.",
        static_cast<double>(stats.log_bytes_since));
  if (!stats.last) return;
  Gauge("creneau_snapshot_lsn", "Position in the log of the newest snapshot.",
        static_cast<double>(stats.last->position.value));
  Gauge("creneau_snapshot_bytes", "Size of the newest snapshot.",
        static_cast<double>(stats.last->bytes));
  Gauge("creneau_snapshot_timestamp_seconds", "When the newest snapshot was taken.",
        static_cast<double>(stats.last->taken_at.ms) / 1000.0);
  Gauge("creneau_snapshot_duration_seconds",
        "Time that the newest snapshot took; 0 when it was taken before this start.",
        static_cast<double>(stats.last_duration_ms) / 1000.0);
}

void MetricsPage::AddReceipts(const booking::ReceiptStats& stats) {
  MetricFamily& made = Family(MetricType::Counter, "creneau_receipts_signed_total",
                              "Receipts signed since start, by what they are of.");
  AddCounter(made, {{"kind", "attempt"}}, stats.attempts);
  AddCounter(made, {{"kind", "confirmation"}}, stats.confirmations);
  Counter("creneau_receipts_verified_total", "Receipts that were checked for somebody since start.",
          stats.verified);
  Counter("creneau_receipts_refused_total",
          "Receipts neither signed nor checked since start: more were asked for in a second than "
          "are given out.",
          stats.refused);
}

void MetricsPage::AddLedger(const booking::EngineStats& stats) {
  Gauge("creneau_live_holds", "Holds that are neither confirmed nor ended.",
        static_cast<double>(stats.live_holds));
  Gauge("creneau_ledger_seats", "Seats that the ledger knows, of any state.",
        static_cast<double>(stats.seats));
  Gauge("creneau_subject_index_entries", "Entries of the subject index.",
        static_cast<double>(stats.index_entries));
  Gauge("creneau_displaced", "People with a seat on a day that was closed, and none elsewhere yet.",
        static_cast<double>(stats.displaced));
  Gauge("creneau_displaced_stuck",
        "Of those, people whom an agent has to see to: nothing is free for them, or the office has "
        "moved them once already.",
        static_cast<double>(stats.displaced_stuck));
  Counter("creneau_holds_expired_total", "Holds taken back at their deadline.", stats.expired);
  Counter("creneau_seats_freed_total", "Cooled seats given back.", stats.freed);
}

void MetricsPage::AddAgendas(const booking::Engine& engine, Instant now) {
  MetricFamily& seats = Family(MetricType::Gauge, "creneau_seats",
                               "Seats of slots that have not begun, by agenda, channel and state.");
  MetricFamily published{"creneau_seats_published",
                         "Seats of slots that have not begun, in any state.",
                         MetricType::Gauge,
                         {}};
  MetricFamily refused{"creneau_refusals_total",
                       "Requests for a seat or a ticket that were refused, by agenda and outcome.",
                       MetricType::Counter,
                       {}};
  MetricFamily cancelled{"creneau_reservations_cancelled_total",
                         "Confirmed reservations cancelled by their holders, ever.",
                         MetricType::Counter,
                         {}};
  MetricFamily waiting{
      "creneau_waiting", "People in the waitlist, by agenda and channel.", MetricType::Gauge, {}};
  for (const booking::AgendaInfo* info : engine.Agendas()) {
    const booking::AgendaAnswer answer = engine.ReadAgenda(info->rules.name, now);
    if (answer.agenda == nullptr) continue;
    for (const Channel channel : kAllChannels) {
      const booking::ChannelCounts& counts = answer.counts[static_cast<size_t>(channel)];
      if (counts.published == 0) continue;
      const std::string name(ChannelName(channel));
      AddGauge(published, {{"agenda", info->rules.name}, {"channel", name}}, counts.published);
      const auto add = [&](const char* state, uint32_t count) {
        AddGauge(seats, {{"agenda", info->rules.name}, {"channel", name}, {"state", state}}, count);
      };
      add("free", counts.free);
      add("held", counts.held);
      add("confirmed", counts.confirmed);
      add("cooling", counts.cooling);
      add("offered", counts.offered);
      if (info->rules.waitlist)
        AddGauge(waiting, {{"agenda", info->rules.name}, {"channel", name}}, counts.waiting);
    }
    AddRecord(engine, *info, answer, &refused, &cancelled);
  }
  families_.push_back(std::move(refused));
  families_.push_back(std::move(cancelled));
  families_.push_back(std::move(published));
  families_.push_back(std::move(waiting));
}

void MetricsPage::AddBuild() {
  AddGauge(
      Family(MetricType::Gauge, "creneau_build_info", "Always 1; the label names the version."),
      {{"version", CRENEAU_VERSION}}, 1);
}

std::string MetricsPage::Text() const { return prometheus::TextSerializer().Serialize(families_); }

}  // namespace creneau::http
