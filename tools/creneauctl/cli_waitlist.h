// The part of the command line that is about waitlists and days that are closed. For cli.cc.
#pragma once

#include "tools/creneauctl/cli_leaf.h"

namespace creneau::ctl {

void AddWaitlistCommands(CLI::App* group, const MakeLeaf& leaf, Command* command);
void AddClosingCommands(CLI::App* agenda, const MakeLeaf& leaf, Command* command);

}  // namespace creneau::ctl
