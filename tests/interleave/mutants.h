// Mistakes put into the engine's sources (mutate.py), off unless one is turned on by its name.
#pragma once

#include <cstdint>
#include <string>

#include "base/atomic.h"

namespace creneau::interleave {

inline std::string mutant_that_is_on;
inline bool Mutant(const char* name) { return mutant_that_is_on == name; }

// What nobody in the ledger may have: held from here to the end of the scope.
inline Atomic<uint32_t> mutant_lock{0};
class MutantLock {
 public:
  explicit MutantLock(bool on) : on_(on) {
    while (on_ && mutant_lock.exchange(1) != 0) {
    }
  }
  ~MutantLock() {
    if (on_) mutant_lock.store(0);
  }
  MutantLock(const MutantLock&) = delete;
  MutantLock& operator=(const MutantLock&) = delete;

 private:
  const bool on_;
};

}  // namespace creneau::interleave
