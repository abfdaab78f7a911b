// creneaud's command line: arguments in, settings out, or what to print and the code to end with.
#pragma once

#include <optional>
#include <string>

#include "daemon/options.h"

namespace creneau::daemon {

struct Flags {
  Settings settings;
  std::optional<std::string> config;  // the TOML file
  bool check = false;                 // validate and end

  // Set when the program is to end here: help or version asked for (0), or a wrong command line
  // (2).
  std::optional<int> exit_code;
  std::string output;  // for stdout when exit_code is 0, else for stderr
};

Flags ParseFlags(int argc, const char* const* argv);

}  // namespace creneau::daemon
