// What a command line asks for: a plain value, made by cli.cc, carried out by the *_commands.cc
// files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"

namespace creneau::ctl {

enum class Verb {
  kNone,
  kAgendaCheck,
  kAgendaPublish,
  kAgendaList,
  kAgendaShow,
  kAgendaNotice,
  kAgendaReleases,
  kRecordShow,
  kSlotList,
  kReserveHold,
  kReserveConfirm,
  kReserveShow,
  kReserveMove,
  kReserveCancel,
  kReserveExtend,
  kReserveLookup,
  kReserveRecover,
  kReserveLink,
  kReserveCorrect,
  kReserveRepair,
  kReserveDesk,
  kWaitlistJoin,
  kWaitlistShow,
  kWaitlistLeave,
  kAgendaClose,
  kAgendaReopen,
  kAgendaShift,
  kMandateNew,
  kMandateApprove,
  kMandateEnd,
  kMandateList,
  kActList,
  kActApprove,
  kActWithdraw,
  kLogVerify,
  kLogShow,
  kSnapshotSave,
  kSnapshotList,
  kSnapshotVerify,
  kQueueStatus,
  kQueuePause,
  kQueueResume,
  kQueueRate,
  kQueueDrain,
  kQueueExtend,
  kQueueBeacon,
  kQueueVerify,
  kRosterImport,
  kDrawStatus,
  kDrawClose,
  kDrawSeed,
  kDrawRun,
  kDrawExport,
  kDrawVerify,
  kDrawEnter,
  kDrawEntry,
  kDrawLeave,
  kDrawReceipt,
  kKeyCreate,
  kKeyList,
  kKeyRotate,
  kKeyRevoke,
  kKeyPeppers,
  kKeyNewPepper,
  kKeyRetire,
  kWatch,
  kPreflight,
  kEvents,
  kReceiptGet,
  kReceiptVerify,
  kReceiptShow,
  kReceiptPrint,
  kAuditExport,
  kAuditVerify,
};

struct Command {
  Verb verb = Verb::kNone;
  std::string admin;        // the Unix socket; "tcp:HOST:PORT" of --url
  std::string url;          // the public listener; empty: by the socket
  std::string bearer_file;  // with a key of the staff; "-": stdin; empty: none
  bool json = false;
  bool dry_run = false;
  int64_t timeout_s = 30;

  std::string file;        // agenda file; roster; agenda document
  std::string slots_file;  // CSV; empty: none
  std::string displaced = "refuse";
  std::optional<uint32_t> if_match;

  std::string agenda;                // name
  std::string reservation;           // name
  std::string place;                 // waitlist: name
  std::string slot;                  // 2026-12-01T09:20; empty: not said
  std::string applicant_file;        // "-": stdin; empty: ask on the terminal
  std::string other_applicant_file;  // reserve link, correct; empty: none
  std::string reason;                // reserve link, correct, repair
  std::string act;                   // act approve
  std::string key_file;              // likewise; of hold, the file to make
  std::string idempotency_key_file;  // of hold, to repeat one; "-": stdin; empty: draw a key
  std::string channel;               // reserve desk: phone, desk or post
  std::string letter_file;           // likewise: to be made; "-": stdout; empty: none
  std::string ics_file;              // likewise: to be made; empty: none
  std::string court;                 // mandate new
  std::string decision_file;         // likewise; "-": stdin
  int64_t penalty_eur = 0;           // likewise, a day
  int64_t due_days = -1;             // mandate list, due; -1: all
  std::string from_channel;          // agenda shift
  std::string to_channel;            // likewise
  int64_t seats = 0;                 // likewise, of each slot; 0: all that are free
  std::string day;                   // agenda close, shift; mandate new: date; empty: not said
  std::string until;                 // likewise
  std::string from;                  // date
  std::string to;                    // date

  std::string entry;                  // draw: an entry's name
  std::string draw;                   // draw export: its id; empty: the latest
  std::string receipt_file;           // draw verify; "-": stdin; empty: none
  std::vector<std::string> weekdays;  // draw enter
  std::vector<std::string> halves;    // likewise
  std::vector<std::string> dates;     // likewise

  std::string lang = "fr";    // agenda notice; its `agenda` may be a file
  std::string week;           // record show: 2026-W49; empty: this one
  int64_t release_days = 28;  // agenda releases

  int64_t per_min = 0;                    // queue rate; 0: no cap
  int64_t minutes = 0;                    // queue extend
  std::string value;                      // queue beacon
  bool without = false;                   // likewise: there is none; queue verify: may be
  std::vector<std::string> status_files;  // queue verify
  std::string tickets_file;               // "-": stdin; empty: none
  uint64_t count = 0;                     // watch: frames; 0: until Ctrl-C
  bool adds = false;                      // roster import

  std::string role;                  // key create
  std::string person;                // likewise
  std::vector<std::string> agendas;  // likewise; empty: all
  int64_t days = limits::kStaffKeyDays;
  int64_t overlap_days = 7;     // key rotate
  std::string key_id;           // key rotate, revoke
  uint32_t epoch = 0;           // key new-pepper, retire
  std::string out_file;         // key create, rotate: where the secret goes
  std::string assert_key_file;  // key create; empty: none

  std::string data;             // the daemon's directory
  std::string keys;             // preflight: empty: DATA/keys; key
  std::string listen;           // preflight: address and port; empty: not looked at
  std::string confirm_listen;   // likewise
  std::string yesterday_file;   // preflight: empty: none
  std::string checkpoint_file;  // empty: none
  std::string public_key_file;
  std::vector<std::string> public_key_files;  // receipt verify
  std::string nonce_file;                     // likewise; empty: none; of get, to be made
  uint64_t after_lsn = 0;                     // events
  bool follow = false;  // events: go on when all that has happened has been told
  std::string out;      // audit: the export's directory
  uint64_t to_lsn = 0;  // audit export: 0: the end
  uint64_t from_lsn = 1;
  uint64_t limit = 0;  // 0: all
};

}  // namespace creneau::ctl
