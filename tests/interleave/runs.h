// What main.cc can be told to do. Each prints a line for everything it goes through, and returns
// false where something failed, after it has printed the schedule and the command that repeats it.
#pragma once

#include <string>
#include <vector>

#include "tests/interleave/trial.h"

namespace creneau::interleave {

struct Wishes {
  bool longer = false;
  std::string only;      // part of a trial's name; empty: all
  std::string without;   // nor those with this in their name; empty: none is left out
  std::string trial;     // of `weakened`, where `only` chooses accesses: part of a trial's name
  std::string schedule;  // to be repeated, of the one trial
  int suspended = -1;    // with `schedule`: who stops for ever, and after how many steps
  uint32_t after = 0;
  int preemptions = -2;     // -2: as the trial says
  uint64_t executions = 0;  // at most, for each trial; 0: to the end
};

// Every interleaving of every trial, or those within its bound.
bool RunTrials(const std::vector<Trial>& trials, const Wishes& wishes);

// Each thread stopped for ever after each of its steps, and every interleaving of what is left.
bool RunSuspended(const std::vector<Trial>& trials, const Wishes& wishes);

// Each access in the engine with less ordering than it says.
bool RunWeakened(const std::vector<Trial>& trials, const Wishes& wishes);

// One schedule again, step by step.
bool Repeat(const Trial& trial, const Wishes& wishes);

// What to type to see it again.
std::string CommandFor(const Trial& trial, const Report& report, int suspended, uint32_t after);

}  // namespace creneau::interleave
