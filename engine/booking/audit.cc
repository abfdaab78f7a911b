#include "booking/audit.h"

#include "base/text.h"
#include "booking/registry.h"
#include "booking/replay.h"
#include "ledger/ledger.h"

namespace creneau::booking {

std::string LogDirectory(const std::string& data) { return data + "/log"; }

absl::StatusOr<AuditReport> AuditLog(env::FileSystem& files, const std::string& data) {
  ledger::Ledger ledger;
  Registry registry;
  Replay replay(ledger, registry);
  absl::StatusOr<wal::Recovery> log = wal::Verify(files, LogDirectory(data), replay);
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
  return report;
}

}  // namespace creneau::booking
