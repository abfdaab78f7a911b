// interleave_mutants [--mutant NAME] [--only PART OF A CASE] [--preemptions N] [--executions N]
//
// Every mistake of mutate.py must be caught by some case; without one, the same sources pass.
#include "tests/interleave/mutants.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/interleave/trial.h"

namespace creneau::interleave {
namespace {

// Where only one case can show it, that one is tried to its end, or with more preemptions.
struct KnownMutant {
  const char* name;
  const char* only = "";
  int preemptions = 3;
};

const std::vector<KnownMutant> kMutants = {
    {"log after clearing the mark"},
    {"a mark is passed by, not finished"},
    {"a claimed seat counts as nobody's"},
    {"the word is not read again after the payload"},
    {"a view is not checked against the word"},
    {"whoever finishes gives the bit back"},
    {"the steward is not told of what cools"},
    {"find looks once"},
    {"the index before the word"},
    {"the bit before the word", "hold twice by one"},
    {"a bit is taken in two steps"},
    {"a lock"},
    {"a transition by store"},
    {"a move that came to nothing frees its seat before the index goes back", "move/cancel/"},
    {"a move is logged after clearing the marks"},
    {"a move is found by its old name after it is clear"},
    {"a seat that was left is logged alone"},
    {"a scan tells a mark as done, not finished", "scan/"},
    {"a scan tells a private seat as its next holder's", "scan/"},
    {"a scan does not take a private seat for one", "scan/"},
    {"a scan does not look at the word again after the payload", "scan/"},
    {"a claimed seat forgets the step it had before", "scan/"},
    {"an offer's seat is not said to have been aside", "scan/offer"},
    {"an offer writes whose the seat is before it has it", "offer"},
    {"the steward is not told again of an offer that lost", "touched"},
    {"a party is logged after its seats have gone on", "party"},
    {"a party's leader goes on before the others", "party"},
    {"a party is decided before the last is announced", "party"},
    {"a party takes a member's reservation for an ended one", "party"},
    {"whoever helps gives a refused leader's seat back", "party"},
    {"who joins a party counts as nobody", "party"},
    {"a party's bits are taken one by one", "party"},
    {"memory is freed under its readers"},
    {"an entry is copied before it is frozen", "growth from nothing/hold"},
    {"whoever knows the next table leaves an empty place open in this one", "growth "},
    {"an entry that came to nothing is not read again", "move"},
    {"an ended reservation is passed before its event is in the queue"},
    {"a move goes on from a seat that was left", "growth/move, move and cancel"},
    {"a copy is made of what has gone on", "growth/move, move and cancel", 4},
    {"a closed queue takes commits in"},
};

bool Caught(const char* mutant, const Limits& limits, const std::string& only) {
  mutant_that_is_on = mutant;
  for (const auto& trials : {QueueTrials(), PairTrials(), TripleTrials(), ScanTrials(),
                             FairnessTrials(), PartyTrials()}) {
    for (const Trial& trial : trials) {
      if (!only.empty() && trial.name.find(only) == std::string::npos) continue;
      mutant_lock.store(0);
      const auto program = trial.make();
      const Report report = Explorer(limits).Run(*program);
      if (report.failure.empty()) continue;
      std::printf("%s\n    caught by %s after %lu executions: %s\n", mutant, trial.name.c_str(),
                  report.executions + report.cut, report.failure.c_str());
      return true;
    }
  }
  std::printf("%s\n    nobody notices\n", mutant);
  return false;
}

}  // namespace
}  // namespace creneau::interleave

int main(int argc, char** argv) {
  using creneau::interleave::Caught;
  creneau::interleave::Limits limits;
  limits.executions = 120'000;
  int preemptions = -1;
  std::string only, which;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string word = argv[i];
    if (word == "--preemptions") preemptions = std::atoi(argv[i + 1]);
    if (word == "--executions") limits.executions = std::strtoull(argv[i + 1], nullptr, 10);
    if (word == "--only") only = argv[i + 1];
    if (word == "--mutant") which = argv[i + 1];
  }
  int missed = 0;
  for (const creneau::interleave::KnownMutant& mutant : creneau::interleave::kMutants) {
    if (!which.empty() && which != mutant.name) continue;
    limits.preemptions = preemptions >= 0 ? preemptions : mutant.preemptions;
    if (!Caught(mutant.name, limits, only.empty() ? mutant.only : only)) ++missed;
    std::fflush(stdout);
  }
  // The check's own check: with every mistake off, nothing is caught.
  creneau::interleave::Limits few = limits;
  few.executions = 200;
  std::printf("without a mistake: ");
  const bool quiet = !Caught("none", few, only);
  std::printf("%zu mutants, %d missed\n", creneau::interleave::kMutants.size(), missed);
  return missed == 0 && quiet ? 0 : 1;
}
