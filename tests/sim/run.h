// One simulated life of an office, from a seed: clients who book, repeat, confirm, move, give up,
// come late and lose replies; a publisher; a disk that fails; a machine that is switched off; and
// an auditor who believes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/disk.h"

namespace creneau::sim {

struct RunOptions {
  uint64_t seed = 1;
  int steps = 2'000;
  bool trace = false;  // every request and reply, and what happens to the machine, on stderr
  bool lists = false;  // people wait in the lives of seeds 3, 7, 11 and so on, and days are closed
};

struct RunReport {
  std::string violation;                    // empty: there was none
  int step = 0;                             // of the violation
  std::string digest;                       // over every reply and the state at the end
  std::map<std::string, uint64_t> reached;  // rare branches, faults, recoveries: how often
};

RunReport Run(const RunOptions& options);

// The same office without mishaps, but for one or two: the power goes at the n-th call to the disk,
// and again at the n-th call of the recovery from that. Ends when it has recovered.
struct CrashOptions {
  uint64_t seed = 1;
  int acts = 400;
  bool fairly = false;            // an office with shares, most acts about them
  uint64_t at_call = 0;           // of the run, from 1
  uint64_t at_recovery_call = 0;  // from 1; 0: it recovers at the first try
  Loss loss = Loss::kTorn;
  bool lists = false;  // people wait, and days are closed, more than anything else
};

struct CrashReport {
  std::string violation;
  bool crashed = false;                     // false: the run has fewer calls
  bool crashed_again = false;               // false: the recovery has fewer calls
  std::map<std::string, uint64_t> reached;  // what was done before the crash, how often
};

CrashReport RunAndCrash(const CrashOptions& options);

// Branches that a thousand seeds must have reached.
std::vector<std::string> RareBranches(bool lists);

}  // namespace creneau::sim
