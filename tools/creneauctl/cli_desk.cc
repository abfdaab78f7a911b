#include "tools/creneauctl/cli_desk.h"

#include "base/text.h"

namespace creneau::ctl {
namespace {

std::string CheckSlot(const std::string& text) {
  return ParseLocalMinute(text) ? ""
                                : "expected a slot such as 2026-12-01T09:20, got \"" + text + "\"";
}

std::string CheckDate(const std::string& text) {
  return ParseDate(text) ? "" : "expected a date such as 2026-12-01, got \"" + text + "\"";
}

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
                   "JSON file naming the applicant; - for stdin; else asked on the terminal");
  desk->add_option("--slot", command->slot, "2026-12-01T09:20 [the first free one]")
      ->check(CheckSlot);
  MadeFileOptions(desk, command);
  desk->add_option("--idempotency-key", command->idempotency_key_file,
                   "file with the Idempotency-Key of one whose outcome is not known, to repeat it; "
                   "- for stdin; else a fresh one is drawn");
  desk->add_flag("--dry-run", command->dry_run, "say what would be done, and do nothing");
}

void AddShiftCommands(CLI::App* agenda, const MakeLeaf& leaf, Command* command) {
  CLI::App* shift = leaf(agenda, Verb::kAgendaShift, "shift",
                         "--admin data/admin.sock agenda shift 93-titres --from post --to phone "
                         "--day 2026-12-01 --seats 1",
                         "Gives free seats of one channel to another, openly: logged and counted.\n"
                         "Publishing the same files again leaves them there; shift them back.");
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
