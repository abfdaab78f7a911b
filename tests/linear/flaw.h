// A history against all of its projections: per subject, per seat, per slot.
#pragma once

#include <cstdint>
#include <string>

#include "tests/linear/history.h"

namespace creneau::linear {

struct Size {
  int slots = 2;
  int seats = 1;  // of each slot, at the beginning
  int people = 3;
};

struct Tally {
  uint64_t histories = 0;
  uint64_t operations = 0;
  uint64_t projections = 0;
  uint64_t explored = 0;   // states, over all searches
  uint64_t overlaps = 0;   // pairs of operations that ran at the same time
  uint64_t refusals = 0;   // slot-taken and nothing-left
  uint64_t unexcused = 0;  // refusals that would be wrong but for a seat in somebody's hand
  uint64_t given_up = 0;   // searches that were too large
  void Add(const Tally& other);
  std::string Told() const;
};

enum class Place { kKnown, kUnknown };  // whether answers show seats and generations

// Empty: every projection is linearizable. Otherwise which is not, and its operations.
std::string Flaw(const History& history, const Size& size, Place place, Tally* tally);

}  // namespace creneau::linear
