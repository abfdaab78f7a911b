// What a run is to be: the command line, read and checked. Plain values; made once, then only read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/creneau-bench/journey.h"
#include "bench/creneau-bench/schedule.h"
#include "bench/creneau-bench/slo.h"

namespace creneau::bench {

struct CrowdOptions;  // crowd/crowd_options.h

enum class ProfileKind { kSteady, kConfirmStorm };

struct Options {
  ProfileKind profile = ProfileKind::kSteady;

  // The server: somebody's, or our own (then all of these but the last are filled in once it runs).
  std::string server;                // HOST:PORT; empty: start our own creneaud
  std::vector<std::string> agendas;  // of that server
  std::vector<int> server_pids;      // whose CPU time is the server's
  bool own_server = true;
  unsigned own_agendas = 1;
  unsigned server_threads = 1;
  bool own_confirm_listener = false;  // confirms have a thread and descriptors of their own
  std::string creneaud;               // its program
  std::string dir;  // where its private directory is made; empty: the temporary directory
  bool keep = false;
  double slow_disk = 1;  // its writes take so many times as long
  bool unchecked = false;

  // The load.
  double rate = 0;        // requests per second of all threads; 0: as fast as replies come
  double storm_rate = 0;  // confirm-storm: confirms per second; 0: all at one moment
  uint64_t journeys = 10'000;
  Spacing spacing = Spacing::kEven;
  Mix mix = Mix::Only(JourneyKind::kHoldConfirm);
  Think think;
  unsigned connections = 64;
  unsigned pipeline = 1;
  unsigned threads = 1;
  double warmup_s = 1;
  double seconds = 10;
  double drain_s = 10;
  uint64_t seed = 0;

  std::vector<Objective> objectives;
  std::string json;
  std::string html;
  bool quiet = false;

  bool closed_loop() const { return profile == ProfileKind::kSteady && rate == 0; }
  // Journeys that may take a seat; what the server must have room for.
  double SeatsNeeded() const;
};

// What the command line says. `exit_code` is set when the program ends here: with `output`, on
// stdout when it is 0.
struct CommandLine {
  std::optional<int> exit_code;
  std::string output;
  Options options;
  std::shared_ptr<const CrowdOptions> crowd;  // of a profile of people, and then all there is
};
CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace creneau::bench
