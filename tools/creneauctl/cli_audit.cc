#include "tools/creneauctl/cli_audit.h"

#include <CLI/CLI.hpp>

namespace creneau::ctl {

void AddAudit(CLI::App* app, Command* command) {
  CLI::App* group = app->add_subcommand("audit", "export the evidence, recount it");
  group->require_subcommand(1);
  group->fallthrough();
  const auto leaf = [&](Verb verb, const char* name, const char* about) {
    CLI::App* made = group->add_subcommand(name, about);
    made->fallthrough();
    made->callback([command, verb] { command->verb = verb; });
    return made;
  };
  CLI::App* make = leaf(Verb::kAuditExport, "export",
                        "Example:\n  creneauctl audit export data --out export\n\n"
                        "Writes all that a court needs to recount what was given to whom.\n"
                        "Names nobody; reads the log and its archive, which may be in use.");
  make->add_option("DATA", command->data, "the daemon's data directory")->required();
  make->add_option("--out", command->out, "a directory that is not there yet")->required();
  make->add_option("--agenda", command->agenda, "the only one in the table [all]");
  make->add_option("--to", command->to_lsn, "up to the batch with this position [the end]");
  make->add_option("--keys", command->keys, "the daemon's keys: public ones go along [DATA/keys]");
  CLI::App* verify =
      leaf(Verb::kAuditVerify, "verify",
           "Example:\n  creneauctl audit verify export --checkpoint file --key "
           "checkpoint.pub\n\nRecounts an export, alone; names the first difference.\n"
           "Chain, checksums, replay, rules, and every line of the table.");
  verify->add_option("EXPORT", command->out, "the directory")->required();
  auto* checkpoint = verify->add_option("--checkpoint", command->checkpoint_file,
                                        "published checkpoints that the log must continue");
  auto* key = verify->add_option("--key", command->public_key_file,
                                 "the public key they are signed with (checkpoint.pub)");
  checkpoint->needs(key);
  key->needs(checkpoint);
}

}  // namespace creneau::ctl
