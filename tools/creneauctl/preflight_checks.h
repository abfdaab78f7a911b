// Whether an agenda and its engine are fit for an opening, five minutes before it: from what was
// found out about both to a verdict for each thing that has gone wrong elsewhere, with what to do.
// Pure: facts and `now` in, verdicts out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "tools/creneauctl/metrics_text.h"

namespace creneau::ctl {

enum class Fitness { kOk, kWarn, kFail };
std::string_view FitnessName(Fitness fitness);  // "ok", "warn", "FAIL"

struct Check {
  std::string name;
  Fitness fitness = Fitness::kOk;
  std::string says;
  std::string what_to_do;  // empty when it is ok
};

// What the kernel says of its clock (adjtimex).
struct ClockFacts {
  bool synchronised = false;
  int64_t estimated_error_us = 0;
  int64_t largest_error_us = 0;
};

struct DiskFacts {
  std::string directory;
  uint64_t free_bytes = 0;  // for the daemon's user
};

struct DescriptorFacts {
  uint64_t limit = 0;
  uint64_t used = 0;
};

struct KeyFacts {
  std::string directory;
  bool readable = false;             // the directory; else nothing is known of what lies in it
  std::vector<std::string> missing;  // file names
  std::vector<std::string> open_to_others;
};

struct ListenerFacts {
  std::string name;     // "listener", "confirm listener"
  std::string address;  // empty: it was not said where it listens
  std::string failure;  // empty: it answered
  int64_t answered_in_ms = 0;
};

// An absent fact could not be found out, which is a warning.
struct PreflightFacts {
  Instant now;
  std::string agenda;  // GET /v1/agendas/{agenda}; empty: there is none of that name
  std::string queue;   // GET …/queue; empty for an agenda without one
  MetricsText metrics;
  std::optional<ClockFacts> clock;
  std::optional<DiskFacts> disk;
  std::optional<DescriptorFacts> descriptors;
  std::optional<KeyFacts> keys;
  std::vector<ListenerFacts> listeners;
  std::string yesterday;  // what `preflight --json` printed then; empty: nothing to compare with
};

std::vector<Check> ChecksOf(const PreflightFacts& facts);
bool IsFit(const std::vector<Check>& checks);  // none has failed

std::string ChecksAsText(const std::vector<Check>& checks);
// With the seats by channel, so that it can be tomorrow's `yesterday`.
std::string ChecksAsJson(const std::vector<Check>& checks, const PreflightFacts& facts);

}  // namespace creneau::ctl
