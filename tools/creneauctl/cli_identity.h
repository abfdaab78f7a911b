// The part of the command line that is about identities: what agents do about whose reservation it
// is. For cli.cc.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "tools/creneauctl/command.h"

namespace creneau::ctl {

// To `reserve`, and `act` as a group of its own. `leaf` makes a subcommand: of a group, with a
// verb, name, example and what it is about.
void AddIdentityCommands(
    CLI::App* reserve, CLI::App* act,
    const std::function<CLI::App*(CLI::App*, Verb, const char*, const std::string&,
                                  const std::string&)>& leaf,
    Command* command);

}  // namespace creneau::ctl
