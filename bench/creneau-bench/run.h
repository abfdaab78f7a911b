// A run from beginning to end: the server, the threads, the measured window, reading back, the
// report. One thread calls it; it starts --threads more.
#pragma once

#include "bench/creneau-bench/options.h"

namespace creneau::bench {

// The exit code. The report goes to stdout, progress and failures to stderr.
int Run(Options options);

}  // namespace creneau::bench
