// The service record told to the log once a minute, and then to the files that it is read from
// (service_minutes.h, record_files.h). By the keeper's thread: what it waits for, nobody waits for.

#include <semaphore>
#include <utility>

#include "booking/engine_impl.h"
#include "codec/event.h"
#include "rules/opening.h"
#include "surge/shedding.h"

namespace creneau::booking {
namespace {

constexpr int64_t kSyncEveryNs = limits::kRecordSyncMs * 1'000'000;
// All of the log is read then: not often.
constexpr int64_t kWriteAgainAfterNs = 3'600'000'000'000;

// One record, and the place in the log that it got.
class OneRecord final : public wal::Completions {
 public:
  // Blocks. Nothing: it may not be durable.
  std::optional<Lsn> Log(wal::Log& log, std::string_view bytes) {
    commit_.bytes = bytes;
    commit_.owner = this;
    if (!log.Push(&commit_)) return std::nullopt;
    log.Turn();
    delivered_.acquire();
    return commit_.durable ? std::optional(commit_.lsn) : std::nullopt;
  }
  void Deliver(wal::Commit*) override { delivered_.release(); }

 private:
  wal::Commit commit_;
  std::binary_semaphore delivered_{0};
};

uint64_t Since(uint64_t& told, uint64_t now) {
  // A front end that began anew counts from nothing.
  const uint64_t before = std::exchange(told, now);
  return now - std::min(before, now);
}

}  // namespace

// What recovery has read of it. The files are seen to by the keeper's first round: a start that
// many wait for waits for none of them.
void Engine::Impl::BeginRecord(Recovered& recovered) {
  service_told_until_ = recovered.service.until();
  last_checkpoint_ = recovered.last.checkpoint;
  not_filed_ = std::move(recovered.service.records());
  record_files_.BelieveUpTo(report_.recovery.last_lsn, losses_, recovered.accepting.has_value());
  // What is before the snapshot was not read.
  const uint64_t read_from = recovered.snapshot ? recovered.snapshot->start.first_lsn : 1;
  files_are_whole_ =
      !recovered.service.too_many() && record_files_.position().value + 1 >= read_from;
}

void Engine::Impl::WatchRefused(std::function<EdgeRefused()> refused) {
  const std::lock_guard lock(edge_refused_mutex_);
  if (edge_refused_) edge_last_ = edge_refused_();
  edge_refused_ = std::move(refused);
}

// As it was before that moment: what begins or ends then counts for the next minute.
codec::AgendaMinute Engine::Impl::SeeAgenda(const AgendaInfo& agenda, Instant until) {
  const Instant at = until - 1;
  const OpeningView opening = openings_->At(agenda, at);
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, at);
  const auto counts = ledger_.Count(agenda.id, window.earliest_start, window.latest_start);
  codec::AgendaMinute seen;
  seen.agenda = agenda.id;
  for (size_t c = 0; c < kChannels; ++c) seen.free[c] = counts[c].free;
  Phase phase = opening.phase;
  if (phase == Phase::kOpen && agenda.rules.policy == rules::Policy::kDirect &&
      seen.free[static_cast<size_t>(Channel::kWeb)] == 0)
    phase = Phase::kExhausted;
  if (opening.state.opened_at && at < *opening.state.opened_at) phase = Phase::kGathering;
  seen.phase = PhaseName(phase);
  seen.paused = opening.state.paused;
  seen.waiting = opening.waiting;
  seen.refused = refusals_.Take(agenda.id);
  return seen;
}

ServiceSeen Engine::Impl::SeeService(Instant until) {
  ServiceSeen seen;
  for (const AgendaInfo* agenda : registry_.All())
    seen.agendas.push_back(SeeAgenda(*agenda, until));
  EdgeRefused edge;
  {
    const std::lock_guard lock(edge_refused_mutex_);
    edge = edge_refused_ ? edge_refused_() : edge_last_;
  }
  static_assert(std::tuple_size_v<decltype(edge.shed)> == surge::kLanes);
  for (size_t lane = 0; lane < edge.shed.size(); ++lane) {
    const uint64_t count = Since(edge_told_.shed[lane], edge.shed[lane]);
    if (count > 0)
      seen.shed.push_back({std::string(surge::LaneName(static_cast<surge::Lane>(lane))), count});
  }
  seen.over_rate = Since(edge_told_.over_rate, edge.over_rate);
  seen.turned_away = Since(edge_told_.turned_away, edge.turned_away);
  const int64_t stood_still_ms = steward_->stood_still_ms();
  seen.stalled_ms = stood_still_ms - std::exchange(stalled_told_ms_, stood_still_ms);
  return seen;
}

// Counts that were taken and do not become durable are lost with the process, which ends.
void Engine::Impl::TellService(Instant until) {
  std::vector<std::pair<Lsn, codec::ServiceMinute>> told;
  for (codec::ServiceMinute& minute : service_.Tell(until, SeeService(until))) {
    OneRecord record;
    const std::optional<Lsn> lsn = record.Log(*log_, codec::EncodeService(minute));
    if (!lsn) return;
    service_records_.fetch_add(1, std::memory_order_relaxed);
    told.emplace_back(*lsn, std::move(minute));
  }
  {
    const std::lock_guard lock(told_mutex_);
    service_told_until_ = service_.told_until();
  }
  FileRecords(told);
}

void Engine::Impl::FileRecords(const std::vector<std::pair<Lsn, codec::ServiceMinute>>& records) {
  const int64_t now_ns = clock_.MonotonicNs();
  if (!filing_) {
    if (now_ns < file_not_before_ns_) return;
    for (const auto& record : records) not_filed_.push_back(record);
    filing_ = record_files_.CatchUp(not_filed_, log_->durable_lsn(), !files_are_whole_).ok();
    record_synced_ns_ = now_ns;
    not_filed_.clear();
  } else {
    for (const auto& [lsn, minute] : records) {
      filing_ = filing_ && record_files_.Add(lsn, minute).ok();
    }
  }
  if (filing_ && now_ns - record_synced_ns_ >= kSyncEveryNs) {
    record_synced_ns_ = now_ns;
    filing_ = record_files_.Sync().ok() && record_files_.RemoveOld(clock_.Now()).ok();
  }
  if (filing_) return;
  // The log has it all: from there, after a while.
  record_failures_.fetch_add(1, std::memory_order_relaxed);
  files_are_whole_ = false;
  file_not_before_ns_ = now_ns + kWriteAgainAfterNs;
}

void Engine::Impl::KeepRecord() {
  const Instant now = clock_.Now();
  service_begun_ = true;
  if (log_->poisoned() || !service_.Due(now)) return;
  TellService(service_.UntilAt(now));
}

// `from` and `until` are all that a start needs.
std::vector<std::string> Engine::Impl::ServiceSnapshot() const {
  std::vector<AgendaId> agendas;
  for (const AgendaInfo* agenda : registry_.All()) agendas.push_back(agenda->id);
  std::vector<std::string> events = totals_.Snapshot(agendas);
  const std::lock_guard lock(told_mutex_);
  if (!service_told_until_) return events;
  codec::ServiceMinute told;
  told.from = told.until = told.quiet_since = *service_told_until_;
  events.push_back(codec::EncodeService(told));
  return events;
}

RecordAnswer Engine::Impl::ReadRecord(std::string_view name, rules::IsoWeek week,
                                      std::string_view after) const {
  RecordAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) return answer;
  {
    const std::lock_guard lock(told_mutex_);
    answer.told_until = service_told_until_;
    answer.checkpoint = last_checkpoint_;
  }
  absl::StatusOr<RecordPage> page = record_files_.Read(*answer.agenda, week, after);
  answer.status = page.status();
  if (page.ok()) answer.page = *std::move(page);
  return answer;
}

}  // namespace creneau::booking
