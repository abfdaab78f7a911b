// The weakened accesses that must be caught, and the case that shows each (weakened.cc).
#pragma once

#include <vector>

namespace creneau::interleave {

struct MustShow {
  const char* mutant;
  const char* trial;
};

const std::vector<MustShow>& WeakenedThatShow();

}  // namespace creneau::interleave
