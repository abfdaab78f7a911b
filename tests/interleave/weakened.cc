// Each access in the engine's source with less ordering than it says: is it noticed, and if not,
// why not (weakened.h)? In the short run those are tried that a case is said to show, each with
// that case; in the long one all, with all cases, and what is noticed though it was argued away is
// wrong. Either way every access that any case reaches must be known, and what is known must be
// reached.

#include "tests/interleave/weakened.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>

#include "tests/interleave/runs.h"
#include "tests/interleave/sites.h"

namespace creneau::interleave {

const char* NameOf(Reason reason) {
  switch (reason) {
    case Reason::kShown:
      return "a case shows them";
    case Reason::kShownAtLength:
      return "shown in the long run";
    case Reason::kNotShown:
      return "needed and not shown";
    case Reason::kOnlyCompared:
      return "only compared";
    case Reason::kNothingPublished:
      return "nothing published";
    case Reason::kAcquiredElsewhere:
      return "acquired elsewhere";
    case Reason::kReleasedElsewhere:
      return "released elsewhere";
    case Reason::kExchangeChecks:
      return "checked by an exchange";
    case Reason::kStaleIsEarlier:
      return "stale is earlier";
    case Reason::kHint:
      return "hints";
    case Reason::kNoTotalOrderNeeded:
      return "no total order needed";
    case Reason::kNobodyElse:
      return "nobody else";
    case Reason::kUnargued:
      return "UNARGUED";
  }
  return "";
}

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

unsigned BitOf(Weakening weakening) {
  return weakening == Weakening::kNoAcquire   ? kNoAcquire
         : weakening == Weakening::kNoRelease ? kNoRelease
                                              : kNoTotalOrder;
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

// One access with one of its orderings taken away.
struct Weakened {
  std::string name;
  int site = -1;
  Weakening weakening = Weakening::kNone;
  const Known* known = nullptr;
};

using Table = std::map<std::pair<std::string, unsigned>, const Known*>;

// Empty where a row is there twice.
Table AllKnown() {
  Table table;
  for (const auto* part :
       {&KnownOfIndex(), &KnownOfSeats(), &KnownOfFreeWords(), &KnownOfCalendars()}) {
    for (const Known& known : *part) {
      for (const unsigned bit : {kNoAcquire, kNoRelease, kNoTotalOrder}) {
        if ((known.weakenings & bit) == 0) continue;
        if (table.emplace(std::pair(known.access, bit), &known).second) continue;
        std::printf("%s: there twice in the table\n", known.access);
        return {};
      }
    }
  }
  return table;
}

// All that was reached; `strangers`: how many of them the table does not know.
std::vector<Weakened> AllWeakened(Table table, size_t* strangers) {
  std::vector<Weakened> all;
  for (int site = 0; site < static_cast<int>(sites().all().size()); ++site) {
    if (!sites().IsEngine(site)) continue;
    const std::string access = sites().NameOf(site);
    for (const Weakening weakening :
         WeakeningsOf(sites().all()[static_cast<size_t>(site)].example)) {
      Weakened one{access + ", " + NameOf(weakening), site, weakening, nullptr};
      const auto at = table.find(std::pair(access, BitOf(weakening)));
      if (at != table.end()) {
        one.known = at->second;
        table.erase(at);
      } else {
        ++*strangers;
        std::printf("%s (line %u): not in the table; what is it for?\n", one.name.c_str(),
                    sites().all()[static_cast<size_t>(site)].line);
      }
      all.push_back(one);
    }
  }
  for (const auto& [key, known] : table) {
    ++*strangers;
    std::printf("%s, weakening %u: in the table, and no case reaches it\n", key.first.c_str(),
                key.second);
  }
  return all;
}

constexpr uint64_t kPlenty = 2'000'000;

bool IsShown(const Weakened& weakened) {
  return weakened.known != nullptr && (weakened.known->reason == Reason::kShown ||
                                       weakened.known->reason == Reason::kShownAtLength);
}

// A case that has a bound is tried within it: an exploration that is stopped half way has seen only
// where the last steps lead.
Limits LimitsFor(const Trial& trial, uint64_t executions, const Wishes& wishes) {
  const int bound = wishes.longer ? trial.long_preemptions : trial.preemptions;
  Limits limits;
  limits.preemptions = wishes.preemptions != -2 ? wishes.preemptions : bound >= 0 ? bound : 4;
  limits.executions = wishes.executions != 0 ? wishes.executions : executions;
  return limits;
}

// The trial that notices, or null.
const Trial* Noticing(const std::vector<Reached>& reached, const Weakened& weakened,
                      uint64_t executions, const Wishes& wishes, std::string* how) {
  for (const Reached& one : reached) {
    if (!one.sites.contains(weakened.site)) continue;
    const auto program = one.trial->make();
    sites().Weaken(weakened.site, weakened.weakening);
    const Report report = Explorer(LimitsFor(*one.trial, executions, wishes)).Run(*program);
    sites().Weaken(-1, Weakening::kNone);
    if (report.failure.empty()) continue;
    *how = report.failure;
    return one.trial;
  }
  return nullptr;
}

// The one case that is said to show it.
const Trial* TryShown(const std::vector<Reached>& reached, const Weakened& weakened,
                      const Wishes& wishes, std::string* how) {
  for (const Reached& one : reached) {
    if (one.trial->name == weakened.known->why)
      return Noticing({one}, weakened, kPlenty, wishes, how);
  }
  return nullptr;
}

// With every case, unless one is said to show it. What is noticed and was argued away is a mistake
// in the table.
size_t TryAll(const std::vector<Reached>& reached, const std::vector<Weakened>& all,
              const Wishes& wishes) {
  size_t caught = 0, wrong = 0;
  for (const Weakened& weakened : all) {
    std::string how;
    const bool should = IsShown(weakened);
    const Trial* trial = should ? TryShown(reached, weakened, wishes, &how) : nullptr;
    if (trial == nullptr) trial = Noticing(reached, weakened, 20'000, wishes, &how);
    caught += trial != nullptr ? 1 : 0;
    const Reason reason = weakened.known != nullptr ? weakened.known->reason : Reason::kUnargued;
    if (should != (trial != nullptr) && reason != Reason::kUnargued) ++wrong;
    std::printf("%s: %s; %s%s%s\n", weakened.name.c_str(),
                trial != nullptr ? (trial->name + ": " + how).c_str() : "nobody notices",
                NameOf(reason), weakened.known != nullptr && !should ? ": " : "",
                weakened.known != nullptr && !should ? weakened.known->why : "");
    std::fflush(stdout);
  }
  std::printf("%zu weakened accesses are caught, %zu are not noticed, %zu not as the table says\n",
              caught, all.size() - caught, wrong);
  return wrong;
}

// Each with the case that is said to show it.
size_t TryThoseShown(const std::vector<Reached>& reached, const std::vector<Weakened>& all,
                     const Wishes& wishes) {
  size_t missed = 0;
  for (const Weakened& weakened : all) {
    if (weakened.known == nullptr || weakened.known->reason != Reason::kShown) continue;
    std::string how = "MISSED";
    if (TryShown(reached, weakened, wishes, &how) == nullptr) ++missed;
    std::printf("%s: %s: %s\n", weakened.name.c_str(), weakened.known->why, how.c_str());
    std::fflush(stdout);
  }
  return missed;
}

void PrintCounts(const std::vector<Weakened>& all) {
  std::array<size_t, kReasons> counts{};
  size_t strangers = 0;
  for (const Weakened& weakened : all) {
    if (weakened.known == nullptr) {
      ++strangers;
    } else {
      ++counts[static_cast<size_t>(weakened.known->reason)];
    }
  }
  std::printf("%zu weakened accesses:", all.size());
  for (size_t i = 0; i < kReasons; ++i)
    std::printf(" %zu %s,", counts[i], NameOf(static_cast<Reason>(i)));
  std::printf(" %zu not in the table\n", strangers);
}

}  // namespace

bool RunWeakened(const std::vector<Trial>& trials, const Wishes& wishes) {
  std::vector<Reached> reached;
  for (const Trial& trial : trials) {
    const auto program = trial.make();
    sites().ForgetReached();
    const Report report = Explorer(LimitsFor(trial, 1'000, wishes)).Run(*program);
    if (trial.name.find(wishes.trial) != std::string::npos)
      reached.push_back(Reached{&trial, sites().reached(), report.seconds});
  }
  std::stable_sort(reached.begin(), reached.end(),
                   [](const Reached& a, const Reached& b) { return a.seconds < b.seconds; });
  size_t strangers = 0;
  std::vector<Weakened> all = AllWeakened(AllKnown(), &strangers);
  if (!wishes.only.empty()) {
    std::erase_if(
        all, [&](const Weakened& one) { return one.name.find(wishes.only) == std::string::npos; });
  }
  const size_t wrong = wishes.longer || !wishes.only.empty() ? TryAll(reached, all, wishes)
                                                             : TryThoseShown(reached, all, wishes);
  PrintCounts(all);
  if (wrong > 0) std::printf("%zu are not as the table says\n", wrong);
  return wrong == 0 && strangers == 0;
}

}  // namespace creneau::interleave
