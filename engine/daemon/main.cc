// creneaud: flags and file in, an engine behind sockets out. See engine/booking/engine.h for what
// it does.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "daemon/config_file.h"
#include "daemon/flags.h"
#include "daemon/options.h"
#include "daemon/run.h"

namespace {

using namespace creneau::daemon;

bool ReadWhole(const std::string& path, std::string* text) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  text->assign(std::istreambuf_iterator<char>(in), {});
  return !in.bad();
}

// `FILE:LINE:COLUMN: message` where a file is to blame, as compilers say it, so that editors jump
// there.
void Tell(const std::string& file, const creneau::rules::Diagnostics& errors) {
  for (const creneau::rules::Diagnostic& error : errors) {
    if (error.line > 0) {
      std::fprintf(stderr, "%s:%d:%d: %s\n", file.c_str(), error.line, error.column,
                   error.message.c_str());
    } else {
      std::fprintf(stderr, "creneaud: %s\n", error.message.c_str());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Flags flags = ParseFlags(argc, argv);
  if (flags.exit_code) {
    std::fputs(flags.output.c_str(), *flags.exit_code == 0 ? stdout : stderr);
    return *flags.exit_code;
  }
  ConfigFile config;
  if (flags.config) {
    std::string text;
    if (!ReadWhole(*flags.config, &text)) {
      std::fprintf(stderr, "creneaud: --config: cannot read %s\n", flags.config->c_str());
      return kExitUsage;
    }
    config = ReadConfigFile(text);
  }
  const auto processors = static_cast<int>(std::thread::hardware_concurrency());
  const Options options = Resolve(flags.settings, config.settings, processors, &config.errors);
  if (!config.errors.empty()) {
    Tell(flags.config.value_or(""), config.errors);
    return kExitUsage;
  }
  if (flags.check) {
    std::printf("creneaud: fine: %s\n", Describe(options).c_str());
    return kExitOk;
  }
  return Run(options);
}
