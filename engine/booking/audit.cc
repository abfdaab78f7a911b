#include "booking/audit.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "base/text.h"
#include "booking/recovery.h"
#include "booking/registry.h"
#include "booking/replay.h"
#include "booking/witness.h"
#include "ledger/ledger.h"

namespace creneau::booking {

std::string LogDirectory(const std::string& data) { return data + "/log"; }
std::string ArchiveDirectory(const std::string& data) { return data + "/archive"; }

absl::StatusOr<AuditReport> AuditLog(env::FileSystem& files, const std::string& data,
                                     const std::vector<proof::Checkpoint>& published) {
  ledger::Ledger ledger;
  Registry registry;
  Rosters rosters;
  Replay replay(ledger, registry, rosters);
  Witness witness(replay, published, "what was published");
  absl::StatusOr<wal::Recovery> log =
      wal::Verify(files, LogDirectory(data), witness, {}, ArchiveDirectory(data));
  if (!log.ok()) return log.status();
  if (const absl::Status status = ledger.CheckInvariants(); !status.ok()) {
    return absl::DataLossError(status.message());
  }
  AuditReport report;
  report.log = *log;
  report.chain = Hex(log->chain);
  for (const AgendaInfo* agenda : registry.All()) {
    ++report.agendas;
    report.slots += ledger.Slots(agenda->id, Instant{0}, Instant{INT64_MAX - 1}, SIZE_MAX).size();
  }
  const ledger::SeatCounts counts = ledger.CountSeats();
  report.seats = counts.in_calendar;
  report.held = counts.held;
  report.confirmed = counts.confirmed;
  report.digest = ledger.Digest();
  report.losses = replay.losses();
  report.lost = witness.lost();
  return report;
}

namespace {

absl::Status Follow(env::FileSystem& files, const std::string& data, SnapshotAudit* audit) {
  const std::string path = SnapshotPath(data, audit->number);
  const absl::StatusOr<SnapshotHeader> header = CheckSnapshot(files, path);
  if (!header.ok()) return header.status();
  audit->header = *header;
  ledger::Ledger ledger;
  Registry registry;
  Rosters rosters;
  Replay replay(ledger, registry, rosters);
  if (absl::Status status = replay.Load(files, path); !status.ok()) return status;
  const absl::StatusOr<wal::Recovery> log =
      wal::Verify(files, LogDirectory(data), replay, header->start, ArchiveDirectory(data));
  if (!log.ok()) return log.status();
  if (const absl::Status status = ledger.CheckInvariants(); !status.ok())
    return absl::DataLossError(status.message());
  audit->last_lsn = log->last_lsn;
  audit->digest = ledger.Digest();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<SnapshotAudit>> AuditSnapshots(env::FileSystem& files,
                                                          const std::string& data) {
  const absl::StatusOr<std::vector<uint64_t>> numbers = ListSnapshots(files, data);
  if (!numbers.ok()) return numbers.status();
  std::vector<SnapshotAudit> audits;
  for (const uint64_t number : *numbers) {
    SnapshotAudit audit;
    audit.number = number;
    audit.status = Follow(files, data, &audit);
    // Removed meanwhile, by an engine that has taken newer ones.
    if (absl::IsNotFound(audit.status)) continue;
    if (!audit.status.ok() && !absl::IsDataLoss(audit.status)) return audit.status;
    audits.push_back(std::move(audit));
  }
  return audits;
}

}  // namespace creneau::booking
