// Taking snapshots while everyone goes on (SNAPSHOT.md), and keeping two.

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "booking/attribution.h"
#include "booking/audit.h"
#include "booking/engine_impl.h"
#include "booking/recovery.h"
#include "codec/event.h"
#include "codec/snapshot.h"
#include "wal/archive.h"
#include "wal/format.h"

namespace creneau::booking {
namespace {

// Marks that the scan finishes for others, between two waits for the disk.
constexpr int kSlotsPerBarrier = 256;
constexpr auto kLookEvery = std::chrono::seconds(1);
constexpr int64_t kCheckpointEveryNs = 60'000'000'000;
constexpr int64_t kTryAgainAfterNs = 60'000'000'000;
// Of a seat that is somebody's, encoded, with its share of the slot: more than any has.
constexpr uint64_t kBytesPerSeat = 64;

}  // namespace

// What must be known of one moment between two publications.
struct Engine::Impl::Begun {
  std::vector<std::string> calendars;
  std::vector<std::string> states;
  std::vector<uint8_t> seats;  // by slot
};

Engine::Impl::Begun Engine::Impl::BeginSnapshot(SnapshotHeader* header) {
  const std::lock_guard lock(publishing_);
  Begun begun;
  begun.states = openings_->Snapshot([&] {
    steward_->LookAtOutage([&](std::optional<Instant> since) {
      header->owed_since = since;
      header->start = log_->current_segment();
    });
    header->position = log_->durable_lsn();
  });
  for (const codec::LossAccepted& loss : losses_) begun.states.push_back(codec::EncodeLoss(loss));
  // Before rosters and links, since these records make earlier ones of those void.
  for (std::string& event : people_->peppers.Snapshot()) begun.states.push_back(std::move(event));
  for (std::string& event : rosters_.Snapshot()) begun.states.push_back(std::move(event));
  // Whoever changes these does so and pushes its record under one lock: what is in the log before
  // the position is in them.
  for (std::string& event : people_->identities.Snapshot())
    begun.states.push_back(std::move(event));
  for (std::string& event : people_->acts.Snapshot()) begun.states.push_back(std::move(event));
  for (std::string& event : people_->waitlist.Snapshot()) begun.states.push_back(std::move(event));
  for (std::string& event : people_->closures.Snapshot()) begun.states.push_back(std::move(event));
  for (std::string& event : people_->draws.Snapshot()) begun.states.push_back(std::move(event));
  for (std::string& event : ServiceSnapshot()) begun.states.push_back(std::move(event));
  std::vector<const AgendaInfo*> agendas = registry_.All();
  std::sort(agendas.begin(), agendas.end(),
            [](const AgendaInfo* a, const AgendaInfo* b) { return a->id < b->id; });
  std::vector<AgendaId> ids;
  for (const AgendaInfo* agenda : agendas) ids.push_back(agenda->id);
  for (std::string& event : people_->desk.Snapshot(ids)) begun.states.push_back(std::move(event));
  for (std::string& event : people_->shifts.Snapshot(ids)) begun.states.push_back(std::move(event));
  for (std::string& event : people_->mandates.Snapshot(ids))
    begun.states.push_back(std::move(event));
  for (const AgendaInfo* agenda : agendas) {
    for (std::string& event : codec::EncodeCalendar(ledger_.InForce(agenda->id), agenda->rules)) {
      begun.calendars.push_back(
          codec::EncodePublishedPart({agenda->published_at, std::move(event)}));
    }
  }
  begun.seats = ledger_.SeatsBySlot();
  header->agendas = agendas.size();
  header->slots = begun.seats.size();
  for (const uint8_t seats : begun.seats) header->seats += seats;
  return begun;
}

// Returns when all that the scan has seen is durable.
absl::Status Engine::Impl::ScanInto(SnapshotWriter& writer, const std::vector<uint8_t>& seats,
                                    SnapshotHeader* header) {
  Act act(snapshot_pool_, *log_);
  BlockingWait wait;
  const absl::Status lost = absl::InternalError("the log failed while a snapshot was taken");
  ledger::SlotRecord slot;
  absl::Status status;
  for (uint32_t i = 0; i < seats.size() && status.ok(); ++i) {
    act.Begin();
    ledger_.Scan(SlotId{i}, seats[i], act, &slot);
    status = writer.Add(PartKind::kSlots, codec::EncodeSlot(slot));
    if (status.ok() && closing_.load()) status = absl::CancelledError("the engine is closing");
    if (i % kSlotsPerBarrier == 0 && act.pushed() && !wait.Finish(act)) return lost;
  }
  if (!wait.Finish(act)) return lost;
  header->covers = act.barrier().lsn;
  return status;
}

// In so far as there is room that the log may not need: what live holds may cost is kept for them.
absl::Status Engine::Impl::RoomForSnapshot() const {
  const auto space = files_.Space(SnapshotDirectory(options_.data));
  if (!space.ok()) return space.status();
  const uint64_t need = ledger_.seats() * kBytesPerSeat + 2 * options_.segment_bytes +
                        ledger_.live_holds() * limits::kLogReservePerHoldBytes;
  if (space->available_bytes >= need) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("a snapshot and the log beside it may need ", need >> 20, " MiB, and ",
                   SnapshotDirectory(options_.data), " has ", space->available_bytes >> 20,
                   ": make room there"));
}

absl::StatusOr<SnapshotHeader> Engine::Impl::WriteSnapshot(uint64_t number,
                                                           const std::string& unfinished) {
  auto file = files_.Open(unfinished, env::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  SnapshotWriter writer(*std::move(file));
  SnapshotHeader header;
  header.number = number;
  header.taken_at = clock_.Now();
  Begun begun = BeginSnapshot(&header);
  absl::Status status = ScanInto(writer, begun.seats, &header);
  for (size_t i = 0; i < begun.calendars.size() && status.ok(); ++i)
    status = writer.Add(PartKind::kCalendars, begun.calendars[i]);
  for (size_t i = 0; i < begun.states.size() && status.ok(); ++i)
    status = writer.Add(PartKind::kStates, codec::EncodeState(std::move(begun.states[i])));
  if (status.ok()) status = writer.Finish(&header);
  if (!status.ok()) return status;
  const absl::StatusOr<SnapshotHeader> read = CheckSnapshot(files_, unfinished);
  if (!read.ok()) return read.status();
  const std::string directory = SnapshotDirectory(options_.data);
  status = files_.Rename(unfinished, SnapshotPath(options_.data, number));
  if (status.ok()) status = files_.SyncDirectory(directory);
  if (!status.ok()) return status;
  return *read;
}

// Behind the older of two snapshots: no start needs it, even if the newer one is damaged. In order,
// so that the log's beginning is archived and its end is not.
absl::Status Engine::Impl::Archive(uint64_t before_segment) {
  const std::string log = LogDirectory(options_.data);
  const std::string archive = ArchiveDirectory(options_.data);
  const auto names = files_.List(log);
  if (!names.ok()) return names.status();
  if (absl::Status status = files_.CreateDirectory(archive); !status.ok()) return status;
  for (const std::string& name : *names) {
    const auto segment = wal::SegmentOfName(name);
    if (!segment || *segment >= before_segment || closing_.load()) continue;
    const absl::Status status = wal::ArchiveSegment(files_, log, archive, *segment);
    if (!status.ok()) return status;
    std::lock_guard lock(snapshot_mutex_);
    ++snapshot_stats_.archived;
  }
  return absl::OkStatus();
}

// The newest two that are whole stay; what is older goes.
absl::Status Engine::Impl::KeepTwo() {
  const auto numbers = ListSnapshots(files_, options_.data);
  if (!numbers.ok()) return numbers.status();
  int whole = 0;
  uint64_t archive_before = 0;
  bool removed = false;
  for (const uint64_t number : *numbers) {
    const std::string path = SnapshotPath(options_.data, number);
    if (whole == 2) {
      if (const absl::Status status = files_.Remove(path); !status.ok()) return status;
      removed = true;
      continue;
    }
    const absl::StatusOr<SnapshotHeader> header = CheckSnapshot(files_, path);
    if (header.ok() && ++whole == 2) archive_before = header->start.segment;
    if (!header.ok() && !absl::IsDataLoss(header.status())) return header.status();
  }
  if (removed) {
    const absl::Status status = files_.SyncDirectory(SnapshotDirectory(options_.data));
    if (!status.ok()) return status;
  }
  return Archive(archive_before);
}

// Blocks. False: the log has failed.
bool Engine::Impl::LogDeed(const std::string& attribution) {
  const std::lock_guard lock(publishing_);
  Act act(publisher_pool_, *log_);
  BlockingWait wait;
  act.Begin();
  act.PushCopy(attribution);
  return wait.Finish(act);
}

absl::StatusOr<SnapshotHeader> Engine::Impl::TakeSnapshot(const Actor* actor) {
  const std::unique_lock one(snapshotting_, std::try_to_lock);
  if (!one.owns_lock()) return absl::UnavailableError("another snapshot is being taken");
  const int64_t started_ns = clock_.MonotonicNs();
  const uint64_t at_bytes = LogBytes();
  const auto attempt = [&]() -> absl::StatusOr<SnapshotHeader> {
    if (const absl::Status room = RoomForSnapshot(); !room.ok()) return room;
    const auto numbers = ListSnapshots(files_, options_.data);
    if (!numbers.ok()) return numbers.status();
    if (actor != nullptr && !LogDeed(Attribution(*actor, {"snapshot"}, clock_.Now())))
      return absl::InternalError("the log failed before a snapshot was taken");
    const uint64_t number = numbers->empty() ? 1 : numbers->front() + 1;
    const std::string unfinished = SnapshotPath(options_.data, number) + kUnfinishedSuffix;
    absl::StatusOr<SnapshotHeader> header = WriteSnapshot(number, unfinished);
    // What cannot be removed now is removed at the next start; it never counts.
    if (!header.ok()) static_cast<void>(files_.Remove(unfinished));
    return header;
  };
  const absl::StatusOr<SnapshotHeader> taken = attempt();
  // What a start from it does not read of the log, the files of the record have for good.
  if (taken.ok() && !record_files_.Sync().ok()) record_failures_.fetch_add(1);
  const absl::Status kept = taken.ok() ? KeepTwo() : taken.status();
  const std::lock_guard lock(snapshot_mutex_);
  if (taken.ok()) {
    ++snapshot_stats_.taken;
    snapshot_stats_.last = *taken;
    snapshot_stats_.last_duration_ms = (clock_.MonotonicNs() - started_ns) / 1'000'000;
    snapshot_at_bytes_.store(at_bytes);
  }
  if (!kept.ok()) {
    ++snapshot_stats_.failed;
    snapshot_stats_.last_failure = std::string(kept.message());
  }
  return taken;
}

uint64_t Engine::Impl::LogBytes() const {
  return recovered_log_bytes_ + log_->stats().written_bytes;
}

SnapshotStats Engine::Impl::StatsOfSnapshots() const {
  const uint64_t bytes = LogBytes();
  const std::lock_guard lock(snapshot_mutex_);
  SnapshotStats stats = snapshot_stats_;
  stats.log_bytes_since = bytes - std::min(bytes, snapshot_at_bytes_.load());
  return stats;
}

bool Engine::Impl::SnapshotDue() const {
  return options_.snapshot_bytes > 0 &&
         LogBytes() - snapshot_at_bytes_.load() >= options_.snapshot_bytes;
}

// What fails is tried again after a while; the daemon tells of it.
void Engine::Impl::Keep() {
  KeepRecord();  // so that the checkpoint covers it
  if (clock_.MonotonicNs() - checkpoint_ns_ >= kCheckpointEveryNs) Checkpoint();
  if (clock_.MonotonicNs() >= snapshot_not_before_ns_ && !log_->poisoned() && SnapshotDue() &&
      !TakeSnapshot(nullptr).ok()) {
    snapshot_not_before_ns_ = clock_.MonotonicNs() + kTryAgainAfterNs;
  }
}

// The keeper's thread.
void Engine::Impl::KeepAtIt() {
  std::unique_lock lock(keeper_mutex_);
  for (uint64_t look = 0; !closing_.load(); ++look) {
    lock.unlock();
    // Whoever holds the first of some seats would wait for the system to give their memory. Not at
    // once: a start first has to be ready.
    if (look == 1) ledger_.TouchSeats([this] { return closing_.load(); });
    Keep();
    lock.lock();
    keeper_wake_.wait_for(lock, kLookEvery, [this] { return closing_.load(); });
  }
}

}  // namespace creneau::booking
