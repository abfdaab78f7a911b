// creneauctl's command line: arguments in, a Command out, or what to print and the code to end
// with.
#pragma once

#include <optional>
#include <string>

#include "tools/creneauctl/command.h"

namespace creneau::ctl {

struct CommandLine {
  Command command;
  // Set when the program is to end here: help or version asked for (0), or a wrong command line
  // (2).
  std::optional<int> exit_code;
  std::string output;  // for stdout when exit_code is 0, else for stderr
};

CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace creneau::ctl
