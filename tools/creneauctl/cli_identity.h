// The part of the command line that is about identities: what agents do about whose reservation it
// is. For cli.cc.
#pragma once

#include "tools/creneauctl/cli_leaf.h"

namespace creneau::ctl {

// To `reserve`, and `act` as a group of its own. `leaf` makes a subcommand: of a group, with a
// verb, name, example and what it is about.
void AddIdentityCommands(CLI::App* reserve, CLI::App* act, const MakeLeaf& leaf, Command* command);

}  // namespace creneau::ctl
