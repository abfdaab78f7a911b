// All that a run has to say, once; written as text, JSON and HTML by three functions. Latencies in
// nanoseconds here, in microseconds in JSON. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/creneau-bench/options.h"
#include "bench/creneau-bench/read_back.h"
#include "bench/creneau-bench/stats.h"

namespace creneau::bench {

// Where and of what: figures mean little without.
struct Machine {
  unsigned cpus = 0;
  std::string model;
  std::string kernel;
  uint64_t memory_mib = 0;
  std::string taken_at;  // UTC, RFC 3339
  std::string version;
  std::string compiler;
  std::string build_type;
};
Machine ThisMachine();

// CPU time over the measured window.
struct Cpu {
  std::optional<double> server_s;  // of the processes that were named, or our own creneaud
  double generator_s = 0;          // all threads
  double others_s =
      0;  // neither of the two, kernel threads included; 0 where the server is not known
  double stolen_s = 0;                 // taken away by the host
  double length_s = 0;                 // of the time in which this was used
  double busiest_generator_share = 0;  // of the window, by its busiest thread
};

struct Verdict {
  Objective objective;
  std::optional<double> measured;  // in the objective's terms; nothing: there was no such request
  bool met = false;
};

enum class Limit {
  kNothing,
  kGenerator,
  kServer,
  kMachine,  // somebody else used it
};
std::string_view NameOf(Limit limit);

struct Report {
  Options options;
  Machine machine;
  std::string server;  // as a reader calls it
  double seconds = 0;  // that the window really had
  Stats measured;
  Stats before;
  Histogram all = LatencyHistogram();
  Cpu cpu;
  std::optional<Findings> checked;  // nothing: see why_not_checked
  bool interrupted = false;         // the figures are those until then, and nothing is read back
  std::string gone;                 // the server was, before all was read back: how we know
  uint64_t wrong_replies = 0;
  std::vector<Verdict> verdicts;
  Limit limit = Limit::kNothing;
  bool generator_too = false;  // beside the machine
  std::string limit_why;

  double requests_per_s() const;
  double reservations_per_s() const;
  std::optional<double> server_cpu_us_per_request() const;
  double generator_cpu_us_per_request() const;
  std::string bottleneck() const;  // limit, and what comes beside it
  bool objectives_met() const;
  bool right() const;  // nothing was found to be wrong
  std::string why_not_checked() const;
  std::string none_of() const;  // the kinds of requests of which not one was a success; empty: none
  std::string_view verdict() const;  // "ok", "objective-missed", "no-success" and so on: README.md
  std::string verdict_why() const;   // empty: it is ok
};

// Fills in what follows from what was measured: all, verdicts, limit.
void Conclude(Report* report);

std::string AsText(const Report& report);
std::string AsJson(const Report& report);
std::string AsHtml(const Report& report);

// "12.3 ms"
std::string DurationText(double ns);

}  // namespace creneau::bench
