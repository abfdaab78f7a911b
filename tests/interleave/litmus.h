// Small programs on a few atomics, whose possible outcomes are known: how the checker itself is
// checked. A program is text, a thread a line: `x=1 rlx; y acq; x+1 ar; x?0:1 sc` is a store, a
// load, a fetch_add and a compare-exchange.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/interleave/explorer.h"

namespace creneau::interleave {

struct LitmusAct {
  enum class What { kStore, kLoad, kAdd, kExchange } what = What::kLoad;
  int variable = 0;  // x, y, z
  uint64_t expected = 0;
  uint64_t value = 0;
  std::memory_order order = std::memory_order_relaxed;
};
using LitmusThread = std::vector<LitmusAct>;

std::vector<LitmusThread> LitmusFromText(const std::vector<std::string>& threads);

// All outcomes: what each act read, thread by thread, then the final values ("0 1|1 1 0").
std::set<std::string> Outcomes(const std::vector<LitmusThread>& threads, bool reduce,
                               Report* report);

}  // namespace creneau::interleave
