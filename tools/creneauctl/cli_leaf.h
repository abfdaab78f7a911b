// What the commands of several groups have in common on the command line. For the files of the
// command line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "tools/creneauctl/command.h"

namespace creneau::ctl {

// Makes a subcommand: of a group, with a verb, name, example and what it is about.
using MakeLeaf =
    std::function<CLI::App*(CLI::App*, Verb, const char*, const std::string&, const std::string&)>;

// A subcommand about an agenda. `more` follows the agenda in the example.
CLI::App* OfAgenda(CLI::App* group, const MakeLeaf& leaf, Command* command, Verb verb,
                   const std::string& name, const std::string& more, const std::string& about);

// --dry-run.
void DryRun(CLI::App* leaf, Command* command);

}  // namespace creneau::ctl
