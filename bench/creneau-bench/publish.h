// Where a report goes: text to stdout, JSON and HTML to the files that were asked for. One thread.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "bench/creneau-bench/options.h"
#include "bench/creneau-bench/report.h"

namespace creneau::bench {

// Before the run, which would be in vain otherwise: whether the files can be written. Leaves what
// is there as it is, and nothing new. Internal, with the option and the path, when one cannot.
absl::Status CanPublish(const Options& options);

struct Texts {
  std::string text;
  std::string json;
  std::string html;
};
// The exit code: of a verdict that is not `ok`, or of a file that could not be written (said on
// stderr).
int PublishTexts(const Options& options, const Texts& texts, bool ok);
// The same of this report; the exit code: of the verdict, or of a file that could not be written
// (said on stderr).
int Publish(const Report& report);

}  // namespace creneau::bench
