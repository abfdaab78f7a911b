#include "tools/creneauctl/cli_desk.h"

#include "base/text.h"

namespace creneau::ctl {
namespace {

std::string CheckSlot(const std::string& text) {
  return ParseLocalMinute(text) ? ""
                                : "expected a slot such as 2026-12-01T09:20, got \"" + text + "\"";
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

}  // namespace creneau::ctl
