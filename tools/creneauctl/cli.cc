#include "tools/creneauctl/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>

#include "base/text.h"
#include "rules/agenda.h"
#include "tools/creneauctl/cli_audit.h"
#include "tools/creneauctl/cli_checks.h"
#include "tools/creneauctl/cli_desk.h"
#include "tools/creneauctl/cli_draw.h"
#include "tools/creneauctl/cli_identity.h"
#include "tools/creneauctl/cli_keys.h"
#include "tools/creneauctl/cli_queue.h"
#include "tools/creneauctl/cli_receipt.h"
#include "tools/creneauctl/cli_waitlist.h"
#include "tools/creneauctl/exit_code.h"

namespace creneau::ctl {
namespace {

constexpr const char* kAbout = R"(Examples:
  creneauctl agenda check 93-titres.toml
  creneauctl --admin data/admin.sock agenda publish 93-titres.toml --dry-run
  creneauctl --admin data/admin.sock slot list 93-titres --from 2026-12-01
  creneauctl --admin data/admin.sock reserve hold 93-titres --slot 2026-12-01T09:20 --key-file key
  creneauctl --admin data/admin.sock reserve confirm 3F7QK2M9XA0CW --key-file key
  creneauctl log verify data
  creneauctl --json log show data --limit 10
  creneauctl audit export data --out export
  creneauctl --admin data/admin.sock snapshot save
  creneauctl --admin data/admin.sock queue status 92-naturalisation
  creneauctl queue verify --agenda agenda.json --status 0900.json 0905.json
  creneauctl --admin data/admin.sock preflight 92-naturalisation --listen 127.0.0.1:8080
  creneauctl --admin data/admin.sock watch 92-naturalisation
  creneauctl --admin data/admin.sock events --after 1042 --follow
  creneauctl --admin data/admin.sock roster import 92-naturalisation dossiers.csv --dry-run

Talks to a running creneaud over its admin socket; `agenda check`, `log`, `audit`, `snapshot verify`, `queue verify`, `draw verify`, `receipt verify`,
`show` and `print`, `key create`, `list`, `rotate` and `revoke` need none. Who the applicant is and the key of a reservation are asked
for on the terminal, or read from a file or stdin (-), never from arguments.

Exit codes: 0 ok, 2 usage, 3 refused, 4 unreachable, 5 integrity, 6 objective missed, 7 I/O.)";

constexpr const char* kApplicantHelp =
    "JSON file naming the applicant, e.g. {\"passport\": \"...\", \"birth_date\": \"1990-05-17\"}; "
    "- for stdin; "
    "else asked on the terminal";
constexpr const char* kApplicantsHelp =
    "JSON file naming the applicant, e.g. {\"passport\": \"...\", \"birth_date\": \"1990-05-17\"}, "
    "or "
    "a family: an array of these; - for stdin; else asked on the terminal";
constexpr const char* kIdempotencyHelp =
    "file with the Idempotency-Key of a hold whose outcome is not known, to repeat it; - for "
    "stdin; "
    "else a fresh one is drawn";
constexpr const char* kKeyHelp =
    "file with the reservation's key; - for stdin; else asked on the terminal";

// A leaf's description is its example, an empty line, its purpose in one line, and perhaps more
// about it. A list of subcommands shows the purpose only.
class Formatter : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* sub) const override {
    std::string purpose = sub->get_description();
    if (const size_t end = purpose.find("\n\n"); end != std::string::npos) {
      purpose.erase(0, end + 2);
    }
    purpose.erase(std::min(purpose.size(), purpose.find('\n')));
    std::ostringstream line;
    CLI::detail::format_help(line, sub->get_name(), purpose, get_column_width());
    return line.str();
  }
};

class Builder {
 public:
  Builder(CLI::App* app, Command* command) : app_(app), command_(command) {}

  void Build() {
    app_->formatter(std::make_shared<Formatter>());  // of all subcommands too
    app_->require_subcommand(1);
    app_->fallthrough();  // --json and --admin may stand after the subcommand too
    app_->add_option("--admin", command_->admin, "the engine's admin socket (DATA/admin.sock)");
    AddKeyOptions(app_, command_);
    app_->add_flag("--json", command_->json, "print JSON, for programs");
    app_->add_option("--timeout", command_->timeout_s, "seconds to wait for an answer")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    Agendas();
    Slots();
    Reservations();
    Logs();
    Snapshots();
    Queues();
    Rosters();
    Keys();
    NineOClock();
    WhatHappens();
    AddAudit(app_, command_);
    AddReceiptCommands(
        Group("receipt", "get a receipt; verify, read and print it without an engine"), Maker(),
        command_);
  }

 private:
  CLI::App* Group(const char* name, const char* about) {
    CLI::App* group = app_->add_subcommand(name, about);
    group->require_subcommand(1);
    group->fallthrough();
    return group;
  }

  CLI::App* Leaf(CLI::App* group, Verb verb, const char* name, const std::string& example,
                 const std::string& about) {
    CLI::App* leaf =
        group->add_subcommand(name, "Example:\n  creneauctl " + example + "\n\n" + about);
    leaf->fallthrough();
    // It is called when this builder is gone.
    leaf->callback([command = command_, verb] { command->verb = verb; });
    return leaf;
  }

  MakeLeaf Maker() {
    return [this](CLI::App* group, Verb verb, const char* name, const std::string& example,
                  const std::string& about) { return Leaf(group, verb, name, example, about); };
  }

  void Agendas() {
    CLI::App* group = Group("agenda", "check, publish and look at agendas");
    CLI::App* check =
        Leaf(group, Verb::kAgendaCheck, "check", "agenda check 93-titres.toml extra.csv",
             "Reads an agenda file, and a CSV of slots, without an engine.\n"
             "Says errors with line and column, or what the files give. An agenda whose seats are "
             "all on the web, or flow there within a day of being given out, must name its "
             "`alternative`.");
    CLI::App* publish = Leaf(group, Verb::kAgendaPublish, "publish",
                             "--admin data/admin.sock agenda publish 93-titres.toml --if-match 3",
                             "Makes an agenda, or changes its calendar by difference.");
    for (CLI::App* leaf : {check, publish}) {
      leaf->add_option("FILE", command_->file, "agenda file (TOML)")->required();
      leaf->add_option("SLOTS", command_->slots_file, "slots beside the sessions (CSV)");
    }
    DryRun(publish);
    publish
        ->add_option(
            "--displaced", command_->displaced,
            "reserved seats that are no longer in the calendar: refuse, or keep until they end")
        ->check(CLI::IsMember({"refuse", "keep"}))
        ->capture_default_str();
    publish->add_option("--if-match", command_->if_match, "only if this version is in force");
    Leaf(group, Verb::kAgendaList, "list", "--admin data/admin.sock agenda list",
         "All agendas of the engine.");
    CLI::App* show =
        Leaf(group, Verb::kAgendaShow, "show", "--admin data/admin.sock agenda show 93-titres",
             "One agenda: its rules, and its seats by channel.");
    show->add_option("AGENDA", command_->agenda, "its name")->required();
    AddClosingCommands(group, Maker(), command_);
    CLI::App* notice =
        Leaf(group, Verb::kAgendaNotice, "notice", "agenda notice 93-titres.toml --lang en",
             "The rules that decide, in plain words, as the law asks for them.");
    notice->add_option("AGENDA", command_->agenda, "its name, or an agenda file")->required();
    notice->add_option("--lang", command_->lang, "fr or en")->check(CLI::IsMember({"fr", "en"}));
    CLI::App* releases = Leaf(group, Verb::kAgendaReleases, "releases",
                              "--admin data/admin.sock agenda releases 93-titres --days 7",
                              "When seats are given out next, and for which days.");
    releases->add_option("AGENDA", command_->agenda, "its name")->required();
    releases->add_option("--days", command_->release_days, "from today on [28]")
        ->check(CLI::Range(1, 92));
    AddShiftCommands(group, Maker(), command_);
    CLI::App* record = Leaf(Group("record", "the service record"), Verb::kRecordShow, "show",
                            "--admin data/admin.sock record show 93-titres --week 2026-W49",
                            "What was free, who was refused and why, minute by minute.");
    record->add_option("AGENDA", command_->agenda, "its name")->required();
    record->add_option("--week", command_->week, "an ISO week [this one]");
  }

  void Slots() {
    CLI::App* group = Group("slot", "look at slots");
    CLI::App* list = Leaf(group, Verb::kSlotList, "list",
                          "--admin data/admin.sock slot list 93-titres --from 2026-12-01",
                          "Slots that can be booked now; seven days unless asked, 31 at most.");
    list->add_option("AGENDA", command_->agenda, "its name")->required();
    list->add_option("--from", command_->from, "first day [today]")->check(CheckDate);
    list->add_option("--to", command_->to, "last day, included")->check(CheckDate);
  }

  void Reservations() {
    CLI::App* group =
        Group("reserve", "hold, confirm, show, move, extend and cancel a reservation");
    CLI::App* hold =
        Leaf(group, Verb::kReserveHold, "hold",
             "--admin data/admin.sock reserve hold 93-titres --applicant ada.json --key-file "
             "ada.key",
             "Keeps a seat until a deadline.");
    hold->add_option("AGENDA", command_->agenda, "its name")->required();
    hold->add_option("--slot", command_->slot, "2026-12-01T09:20 [the first free one]")
        ->check(CheckSlot);
    hold->add_option("--applicant", command_->applicant_file, kApplicantsHelp);
    hold->add_option(
        "--key-file", command_->key_file,
        "write the reservation's key to this new file (mode 0600) instead of the terminal");
    hold->add_option("--idempotency-key", command_->idempotency_key_file, kIdempotencyHelp);
    DryRun(hold);
    Holder(group, Verb::kReserveConfirm, "confirm", "Makes a held seat a reservation.");
    Holder(group, Verb::kReserveExtend, "extend", "The hold's time again, once.");
    Holder(group, Verb::kReserveShow, "show", "What it stands for now.");
    Holder(group, Verb::kReserveCancel, "cancel", "Gives the seat back.");
    CLI::App* move = Holder(group, Verb::kReserveMove, "move", "To another slot; at most twice.");
    move->add_option("--slot", command_->slot, "2026-12-01T09:20")->check(CheckSlot)->required();
    AddDeskCommands(group, Maker(), command_);
    AddWaitlistCommands(Group("waitlist", "wait for seats that come back"), Maker(), command_);
    AddMandateCommands(Group("mandate", "seats that courts have ordered"), Maker(), command_);
    AddIdentityCommands(group,
                        Group("act", "list, approve and withdraw what waits for a second person"),
                        Maker(), command_);
  }

  CLI::App* Holder(CLI::App* group, Verb verb, const std::string& name, const std::string& about) {
    const std::string more = verb == Verb::kReserveMove ? " --slot 2026-12-01T09:20" : "";
    CLI::App* leaf =
        Leaf(group, verb, name.c_str(),
             "--admin data/admin.sock reserve " + name + " 3F7QK2M9XA0CW --key-file ada.key" + more,
             about);
    leaf->add_option("NAME", command_->reservation, "the reservation's name")->required();
    leaf->add_option("--key-file", command_->key_file, kKeyHelp);
    DryRun(leaf);
    return leaf;
  }

  void Logs() {
    CLI::App* group = Group("log", "verify and read the log; it may be in use");
    CLI::App* verify =
        Leaf(group, Verb::kLogVerify, "verify", "log verify data",
             "Reads the whole log and says whether it is right; changes nothing.\n"
             "Checksums, the chain, and that no seat has two owners and no subject two "
             "reservations.");
    verify->add_option("DATA", command_->data, "the daemon's data directory")->required();
    auto* checkpoint = verify->add_option("--checkpoint", command_->checkpoint_file,
                                          "published checkpoints that the log must continue");
    auto* key = verify->add_option("--key", command_->public_key_file,
                                   "the public key they are signed with (checkpoint.pub)");
    checkpoint->needs(key);
    key->needs(checkpoint);
    CLI::App* show =
        Leaf(group, Verb::kLogShow, "show", "--json log show data --from 1000 --limit 10",
             "One line for each record; with --json, one object a line.");
    show->add_option("DATA", command_->data, "the daemon's data directory")->required();
    show->add_option("--from", command_->from_lsn, "first position")->capture_default_str();
    show->add_option("--limit", command_->limit, "at most so many [all]");
  }

  void Snapshots() {
    CLI::App* group = Group("snapshot", "take, list and verify snapshots");
    Leaf(group, Verb::kSnapshotSave, "save", "--admin data/admin.sock snapshot save",
         "Takes one now, while the engine serves; returns when it counts.");
    CLI::App* list = Leaf(group, Verb::kSnapshotList, "list", "snapshot list data",
                          "Those there are, newest first.\n"
                          "From the directory, or by --admin from the engine.");
    list->add_option("DATA", command_->data, "the daemon's data directory [ask --admin]");
    CLI::App* verify =
        Leaf(group, Verb::kSnapshotVerify, "verify", "snapshot verify data",
             "Reads each to its end and follows the log from it; changes nothing.\n"
             "Where they end at the same position, they must come to the same state.");
    verify->add_option("DATA", command_->data, "the daemon's data directory")->required();
  }

  CLI::App* OfAgenda(CLI::App* group, Verb verb, const std::string& name, const std::string& more,
                     const std::string& about) {
    const std::string within = group == app_ ? "" : group->get_name() + " ";
    CLI::App* leaf =
        Leaf(group, verb, name.c_str(),
             "--admin data/admin.sock " + within + name + " 92-naturalisation" + more, about);
    leaf->add_option("AGENDA", command_->agenda, "its name")->required();
    return leaf;
  }

  void Queues() {
    AddQueueCommands(Group("queue", "look at openings and change them by hand"), Maker(), command_);
    AddDrawCommands(Group("draw", "draw lots for seats; export and verify a draw"), Maker(),
                    command_);
  }

  void Rosters() {
    CLI::App* group = Group("roster", "tell whom the office knows");
    CLI::App* import =
        OfAgenda(group, Verb::kRosterImport, "import", " dossiers.csv",
                 "Replaces the list of those who may book, where identity_proof is \"listed\".\n"
                 "The CSV's first line names identity fields; a line for each person follows.\n"
                 "Of a file above 1 MiB the first part replaces, and the others are added to it: "
                 "meanwhile\nonly some are listed.");
    import->add_option("FILE", command_->file, "CSV; - for stdin")->required();
    import->add_flag("--add", command_->adds,
                     "add to those listed already, instead of replacing them");
    DryRun(import);
  }

  void Keys() {
    AddKeyCommands(
        Group("key", "keys of the staff, which need no engine; the peppers of an engine"), Maker(),
        command_);
  }

  // What an operator has open from 8:55 on.
  void NineOClock() {
    CLI::App* watch = OfAgenda(app_, Verb::kWatch, "watch", "",
                               "An opening as it goes, once a second, until Ctrl-C.\n"
                               "A screen on a terminal; else, or with --json, a line of JSON.");
    watch->add_option("--count", command_->count, "end after so many [go on]");
    CLI::App* preflight =
        OfAgenda(app_, Verb::kPreflight, "preflight", " --listen 127.0.0.1:8080",
                 "Whether all that an opening needs is there; exit code 6 if it is not fit.\n"
                 "Clock, flush latency, disk, descriptors, keys, K, seats, snapshot, listeners.");
    preflight->add_option("--listen", command_->listen, "the daemon's, to see that it answers");
    preflight->add_option("--confirm-listen", command_->confirm_listen,
                          "likewise, where it has one");
    preflight->add_option("--data", command_->data, "the daemon's directory [that of --admin]");
    preflight->add_option("--keys", command_->keys, "its keys [DATA/keys]");
    preflight->add_option("--yesterday", command_->yesterday_file,
                          "what preflight --json printed then, to compare seats with");
  }

  void WhatHappens() {
    CLI::App* events =
        Leaf(app_, Verb::kEvents, "events", "--admin data/admin.sock events --after 1042 --follow",
             "What has happened after a position in the log: a line of JSON for each.\n"
             "Go on after the lsn of the last line; nothing is lost, nothing comes twice.");
    events->add_option("--after", command_->after_lsn, "position; 0: the beginning")
        ->capture_default_str();
    events->add_option("--agenda", command_->agenda, "of this one only [all]");
    events->add_flag("--follow", command_->follow, "then wait for what happens");
  }

  void DryRun(CLI::App* leaf) {
    leaf->add_flag("--dry-run", command_->dry_run, "say what would be done, and do nothing");
  }

  CLI::App* app_;
  Command* command_;
};

bool NeedsEngine(const Command& command) {
  const Verb verb = command.verb;
  if (verb == Verb::kSnapshotList) return command.data.empty();
  if (verb == Verb::kQueueVerify || verb == Verb::kDrawVerify || verb == Verb::kReceiptVerify ||
      verb == Verb::kReceiptShow || verb == Verb::kReceiptPrint)
    return false;
  if (verb == Verb::kAgendaNotice) return rules::IsName(command.agenda);
  if (verb == Verb::kRosterImport) return !command.dry_run;
  return verb != Verb::kAgendaCheck && verb != Verb::kLogVerify && verb != Verb::kLogShow &&
         verb != Verb::kSnapshotVerify && verb != Verb::kAuditExport &&
         verb != Verb::kAuditVerify && !IsOfKeys(verb);
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app{kAbout, "creneauctl"};
  Builder(&app, &line.command).Build();
  app.set_version_flag("--version", "creneauctl " CRENEAU_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    line.exit_code = app.exit(error, out, err) == 0 ? kExitOk : kExitUsage;
    line.output = *line.exit_code == kExitOk ? out.str() : err.str();
    return line;
  }
  if (std::string wrong = TakeUrl(&line.command); !wrong.empty()) {
    line.exit_code = kExitUsage;
    line.output = std::move(wrong);
    return line;
  }
  if (NeedsEngine(line.command) && line.command.admin.empty()) {
    line.exit_code = kExitUsage;
    line.output =
        "creneauctl: which engine? Give --admin SOCKET (DATA/admin.sock of the daemon), or --url "
        "with --bearer\n";
  }
  if (line.command.applicant_file == "-" && line.command.idempotency_key_file == "-") {
    line.exit_code = kExitUsage;
    line.output = "creneauctl: --applicant and --idempotency-key cannot both be read from stdin\n";
  }
  if (line.command.verb == Verb::kQueueBeacon && line.command.value.empty() &&
      !line.command.without) {
    line.exit_code = kExitUsage;
    line.output = "creneauctl: what did the beacon give? VALUE, or --without\n";
  }
  return line;
}

}  // namespace creneau::ctl
