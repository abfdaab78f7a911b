// The part of the command line that is about draws. For cli.cc.
#pragma once

#include "tools/creneauctl/cli_leaf.h"

namespace creneau::ctl {

void AddDrawCommands(CLI::App* group, const MakeLeaf& leaf, Command* command);

}  // namespace creneau::ctl
