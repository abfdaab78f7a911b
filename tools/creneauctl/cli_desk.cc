#include "tools/creneauctl/cli_desk.h"

#include "tools/creneauctl/cli_checks.h"

namespace creneau::ctl {
namespace {

// Where what comes back goes.
void MadeFileOptions(CLI::App* leaf, Command* command) {
  leaf->add_option("--key-file", command->key_file,
                   "write the reservation's key to this new file (mode 0600) instead of the "
                   "terminal");
  leaf->add_option("--letter", command->letter_file,
                   "write the letter for its holder to this new file (mode 0600); - for stdout");
  leaf->add_option("--ics", command->ics_file, "write the calendar entry to this new file");
}

}  // namespace

void AddDeskCommands(CLI::App* reserve, const MakeLeaf& leaf, Command* command) {
  CLI::App* desk = leaf(reserve, Verb::kReserveDesk, "desk",
                        "--admin data/admin.sock --bearer claire.key reserve desk 93-titres "
                        "--channel phone --applicant ada.json --letter ada.txt",
                        "Books for somebody who calls, comes or writes: confirmed at once.\n"
                        "An agent's: phone, desk or post; a helper's: phone or desk, so many a "
                        "week.");
  desk->add_option("AGENDA", command->agenda, "its name")->required();
  desk->add_option("--channel", command->channel, "how it was asked for: phone, desk or post")
      ->required()
      ->check(CLI::IsMember({"phone", "desk", "post"}));
  desk->add_option("--applicant", command->applicant_file,
                   "JSON file naming the applicant, or a list of them for a family; - for stdin; "
                   "else asked on the terminal");
  desk->add_option("--slot", command->slot, "2026-12-01T09:20 [the first free one]")
      ->check(CheckSlot);
  MadeFileOptions(desk, command);
  desk->add_option("--idempotency-key", command->idempotency_key_file,
                   "file with the Idempotency-Key of one whose outcome is not known, to repeat it; "
                   "- for stdin; else a fresh one is drawn");
  desk->add_flag("--dry-run", command->dry_run, "say what would be done, and do nothing");
}

void AddMandateCommands(CLI::App* mandate, const MakeLeaf& leaf, Command* command) {
  const std::string by = "--admin data/admin.sock --bearer claire.key ";
  CLI::App* enter = leaf(mandate, Verb::kMandateNew, "new",
                         by + "mandate new 93-titres --applicant ada.json --court 'TA Montreuil' "
                              "--decision order.txt --date 2026-11-20 --deadline 2026-12-05 "
                              "--penalty 100",
                         "Enters what a court has ordered. A colleague approves it.");
  enter->add_option("AGENDA", command->agenda, "its name")->required();
  enter->add_option("--applicant", command->applicant_file,
                    "JSON file naming the applicant; - for stdin; else asked on the terminal");
  enter->add_option("--court", command->court, "which one")->required();
  enter
      ->add_option("--decision", command->decision_file,
                   "file with what it says, kept sealed; - for stdin")
      ->required();
  enter->add_option("--date", command->day, "of the decision")->required()->check(CheckDate);
  enter->add_option("--deadline", command->until, "the appointment is on that day at the latest")
      ->required()
      ->check(CheckDate);
  enter->add_option("--penalty", command->penalty_eur, "euros for each day after it [0]")
      ->check(CLI::Range(0, 100'000));
  CLI::App* approve =
      leaf(mandate, Verb::kMandateApprove, "approve",
           by + "mandate approve M9F86D081884C7 --letter ada.txt",
           "Approves what a colleague has entered: it gets its seat. Not one's own.");
  MadeFileOptions(approve, command);
  CLI::App* withdraw =
      leaf(mandate, Verb::kMandateEnd, "withdraw", by + "mandate withdraw M9F86D081884C7",
           "Says that one without a seat is not to be.");
  for (CLI::App* one : {approve, withdraw})
    one->add_option("MANDATE", command->act, "its name")->required();
  CLI::App* list = leaf(mandate, Verb::kMandateList, "list", by + "mandate list",
                        "All that there are, by deadline.");
  CLI::App* due = leaf(mandate, Verb::kMandateList, "due", by + "mandate due --days 7",
                       "Those without a seat whose deadline is near, or over.");
  list->add_option("--due", command->due_days, "only those due within so many days")
      ->check(CLI::Range(0, 1000));
  due->add_option("--days", command->due_days, "within so many [4]")->check(CLI::Range(0, 1000));
  due->callback([command] {
    command->verb = Verb::kMandateList;
    if (command->due_days < 0) command->due_days = 4;
  });
  for (CLI::App* one : {enter, approve, withdraw})
    one->add_flag("--dry-run", command->dry_run, "say what would be done, and do nothing");
}

void AddShiftCommands(CLI::App* agenda, const MakeLeaf& leaf, Command* command) {
  CLI::App* shift = leaf(agenda, Verb::kAgendaShift, "shift",
                         "--admin data/admin.sock agenda shift 93-titres --from post --to phone "
                         "--day 2026-12-01 --seats 1",
                         "Gives free seats of one channel to another, openly: logged and counted.\n"
                         "Publishing the same files again leaves them there; shift them back.\n"
                         "The last seat of phone, desk and post that is free and can be booked "
                         "stays, unless the agenda names its alternative.");
  shift->add_option("AGENDA", command->agenda, "its name")->required();
  const auto channel = CLI::IsMember({"web", "phone", "desk", "post", "court"});
  shift->add_option("--from", command->from_channel, "whose seats")->required()->check(channel);
  shift->add_option("--to", command->to_channel, "whose they are then")->required()->check(channel);
  shift->add_option("--seats", command->seats, "of each slot, at most [all that are free]")
      ->check(CLI::Range(1, 64));
  CLI::Option_group* which = shift->add_option_group("which slots");
  which->add_option("--slot", command->slot, "this one: 2026-12-01T09:20")->check(CheckSlot);
  which->add_option("--day", command->day, "those of a day")->check(CheckDate);
  which->add_option("--until", command->until, "those from now until a day, included")
      ->check(CheckDate);
  which->require_option(1);
  shift->add_flag("--dry-run", command->dry_run, "say what would be done, and do nothing");
}

}  // namespace creneau::ctl
