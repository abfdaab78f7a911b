// A run of a profile of people from beginning to end: the server and its agendas, the crowd,
// reading back, the report. One thread.
#pragma once

#include "bench/creneau-bench/crowd/crowd_options.h"

namespace creneau::bench {

// The exit code. The report goes to stdout, progress and failures to stderr.
int RunCrowd(CrowdOptions options);

}  // namespace creneau::bench
