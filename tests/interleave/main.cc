// interleave pairs|triples|scans|fairness|parties|queue|suspended|weakened|repeat [options]: see
// README.md.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/interleave/runs.h"

namespace creneau::interleave {
namespace {

std::vector<Trial> All() {
  std::vector<Trial> all = QueueTrials();
  for (const Trial& trial : PairTrials()) all.push_back(trial);
  for (const Trial& trial : TripleTrials()) all.push_back(trial);
  for (const Trial& trial : ScanTrials()) all.push_back(trial);
  for (const Trial& trial : FairnessTrials()) all.push_back(trial);
  for (const Trial& trial : PartyTrials()) all.push_back(trial);
  return all;
}

int Run(const std::string& what, const Wishes& wishes) {
  if (what == "pairs") return RunTrials(PairTrials(), wishes) ? 0 : 1;
  if (what == "triples") return RunTrials(TripleTrials(), wishes) ? 0 : 1;
  if (what == "scans") return RunTrials(ScanTrials(), wishes) ? 0 : 1;
  if (what == "fairness") return RunTrials(FairnessTrials(), wishes) ? 0 : 1;
  if (what == "parties") return RunTrials(PartyTrials(), wishes) ? 0 : 1;
  if (what == "queue") return RunTrials(QueueTrials(), wishes) ? 0 : 1;
  if (what == "suspended") return RunSuspended(All(), wishes) ? 0 : 1;
  if (what == "weakened") return RunWeakened(All(), wishes) ? 0 : 1;
  if (what == "repeat") {
    for (const Trial& trial : All()) {
      if (trial.name == wishes.only) return Repeat(trial, wishes) ? 0 : 1;
    }
  }
  std::fprintf(stderr,
               "interleave pairs|triples|scans|fairness|parties|queue|suspended|weakened [--long] "
               "[--only PART] [--without PART]\n"
               "           [--preemptions N] [--executions N]\n"
               "interleave repeat --only NAME --schedule S [--suspend THREAD --after STEPS]\n");
  return 2;
}

}  // namespace
}  // namespace creneau::interleave

int main(int argc, char** argv) {
  creneau::interleave::Wishes wishes;
  std::string what;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--long") {
      wishes.longer = true;
      continue;
    }
    if (word[0] != '-') {
      what = word;
      continue;
    }
    if (word == "--only") wishes.only = value;
    if (word == "--without") wishes.without = value;
    if (word == "--case") wishes.trial = value;
    if (word == "--schedule") wishes.schedule = value;
    if (word == "--suspend") wishes.suspended = std::atoi(value);
    if (word == "--after") wishes.after = static_cast<uint32_t>(std::atoi(value));
    if (word == "--preemptions") wishes.preemptions = std::atoi(value);
    if (word == "--executions") wishes.executions = std::strtoull(value, nullptr, 10);
    ++i;
  }
  return creneau::interleave::Run(what, wishes);
}
