// creneau-bench: a command line in, one run measured, an exit code out.
#include <cstdio>

#include "bench/creneau-bench/crowd/crowd_run.h"
#include "bench/creneau-bench/options.h"
#include "bench/creneau-bench/run.h"
#include "tools/creneauctl/exit_code.h"

int main(int argc, char** argv) {
  const creneau::bench::CommandLine line = creneau::bench::ParseCommandLine(argc, argv);
  if (line.exit_code) {
    std::fputs(line.output.c_str(), *line.exit_code == creneau::ctl::kExitOk ? stdout : stderr);
    return *line.exit_code;
  }
  if (line.crowd) return creneau::bench::RunCrowd(*line.crowd);
  return creneau::bench::Run(line.options);
}
