#include "booking/engine.h"

#include <string.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "booking/audit.h"
#include "booking/close.h"
#include "booking/engine_impl.h"
#include "booking/freed_seats.h"
#include "booking/recovery.h"

namespace creneau::booking {

absl::Status Engine::Impl::Recover(std::vector<codec::OpeningState>* openings,
                                   std::vector<codec::TurnLapsed>* turns,
                                   std::optional<Accepting>* accepting) {
  if (const absl::Status status = record_files_.Prepare(); !status.ok()) return status;
  absl::StatusOr<Recovered> recovered =
      RecoverState(files_, options_.data, options_.keys, ledger_, registry_, rosters_,
                   options_.restoring, record_files_.position());
  if (!recovered.ok()) return recovered.status();
  losses_ = std::move(recovered->losses);
  *accepting = recovered->accepting;
  report_.loss_known = options_.restoring.accept_loss_after && recovered->accepted_before;
  report_.recovery = std::move(recovered->log);
  report_.snapshot = recovered->snapshot;
  report_.damaged_snapshots = std::move(recovered->damaged);
  snapshot_stats_.last = recovered->snapshot;
  if (recovered->last.checkpoint) checkpoint_batch_ = recovered->last.checkpoint->batch;
  report_.unwitnessed = recovered->last.by_another_key;
  recovered_log_bytes_ = report_.recovery.bytes;
  owed_since_ = recovered->owed_since;
  report_.agendas = registry_.All().size();
  const ledger::SeatCounts& counts = recovered->rebuilt.counts;
  report_.reservations = counts.held + counts.confirmed;
  totals_.Restore(recovered->totals);
  BeginRecord(*recovered);
  *openings = std::move(recovered->openings);
  *turns = std::move(recovered->turns);
  people_ = std::move(recovered->people);
  untrimmed_ = std::move(recovered->rebuilt.untrimmed);
  return RemoveUnfinished(files_, options_.data);
}

absl::Status Engine::Impl::LoadAllKeys() {
  const std::vector<const AgendaInfo*> agendas = registry_.All();
  const bool queues = std::any_of(agendas.begin(), agendas.end(), [](const AgendaInfo* agenda) {
    return agenda->rules.policy == rules::Policy::kQueue;
  });
  absl::StatusOr<Keys> keys =
      LoadKeys(files_, options_.keys, entropy_, people_->peppers.Needed(registry_),
               /*may_make=*/report_.recovery.last_lsn == Lsn{}, /*may_make_chain=*/!queues);
  if (!keys.ok()) return keys.status();
  if (absl::Status status = staff_.Reload(files_, options_.keys); !status.ok()) return status;
  keys_ = *std::move(keys);
  report_.keys_made = keys_.made;
  report_.mac_key_made = keys_.mac_made;
  report_.receipt_key_made = keys_.receipt_made;
  // Of a log that was there, only the one for checkpoints can be new: what an old one signed is to
  // be signed again.
  if (keys_.made) checkpoint_batch_ = 0;
  names_.emplace(keys_.names, ErasOf(losses_));
  for (auto& [epoch, pepper] : keys_.peppers) {
    peppers_.Put(epoch, pepper);
    explicit_bzero(pepper.data(), pepper.size());
  }
  keys_.peppers.clear();
  if (report_.recovery.last_lsn != Lsn{})
    peppers_.PassesUnknownUntil(clock_.Now() + limits::kPassLifeMs);
  for (const AgendaInfo* agenda : agendas)
    peppers_.Use(agenda->id, people_->peppers.Of(agenda->rules.group));
  return absl::OkStatus();
}

// All chains come from one key, so one of them tells.
absl::Status Engine::Impl::CheckChain() const {
  for (const AgendaInfo* agenda : registry_.All()) {
    if (agenda->rules.policy != rules::Policy::kQueue) continue;
    if (openings_->ChainEnd(agenda->rules.name) == agenda->rules.chain_end) break;
    return absl::FailedPreconditionError(absl::StrCat(
        options_.keys, "/chain.key is not the one with which agenda ", agenda->rules.name,
        " was published: its openings would have other keys than were promised. Restore it from "
        "its backup."));
  }
  return absl::OkStatus();
}

// The directories, and that they are this process's alone.
absl::Status Engine::Impl::TakeDirectories() {
  // Deadlines are 29 bits of seconds from 2026 on (seat_word.h): with a clock far from that they
  // would mean something else.
  if (clock_.Now() < ledger::InstantOfDeadline(0) ||
      clock_.Now() > ledger::InstantOfDeadline(15u * 365 * 24 * 3600)) {
    return absl::FailedPreconditionError(
        "this machine's clock is before 2026 or after 2040: set it (NTP), then start again");
  }
  for (const std::string& directory :
       {options_.data, LogDirectory(options_.data), SnapshotDirectory(options_.data)}) {
    if (const absl::Status status = files_.CreateDirectory(directory); !status.ok()) return status;
  }
  auto lock = files_.Lock(options_.data + "/LOCK");
  if (absl::IsUnavailable(lock.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat(options_.data,
                     " is in use by another process: one engine has one data directory. Stop the "
                     "other one, or give --data "
                     "another directory."));
  }
  if (!lock.ok()) return lock.status();
  lock_ = *std::move(lock);
  return absl::OkStatus();
}

absl::Status Engine::Impl::Open(std::function<void(const absl::Status&)> failed) {
  const int64_t started_ns = clock_.MonotonicNs();
  if (const absl::Status status = TakeDirectories(); !status.ok()) return status;
  std::vector<codec::OpeningState> openings;
  std::vector<codec::TurnLapsed> turns;
  std::optional<Accepting> accepting;
  if (const absl::Status status = Recover(&openings, &turns, &accepting); !status.ok())
    return status;
  wal::Recovery goes_on = report_.recovery;
  if (accepting) {
    if (const absl::Status status = BeginLoss(*accepting, &goes_on); !status.ok()) return status;
  }
  if (const absl::Status status = LoadAllKeys(); !status.ok()) return status;

  wal::LogOptions log_options;
  log_options.directory = LogDirectory(options_.data);
  log_options.segment_bytes = options_.segment_bytes;
  log_options.max_batch_bytes = options_.max_batch_bytes;
  log_options.threads = options_.log_threads;
  auto log = wal::Log::Open(files_, clock_, log_options, goes_on, std::move(failed));
  if (!log.ok()) return log.status();
  log_ = *std::move(log);
  const absl::Status settled = accepting ? AcceptLoss() : FinishAcceptance(files_, options_.data);
  if (!settled.ok()) return settled;
  FinishRetiring();

  openings_ = std::make_unique<Openings>(registry_, ledger_, *log_, clock_,
                                         Openings::Secrets{keys_.mac, keys_.chain});
  proofs_ = std::make_unique<Proofs>(keys_.mac, entropy_);
  assertions_ = std::make_unique<Assertions>(staff_, entropy_, clock_.Now());
  receipts_ = std::make_unique<Receipts>(keys_, losses_);
  if (const absl::Status status = CheckChain(); !status.ok()) return status;
  draw_keeper_ = std::make_unique<DrawKeeper>(*this, keys_.names);
  if (const absl::Status status = draw_keeper_->Restore(); !status.ok()) return status;
  const Instant now = clock_.Now();
  openings_->Restore(openings, turns, now);
  steward_ = std::make_unique<Steward>(ledger_, *log_, registry_, *names_, *openings_, clock_);
  steward_->AskAboutFreed(
      [](const AgendaInfo& agenda, Channel channel, Instant at, uint64_t random) {
        return CoolsUntil(agenda, channel, at, random);
      },
      [this](SeatId seat, Instant at, Act& act) { return Reassign(*this, seat, at, act); });
  for (const AgendaInfo* agenda : registry_.All()) WatchClosed(*this, *agenda);
  steward_->AlsoDo([this](Instant at, Act& act, const Steward::Await& await) {
    TendWaitlist(*this, at, act);
    TendClosures(*this, at, act);
    await();
  });
  steward_->AlsoDo([this](Instant at, Act& act, const Steward::Await& await) {
    draw_keeper_->Advance(at, act, await);
  });
  steward_->ContinueOutage(owed_since_);
  GiveDuties();
  const Instant since = owed_since_.value_or(report_.recovery.last_written_at);
  if (owed_since_ || steward_->OwedToAnyone(since, now)) steward_->LengthenAll(since, now);
  steward_->Begin(now);
  service_.Begin(now,
                 report_.recovery.last_lsn == Lsn{} ? std::nullopt : std::optional<Instant>(since),
                 service_told_until_);
  checkpoint_ns_ = clock_.MonotonicNs();
  TrimUnfinished(now);
  if (log_->poisoned()) return absl::InternalError("the log failed while the engine started");
  report_.duration_ms = (clock_.MonotonicNs() - started_ns) / 1'000'000;
  if (options_.steward_thread) {
    steward_->Start();
    keeper_ = std::thread([this] { KeepAtIt(); });
  }
  return absl::OkStatus();
}

// Publications that were cut short between their calendar and the seats they withdraw.
void Engine::Impl::TrimUnfinished(Instant now) {
  std::set<AgendaId> agendas;
  for (const SlotId slot : std::exchange(untrimmed_, {})) {
    if (ledger_.BeginsAfter(slot, now)) agendas.insert(ledger_.AgendaOf(slot));
  }
  for (const AgendaId agenda : agendas) TrimAll(agenda);
}

void Engine::Impl::Close() {
  {
    const std::lock_guard lock(keeper_mutex_);
    closing_.store(true);
  }
  keeper_wake_.notify_all();
  if (keeper_.joinable()) keeper_.join();
  if (steward_) steward_->Stop();
  if (!log_) return;
  if (std::exchange(service_begun_, false)) TellService(clock_.Now());
  static_cast<void>(record_files_.Sync());
  log_->Drain();
  Checkpoint();
}

Room Engine::Impl::LogRoom(uint64_t extra_bytes) const {
  return RoomFor(log_->space(), ledger_.live_holds() + people_->waitlist.offers(), extra_bytes);
}

EngineStats Engine::Impl::Stats() const {
  EngineStats stats;
  stats.log = log_->stats();
  stats.space = log_->space();
  stats.durable_lsn = log_->durable_lsn();
  stats.log_in_flight_ms = log_->in_flight_ms();
  stats.live_holds = ledger_.live_holds();
  stats.hold_bound = openings_->hold_bound();
  stats.batch_p99_us = openings_->batch_p99_us();
  stats.index_entries = ledger_.index_entries();
  stats.seats = ledger_.seats();
  stats.expired = steward_->expired();
  stats.freed = steward_->freed();
  const Closures::Counts closed = people_->closures.counts();
  stats.displaced = closed.displaced;
  stats.displaced_stuck = closed.stuck;
  stats.snapshots = StatsOfSnapshots();
  stats.checkpoints = checkpoints_written_.load(std::memory_order_relaxed);
  stats.checkpoint_failures = checkpoints_failed_.load(std::memory_order_relaxed);
  stats.service_records = service_records_.load(std::memory_order_relaxed);
  stats.record_failures = record_failures_.load(std::memory_order_relaxed);
  stats.receipts = receipts_->stats();
  stats.read_only = LogRoom() != Room::kPlenty;
  stats.poisoned = log_->poisoned();
  return stats;
}

}  // namespace creneau::booking
