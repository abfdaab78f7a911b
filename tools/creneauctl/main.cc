// creneauctl: a command line in, one command carried out, an exit code out.
#include <cstdio>

#include "booking/bearer.h"
#include "tools/creneauctl/cli.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace {

using namespace creneau::ctl;

struct Carried {
  Verb verb;
  int (*carry)(const Session&);
};

constexpr Carried kCarried[] = {
    {Verb::kAgendaCheck, AgendaCheck},
    {Verb::kAgendaPublish, AgendaPublish},
    {Verb::kAgendaList, AgendaList},
    {Verb::kAgendaShow, AgendaShow},
    {Verb::kAgendaNotice, AgendaNotice},
    {Verb::kAgendaReleases, AgendaReleases},
    {Verb::kRecordShow, RecordShow},
    {Verb::kSlotList, SlotList},
    {Verb::kReserveHold, ReserveHold},
    {Verb::kReserveConfirm, ReserveAct},
    {Verb::kReserveExtend, ReserveAct},
    {Verb::kReserveShow, ReserveAct},
    {Verb::kReserveMove, ReserveAct},
    {Verb::kReserveCancel, ReserveAct},
    {Verb::kReserveLookup, ReserveIdentity},
    {Verb::kReserveRecover, ReserveIdentity},
    {Verb::kReserveLink, ReserveIdentity},
    {Verb::kReserveCorrect, ReserveIdentity},
    {Verb::kReserveRepair, ReserveIdentity},
    {Verb::kActList, ActList},
    {Verb::kActApprove, ActApprove},
    {Verb::kActWithdraw, ActWithdraw},
    {Verb::kLogVerify, LogVerify},
    {Verb::kLogShow, LogShow},
    {Verb::kSnapshotSave, SnapshotSave},
    {Verb::kSnapshotList, SnapshotList},
    {Verb::kSnapshotVerify, SnapshotVerify},
    {Verb::kQueueStatus, QueueStatus},
    {Verb::kQueuePause, QueueOrder},
    {Verb::kQueueResume, QueueOrder},
    {Verb::kQueueRate, QueueOrder},
    {Verb::kQueueDrain, QueueOrder},
    {Verb::kQueueExtend, QueueOrder},
    {Verb::kQueueBeacon, QueueOrder},
    {Verb::kQueueVerify, QueueVerify},
    {Verb::kRosterImport, RosterImport},
    {Verb::kKeyCreate, KeyCreate},
    {Verb::kKeyList, KeyList},
    {Verb::kKeyRotate, KeyRotate},
    {Verb::kKeyRevoke, KeyRevoke},
    {Verb::kKeyPeppers, KeyPeppers},
    {Verb::kKeyNewPepper, KeyNewPepper},
    {Verb::kKeyRetire, KeyRetire},
    {Verb::kWatch, Watch},
    {Verb::kPreflight, Preflight},
    {Verb::kAuditExport, AuditExport},
    {Verb::kAuditVerify, AuditVerify},
    {Verb::kEvents, Events},
    {Verb::kReceiptVerify, ReceiptVerify},
    {Verb::kReceiptShow, ReceiptShow},
    {Verb::kReceiptPrint, ReceiptPrint},
    {Verb::kReceiptGet, ReceiptGet},
    {Verb::kReserveDesk, ReserveDesk},
    {Verb::kWaitlistJoin, WaitlistJoin},
    {Verb::kWaitlistShow, WaitlistPlace},
    {Verb::kWaitlistLeave, WaitlistPlace},
    {Verb::kAgendaClose, AgendaClose},
    {Verb::kAgendaReopen, AgendaClose},
    {Verb::kAgendaShift, AgendaShift},
    {Verb::kDrawStatus, DrawStatus},
    {Verb::kDrawClose, DrawStep},
    {Verb::kDrawSeed, DrawStep},
    {Verb::kDrawRun, DrawStep},
    {Verb::kDrawExport, DrawExport},
    {Verb::kDrawVerify, DrawVerify},
    {Verb::kDrawEnter, DrawEnter},
    {Verb::kDrawEntry, EntryAct},
    {Verb::kDrawLeave, EntryAct},
    {Verb::kDrawReceipt, EntryAct},
    {Verb::kMandateNew, MandateNew},
    {Verb::kMandateApprove, MandateApprove},
    {Verb::kMandateList, MandateList},
    {Verb::kMandateEnd, MandateEnd},
};

int Carry(const Session& session) {
  for (const Carried& carried : kCarried) {
    if (carried.verb == session.command().verb) return carried.carry(session);
  }
  return kExitUsage;
}

// A full disk or a closed pipe shows only now, since stdout is buffered. What was carried out
// stands; what was refused is the worse news.
int AfterPrinting(int exit_code) {
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (written) return exit_code;
  std::fputs("creneauctl: not everything could be written to stdout\n", stderr);
  return exit_code == kExitOk ? kExitIo : exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const CommandLine line = ParseCommandLine(argc, argv);
  if (line.exit_code) {
    std::fputs(line.output.c_str(), *line.exit_code == kExitOk ? stdout : stderr);
    return AfterPrinting(*line.exit_code);
  }
  if (line.command.bearer_file.empty()) return AfterPrinting(Carry(Session(line.command)));
  const absl::StatusOr<std::string> bearer = ReadInput(line.command.bearer_file);
  const Session without(line.command);
  if (!bearer.ok())
    return AfterPrinting(without.Fail(kExitIo, std::string(bearer.status().message())));
  const std::string_view key = Stripped(*bearer);
  if (!creneau::booking::ReadBearer(key)) {
    return AfterPrinting(
        without.Fail(kExitUsage, line.command.bearer_file + " has no key of the staff"));
  }
  return AfterPrinting(Carry(Session(line.command, std::string(key))));
}
