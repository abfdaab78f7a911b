#include "tools/creneauctl/cli_draw.h"

#include "tools/creneauctl/cli_checks.h"

namespace creneau::ctl {
namespace {

void AddSteps(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  OfAgenda(group, leaf, command, Verb::kDrawStatus, "status", "",
           "Where the draw stands, as everybody sees it.");
  DryRun(OfAgenda(group, leaf, command, Verb::kDrawClose, "close", "",
                  "Closes the entries, once their window is over; the engine does so by "
                  "itself.\nPublishes how many there are and the root of their Merkle "
                  "tree."),
         command);
  CLI::App* seed = OfAgenda(group, leaf, command, Verb::kDrawSeed, "seed", " 4f1c…e9",
                            "Tells what the round gave: from its hour on, once, and published.\n"
                            "Nothing here can check that it did: compare it with the source.");
  seed->add_option("VALUE", command->value, "as the source has it")->required();
  DryRun(seed, command);
  DryRun(OfAgenda(group, leaf, command, Verb::kDrawRun, "run", "",
                  "Draws: ranks, test of uniformity, seats; then offers are made.\n"
                  "Once; repeated, it says what it gave."),
         command);
}

void AddFiles(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  CLI::App* exported =
      OfAgenda(group, leaf, command, Verb::kDrawExport, "export", " --out tirage",
               "Fetches all that is published of a draw that is done, and verifies it.\n"
               "Whoever has the files needs nothing else to verify it again.");
  exported->add_option("--out", command->out, "a new directory, or an empty one")->required();
  exported->add_option("--draw", command->draw, "the id of an earlier one [the latest]");
  CLI::App* verify =
      leaf(group, Verb::kDrawVerify, "verify", "draw verify tirage --receipt mine",
           "Works a draw out anew from its published files alone, without an engine.\n"
           "Says the first difference by file and line; exit code 5 where there is one.");
  verify->add_option("DIR", command->file, "with draw.json, rules.txt and so on")->required();
  verify->add_option("--receipt", command->receipt_file,
                     "a receipt of inclusion, to see that the entry is in it; - for stdin");
}

void AddEntries(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  CLI::App* enter =
      OfAgenda(group, leaf, command, Verb::kDrawEnter, "enter", " --key-file key",
               "Enters somebody, who takes any seat unless wishes are given.\n"
               "Where the engine asks for a proof of work, it is found here. With --bearer as an "
               "agent, helper or site does: none is asked then.");
  enter->add_option("--applicant", command->applicant_file,
                    "JSON file naming the applicant; - for stdin; else asked on the terminal");
  enter->add_option("--weekdays", command->weekdays, "mon tue wed thu fri sat sun [any]")
      ->check(CLI::IsMember({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}));
  enter->add_option("--halves", command->halves, "morning or afternoon [either]")
      ->check(CLI::IsMember({"morning", "afternoon"}));
  enter->add_option("--dates", command->dates, "2026-12-01 2026-12-03 [any]")->check(CheckDate);
  enter->add_option("--key-file", command->key_file,
                    "write the entry's key to this new file (mode 0600) instead of the terminal");
  enter->add_option("--idempotency-key", command->idempotency_key_file,
                    "file with the Idempotency-Key of one whose outcome is not known, to repeat "
                    "it; - for stdin; else a fresh one is drawn");
  DryRun(enter, command);
  const auto of_entry = [&](Verb verb, const char* name, const std::string& more,
                            const std::string& about) {
    CLI::App* of = leaf(group, verb, name,
                        "--admin data/admin.sock draw " + std::string(name) +
                            " E3F7QK2M9XA0CW --key-file key" + more,
                        about);
    of->add_option("ENTRY", command->entry, "its name")->required();
    of->add_option("--key-file", command->key_file,
                   "file with the entry's key; - for stdin; else asked on the terminal");
    return of;
  };
  of_entry(Verb::kDrawEntry, "entry", "",
           "How an entry stands: its rank, and the seat that is offered.\n"
           "What is offered is confirmed with `reserve confirm` and the key shown here.");
  DryRun(of_entry(Verb::kDrawLeave, "leave", "",
                  "Takes an entry back; after the closing, what it is or would be "
                  "offered."),
         command);
  of_entry(Verb::kDrawReceipt, "receipt", " --out receipt",
           "The signed receipt that the entry is in the list that was committed to.")
      ->add_option("--out", command->out_file, "write it to this new file [stdout]");
}

}  // namespace

void AddDrawCommands(CLI::App* group, const MakeLeaf& leaf, Command* command) {
  AddSteps(group, leaf, command);
  AddFiles(group, leaf, command);
  AddEntries(group, leaf, command);
}

}  // namespace creneau::ctl
