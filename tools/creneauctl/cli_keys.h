// The part of the command line that is about keys of the staff: how they are kept, and how an
// engine is reached with one. For cli.cc.
#pragma once

#include <string>

#include "tools/creneauctl/cli_leaf.h"

namespace creneau::ctl {

bool IsOfKeys(Verb verb);
void AddKeyCommands(CLI::App* group, const MakeLeaf& leaf, Command* command);

// --url and --bearer.
void AddKeyOptions(CLI::App* app, Command* command);
// Makes Command::admin what --url says, where there is one. Not empty: what is wrong with it.
std::string TakeUrl(Command* command);

}  // namespace creneau::ctl
