// Each access in the engine's source with less ordering than it says: is it noticed? In the short
// run those are tried that must be (weakened_table.cc), each with the case that shows it; in the
// long one all, and those that nobody notices are listed. Most of these say more than the protocol
// needs when weakened alone: another access beside them orders the same (README.md).

#include "tests/interleave/weakened.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "tests/interleave/runs.h"
#include "tests/interleave/sites.h"

namespace creneau::interleave {
namespace {

const char* NameOf(Weakening weakening) {
  switch (weakening) {
    case Weakening::kNone:
      return "as it is";
    case Weakening::kNoAcquire:
      return "no acquire";
    case Weakening::kNoRelease:
      return "no release";
    case Weakening::kNoTotalOrder:
      return "no seq_cst";
  }
  return "";
}

std::vector<Weakening> WeakeningsOf(const Operation& operation) {
  std::vector<Weakening> all;
  if (Acquires(operation.order) && operation.kind != Kind::kStore)
    all.push_back(Weakening::kNoAcquire);
  if (Releases(operation.order) && operation.kind != Kind::kLoad)
    all.push_back(Weakening::kNoRelease);
  if (InTotalOrder(operation.order)) all.push_back(Weakening::kNoTotalOrder);
  return all;
}

struct Reached {
  const Trial* trial;
  std::set<int> sites;
  double seconds = 0;
};

Limits LimitsFor(const Wishes& wishes) {
  Limits limits;
  limits.preemptions = wishes.preemptions != -2 ? wishes.preemptions : 4;
  limits.executions = wishes.executions != 0 ? wishes.executions : wishes.longer ? 20'000 : 3'000;
  return limits;
}

// The trial that notices, or null.
const Trial* Noticing(const std::vector<Reached>& reached, int site, Weakening weakening,
                      const Limits& limits, std::string* how) {
  for (const Reached& one : reached) {
    if (!one.sites.contains(site)) continue;
    const auto program = one.trial->make();
    sites().Weaken(site, weakening);
    const Report report = Explorer(limits).Run(*program);
    sites().Weaken(-1, Weakening::kNone);
    if (report.failure.empty()) continue;
    *how = report.failure;
    return one.trial;
  }
  return nullptr;
}

const char* TrialThatShows(const std::string& mutant) {
  for (const MustShow& known : WeakenedThatShow()) {
    if (mutant == known.mutant) return known.trial;
  }
  return nullptr;
}

template <typename Each>
void ForEachMutant(Each each) {
  for (int site = 0; site < static_cast<int>(sites().all().size()); ++site) {
    if (!sites().IsEngine(site)) continue;
    const std::string name = sites().NameOf(site);
    for (const Weakening weakening : WeakeningsOf(sites().all()[static_cast<size_t>(site)].example))
      each(name + ", " + NameOf(weakening), site, weakening);
  }
}

bool TryAll(const std::vector<Reached>& reached, const Limits& limits, const Wishes& wishes) {
  int caught = 0, unnoticed = 0, missed = 0;
  ForEachMutant([&](const std::string& mutant, int site, Weakening weakening) {
    if (mutant.find(wishes.only) == std::string::npos) return;
    std::string how;
    const Trial* trial = Noticing(reached, site, weakening, limits, &how);
    ++(trial != nullptr ? caught : unnoticed);
    const bool must = TrialThatShows(mutant) != nullptr;
    missed += must && trial == nullptr ? 1 : 0;
    std::printf("%s: %s\n", mutant.c_str(),
                trial != nullptr ? (trial->name + ": " + how).c_str()
                : must           ? "MISSED"
                                 : "nobody notices");
    std::fflush(stdout);
  });
  std::printf("%d weakened accesses are caught, %d are not noticed\n", caught, unnoticed);
  return missed == 0;
}

bool TryKnown(const std::vector<Reached>& reached, const Limits& limits) {
  size_t caught = 0;
  ForEachMutant([&](const std::string& mutant, int site, Weakening weakening) {
    const char* name = TrialThatShows(mutant);
    if (name == nullptr) return;
    for (const Reached& one : reached) {
      if (one.trial->name != name) continue;
      std::string how;
      const bool shows = Noticing({one}, site, weakening, limits, &how) != nullptr;
      caught += shows ? 1 : 0;
      std::printf("%s: %s: %s\n", mutant.c_str(), name, shows ? how.c_str() : "MISSED");
    }
  });
  std::printf("%zu of %zu weakened accesses that must be caught are\n", caught,
              WeakenedThatShow().size());
  return caught == WeakenedThatShow().size();
}

}  // namespace

bool RunWeakened(const std::vector<Trial>& trials, const Wishes& wishes) {
  std::vector<Reached> reached;
  const Limits limits = LimitsFor(wishes);
  for (const Trial& trial : trials) {
    if (trial.name.find(wishes.trial) == std::string::npos) continue;
    const auto program = trial.make();
    sites().ForgetReached();
    const Report report = Explorer(limits).Run(*program);
    reached.push_back(Reached{&trial, sites().reached(), report.seconds});
  }
  std::stable_sort(reached.begin(), reached.end(),
                   [](const Reached& a, const Reached& b) { return a.seconds < b.seconds; });
  return wishes.longer || !wishes.only.empty() ? TryAll(reached, limits, wishes)
                                               : TryKnown(reached, limits);
}

}  // namespace creneau::interleave
