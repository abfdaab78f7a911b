#include "tools/creneauctl/cli_leaf.h"

namespace creneau::ctl {

CLI::App* OfAgenda(CLI::App* group, const MakeLeaf& leaf, Command* command, Verb verb,
                   const std::string& name, const std::string& more, const std::string& about) {
  CLI::App* of = leaf(
      group, verb, name.c_str(),
      "--admin data/admin.sock " + group->get_name() + " " + name + " 92-naturalisation" + more,
      about);
  of->add_option("AGENDA", command->agenda, "its name")->required();
  return of;
}

void DryRun(CLI::App* leaf, Command* command) {
  leaf->add_flag("--dry-run", command->dry_run, "say what would be done, and do nothing");
}

}  // namespace creneau::ctl
