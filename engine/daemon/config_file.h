// The daemon's TOML file: text in, settings out, each with its line and column. An unknown key or a
// wrong type is an error, never ignored: a misspelt `trusted_network` must not look as if it had
// been read. Pure.
#pragma once

#include <string_view>

#include "daemon/options.h"
#include "rules/diagnostic.h"

namespace creneau::daemon {

struct ConfigFile {
  Settings settings;
  rules::Diagnostics errors;  // with any of these, settings are not to be used
};

ConfigFile ReadConfigFile(std::string_view text);

}  // namespace creneau::daemon
