// What a run goes through: a program by name, with the bounds it is given. One owner.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/interleave/explorer.h"
#include "tests/interleave/machine.h"

namespace creneau::interleave {

struct Trial {
  std::string name;
  std::function<std::unique_ptr<Program>()> make;
  int preemptions = -1;  // in the short run; -1: any number
  int long_preemptions = -1;
  bool suspends = true;  // whether a thread may be stopped for ever in it
};

std::vector<Trial> PairTrials();
std::vector<Trial> TripleTrials();
std::vector<Trial> ScanTrials();
std::vector<Trial> FairnessTrials();
std::vector<Trial> PartyTrials();
std::vector<Trial> QueueTrials();

}  // namespace creneau::interleave
