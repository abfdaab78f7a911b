// The part of the command line that is about the desk and the shares of channels: what the staff
// books for others, and seats that go from one channel to another. For cli.cc.
#pragma once

#include "tools/creneauctl/cli_leaf.h"

namespace creneau::ctl {

// To `reserve`.
void AddDeskCommands(CLI::App* reserve, const MakeLeaf& leaf, Command* command);
// A group of its own.
void AddMandateCommands(CLI::App* mandate, const MakeLeaf& leaf, Command* command);
// To `agenda`.
void AddShiftCommands(CLI::App* agenda, const MakeLeaf& leaf, Command* command);

}  // namespace creneau::ctl
