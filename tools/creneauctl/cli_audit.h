// The command line of `creneauctl audit`. Start-up code.
#pragma once

#include "tools/creneauctl/command.h"

namespace CLI {
class App;
}

namespace creneau::ctl {

// Both must outlive the parsing.
void AddAudit(CLI::App* app, Command* command);

}  // namespace creneau::ctl
