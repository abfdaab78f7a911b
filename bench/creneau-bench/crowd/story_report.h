// All that a run with people has to say, once; written as text, JSON and HTML by three functions.
// What is promised is fixed (issue 5, design 6): whoever confirms in time is confirmed, everybody
// is told the truth soon, the service is there before, after, and soon after. Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/creneau-bench/crowd/crowd_options.h"
#include "bench/creneau-bench/crowd/shed_point.h"
#include "bench/creneau-bench/crowd/siege.h"
#include "bench/creneau-bench/crowd/story.h"
#include "bench/creneau-bench/read_back.h"
#include "bench/creneau-bench/report.h"

namespace creneau::bench {

struct Promise {
  std::string name;  // for programs
  std::string text;
  double measured = 0;
  double bound = 0;
  bool at_least = false;  // else: at most
  std::string unit;       // "%", "ms", "s", ""
  bool met() const { return at_least ? measured >= bound : measured <= bound; }
};

struct StoryReport {
  CrowdOptions options;
  Machine machine;
  std::string server;
  Story story;
  Cpu cpu;
  SiegeCount siege;
  std::optional<ShedPoint> shed_point;
  struct Fall {
    double killed_s = 0;  // of the run
    double back_s = 0;    // when creneaud said again that it was ready
    double lengthened_s = 0;
  };
  std::optional<Fall> fall;
  std::optional<Findings> checked;
  bool interrupted = false;
  std::string gone;  // the server was, before all was read back
  std::vector<Promise> promises;

  uint64_t wrong() const { return story.wrong_replies + (checked ? checked->wrong : 0); }
  bool is_void() const;
  std::string_view verdict() const;
  std::string verdict_why() const;  // empty: it is ok

  uint64_t identities(Group group) const;
  uint64_t seated_bots() const;
  // Of those who saw it through: neither gave up, nor walked away, nor were too slow.
  double share_of_identities() const;
  double share_of_seats() const;
  double goodput_per_s() const;  // confirmed, over the seconds from the first to the last
  uint64_t peak_per_s() const;
};

// Fills in the promises.
void Conclude(StoryReport* report);

std::string AsText(const StoryReport& report);
std::string AsJson(const StoryReport& report);
std::string AsHtml(const StoryReport& report);

}  // namespace creneau::bench
