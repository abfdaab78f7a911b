// The places in the engine's source where an atomic is accessed: found as they are reached, named
// by file, function and how many of them there are before it in the function, so that a name
// outlives edits elsewhere. A place can be weakened: it is run with less ordering than it says, and
// some case must then fail.
#pragma once

#include <cstdint>
#include <set>
#include <source_location>
#include <string>
#include <vector>

#include "tests/interleave/operation.h"

namespace creneau::interleave {

enum class Weakening : uint8_t { kNone, kNoAcquire, kNoRelease, kNoTotalOrder };

struct Site {
  std::string file;  // ledger/hold.cc
  std::string function;
  uint32_t line = 0;
  uint32_t column = 0;
  Operation example;
  bool commutes = false;
};

class Sites {
 public:
  // Notes where the operation stands, and weakens it if it is to be.
  void Apply(Operation& operation, const std::source_location& place);

  void Weaken(int site, Weakening weakening) {
    weak_site_ = site;
    weakening_ = weakening;
  }
  const std::vector<Site>& all() const { return all_; }
  bool IsEngine(int site) const {
    return all_[static_cast<size_t>(site)].file.find('/') != std::string::npos;
  }
  const std::set<int>& reached() const { return reached_; }
  void ForgetReached() {
    reached_.clear();
    mark_.assign(mark_.size(), false);
  }
  // "hold.cc Hold load 1"
  std::string NameOf(int site) const;

 private:
  struct Entry {
    const char* file = nullptr;
    uint32_t line = 0;
    uint32_t column = 0;
    int site = -1;
  };
  int Find(const Operation& operation, const std::source_location& place);

  std::vector<Entry> table_;
  std::vector<Site> all_;
  std::set<int> reached_;
  std::vector<bool> mark_;  // the same, and quicker
  int weak_site_ = -1;
  Weakening weakening_ = Weakening::kNone;
};

Sites& sites();

// The order that is left.
std::memory_order Weaker(std::memory_order order, Kind kind, Weakening weakening);

}  // namespace creneau::interleave
