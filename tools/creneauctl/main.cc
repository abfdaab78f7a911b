// creneauctl: a command line in, one command carried out, an exit code out.
#include <cstdio>

#include "booking/bearer.h"
#include "tools/creneauctl/cli.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace {

using namespace creneau::ctl;

int Carry(const Session& session) {
  switch (session.command().verb) {
    case Verb::kNone:
      return kExitUsage;
    case Verb::kAgendaCheck:
      return AgendaCheck(session);
    case Verb::kAgendaPublish:
      return AgendaPublish(session);
    case Verb::kAgendaList:
      return AgendaList(session);
    case Verb::kAgendaShow:
      return AgendaShow(session);
    case Verb::kSlotList:
      return SlotList(session);
    case Verb::kReserveHold:
      return ReserveHold(session);
    case Verb::kReserveConfirm:
    case Verb::kReserveExtend:
    case Verb::kReserveShow:
    case Verb::kReserveMove:
    case Verb::kReserveCancel:
      return ReserveAct(session);
    case Verb::kReserveLookup:
    case Verb::kReserveRecover:
    case Verb::kReserveLink:
    case Verb::kReserveCorrect:
    case Verb::kReserveRepair:
      return ReserveIdentity(session);
    case Verb::kActList:
      return ActList(session);
    case Verb::kActApprove:
      return ActApprove(session);
    case Verb::kLogVerify:
      return LogVerify(session);
    case Verb::kLogShow:
      return LogShow(session);
    case Verb::kSnapshotSave:
      return SnapshotSave(session);
    case Verb::kSnapshotList:
      return SnapshotList(session);
    case Verb::kSnapshotVerify:
      return SnapshotVerify(session);
    case Verb::kQueueStatus:
      return QueueStatus(session);
    case Verb::kQueuePause:
    case Verb::kQueueResume:
    case Verb::kQueueRate:
    case Verb::kQueueDrain:
    case Verb::kQueueExtend:
    case Verb::kQueueBeacon:
      return QueueOrder(session);
    case Verb::kQueueVerify:
      return QueueVerify(session);
    case Verb::kRosterImport:
      return RosterImport(session);
    case Verb::kKeyCreate:
      return KeyCreate(session);
    case Verb::kKeyList:
      return KeyList(session);
    case Verb::kKeyRotate:
      return KeyRotate(session);
    case Verb::kKeyRevoke:
      return KeyRevoke(session);
    case Verb::kWatch:
      return Watch(session);
    case Verb::kPreflight:
      return Preflight(session);
    case Verb::kEvents:
      return Events(session);
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
