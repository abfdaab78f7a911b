#include "tools/creneauctl/cli_identity.h"

namespace creneau::ctl {
namespace {

constexpr const char* kReasonHelp = "typing-error, office-error, new-document, usurped or other";

void Applicant(CLI::App* leaf, Command* command, const char* help) {
  leaf->add_option("--applicant", command->applicant_file, help)->required();
}

void Reason(CLI::App* leaf, Command* command) {
  leaf->add_option("--reason", command->reason, kReasonHelp)
      ->required()
      ->check(CLI::IsMember({"typing-error", "office-error", "new-document", "usurped", "other"}));
}

const std::string kBy = "--admin data/admin.sock --bearer claire.key ";

void AddReserveCommands(CLI::App* reserve, const MakeLeaf& leaf, Command* command) {
  CLI::App* lookup = leaf(reserve, Verb::kReserveLookup, "lookup",
                          kBy + "reserve lookup 93-titres --applicant ada.json",
                          "The reservation that an applicant has, without its key. An agent's or a "
                          "helper's; the log says who looked.");
  lookup->add_option("AGENDA", command->agenda, "its name")->required();
  Applicant(lookup, command, "JSON file naming the applicant; - for stdin");

  CLI::App* recover = leaf(reserve, Verb::kReserveRecover, "recover",
                           "--admin data/admin.sock reserve recover 93-titres --applicant ada.json",
                           "Has the website send the holder the way back to a reservation.\n"
                           "The answer is the same whether there is one or not.");
  recover->add_option("AGENDA", command->agenda, "its name")->required();
  Applicant(recover, command, "JSON file naming the applicant; - for stdin");
  DryRun(recover, command);

  CLI::App* link =
      leaf(reserve, Verb::kReserveLink, "link",
           kBy +
               "reserve link 93-titres --applicant passport.json --same-as "
               "dossier.json --reason new-document",
           "Makes two identities of one person one: one reservation for both.\nWhere one of them "
           "has one already, a second agent has to approve.");
  link->add_option("AGENDA", command->agenda, "its name")->required();
  Applicant(link, command, "JSON file with the one identity; - for stdin");
  link->add_option("--same-as", command->other_applicant_file, "JSON file with the other")
      ->required();
  Reason(link, command);
  DryRun(link, command);

  CLI::App* correct = leaf(reserve, Verb::kReserveCorrect, "correct",
                           kBy +
                               "reserve correct 3F7QK2M9XA0CW --applicant right.json --booked "
                               "typed.json --reason typing-error",
                           "Puts a mistyped identity right; the seat, its name and its key stay.\n"
                           "A new document is no mistake: see link.\n"
                           "One field at once. More, or without --booked: a second agent has to "
                           "approve.");
  correct->add_option("NAME", command->reservation, "the reservation's name")->required();
  Applicant(correct, command, "JSON file with the identity as the papers say; - for stdin");
  correct->add_option("--booked", command->other_applicant_file,
                      "JSON file with the identity as it was typed [not known]");
  Reason(correct, command);
  DryRun(correct, command);

  CLI::App* repair =
      leaf(reserve, Verb::kReserveRepair, "repair",
           kBy +
               "reserve repair 3F7QK2M9XA0CW --applicant owner.json --reason "
               "usurped",
           "Proposes to give a seat that somebody else took back to whose name it "
           "is in.\nA second agent approves, and gets the new key for the owner; the "
           "old one is then void.");
  repair->add_option("NAME", command->reservation, "the reservation's name")->required();
  Applicant(repair, command, "JSON file with the owner's identity; - for stdin");
  Reason(repair, command);
  DryRun(repair, command);
}

void AddActCommands(CLI::App* act, const MakeLeaf& leaf, Command* command) {
  leaf(act, Verb::kActList, "list", kBy + "act list",
       "Acts that wait for a second person, oldest first.");
  CLI::App* approve = leaf(act, Verb::kActApprove, "approve",
                           kBy + "act approve 9f86d081884c7d65 --key-file ada.key",
                           "Approves what a colleague has proposed. Not one's own.");
  approve->add_option("ACT", command->act, "its name")->required();
  approve->add_option(
      "--key-file", command->key_file,
      "write the key that a repair gives to this new file (mode 0600) instead of the terminal");
  DryRun(approve, command);

  CLI::App* withdraw =
      leaf(act, Verb::kActWithdraw, "withdraw", kBy + "act withdraw 9f86d081884c7d65",
           "Says that what waits for a second person is not to be: one's own, or a "
           "colleague's.");
  withdraw->add_option("ACT", command->act, "its name")->required();
  DryRun(withdraw, command);
}

}  // namespace

void AddIdentityCommands(CLI::App* reserve, CLI::App* act, const MakeLeaf& leaf, Command* command) {
  AddReserveCommands(reserve, leaf, command);
  AddActCommands(act, leaf, command);
}

}  // namespace creneau::ctl
