// What every command needs: where to print, how to reach the engine, how a reply becomes output and
// an exit code.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/creneauctl/command.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/http_client.h"

namespace creneau::ctl {

class Session {
 public:
  // `bearer`: a key of the staff, which goes with every request; empty: none.
  explicit Session(const Command& command, std::string bearer = "")
      : command_(command), client_(command.admin, command.timeout_s * 1000, std::move(bearer)) {}

  const Command& command() const { return command_; }
  const HttpClient& client() const { return client_; }

  // stdout: the result. stderr: what a person should know beside it.
  void Print(std::string_view text) const;
  void Warn(std::string_view text) const;

  // Says what went wrong, as JSON where that was asked for, and returns the exit code. `more`:
  // names and plain text, as lines or as further members.
  int Fail(int exit_code, std::string_view message, const Fields& more = {}) const;
  // What Send returned instead of a reply: unreachable.
  int FailToSend(const absl::Status& status, const Fields& more = {}) const;
  // A reply that is not a success: its problem document, in words or as it is.
  int Refused(const HttpReply& reply, const Fields& more = {}) const;

 private:
  void WarnMore(const Fields& more) const;

  const Command& command_;
  HttpClient client_;
};

inline bool IsSuccess(const HttpReply& reply) { return reply.status >= 200 && reply.status < 300; }

// agenda_commands.cc
int AgendaCheck(const Session& session);
int AgendaPublish(const Session& session);
int AgendaList(const Session& session);
int AgendaShow(const Session& session);
int SlotList(const Session& session);

// record_commands.cc
int AgendaNotice(const Session& session);
int AgendaReleases(const Session& session);
int RecordShow(const Session& session);

// reserve_commands.cc
int ReserveHold(const Session& session);
int ReserveAct(const Session& session);  // confirm, extend, show, move, cancel

// draw_commands.cc
int DrawStatus(const Session& session);
int DrawStep(const Session& session);  // close, seed, run
int DrawExport(const Session& session);
int DrawVerify(const Session& session);

// entry_commands.cc
int DrawEnter(const Session& session);
int EntryAct(const Session& session);  // entry, leave, receipt

// desk_commands.cc
int ReserveDesk(const Session& session);

// waitlist_commands.cc
int WaitlistJoin(const Session& session);
int WaitlistPlace(const Session& session);  // show, leave
int AgendaClose(const Session& session);    // and reopen

// mandate_commands.cc
int MandateNew(const Session& session);
int MandateApprove(const Session& session);
int MandateEnd(const Session& session);
int MandateList(const Session& session);

// shift_commands.cc
int AgendaShift(const Session& session);

// identity_commands.cc
int ReserveIdentity(const Session& session);  // lookup, recover, link, correct, repair
int ActList(const Session& session);
int ActApprove(const Session& session);
int ActWithdraw(const Session& session);

// log_commands.cc
int LogVerify(const Session& session);
int LogShow(const Session& session);

// snapshot_commands.cc
int SnapshotSave(const Session& session);
int SnapshotList(const Session& session);
int SnapshotVerify(const Session& session);

// queue_commands.cc
int QueueStatus(const Session& session);
int QueueOrder(const Session& session);  // pause, resume, rate, drain, extend
int QueueVerify(const Session& session);

// key_commands.cc
int KeyCreate(const Session& session);
int KeyList(const Session& session);
int KeyRotate(const Session& session);
int KeyRevoke(const Session& session);

// pepper_commands.cc
int KeyPeppers(const Session& session);
int KeyNewPepper(const Session& session);
int KeyRetire(const Session& session);

// watch.cc
int Watch(const Session& session);

// preflight.cc
int Preflight(const Session& session);

// event_commands.cc
int Events(const Session& session);

// receipt_get.cc
int ReceiptGet(const Session& session);

// receipt_commands.cc
int ReceiptVerify(const Session& session);
int ReceiptShow(const Session& session);
int ReceiptPrint(const Session& session);

// roster_commands.cc
int RosterImport(const Session& session);

int AuditExport(const Session& session);
int AuditVerify(const Session& session);

}  // namespace creneau::ctl
