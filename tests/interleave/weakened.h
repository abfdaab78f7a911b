// What is known of each access in the engine's source with less ordering than it says
// (weakened.cc): the case that shows it, or the reason why none does. An access that is missing
// here fails the run: whoever adds one says what its order is for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/interleave/sites.h"

namespace creneau::interleave {

// Alone means: every other access as the source has it.
enum class Reason : uint8_t {
  // A case notices; `why` is its name.
  kShown,
  // The same, by so many executions that only the long run has them.
  kShownAtLength,
  // The order is needed, and no case shows it: plain fields, an S that no order of execution gives
  // (README.md), or more threads than cases have. `why` says what goes wrong.
  kNotShown,
  // What is read is compared or counted, and nothing is read through it.
  kOnlyCompared,
  // Nobody who reads what is written reads anything else through it.
  kNothingPublished,
  // The same thread has acquired it before, or acquires it after and before it is used: `why`.
  kAcquiredElsewhere,
  // What was written before it is released by a later write, through which alone others come.
  kReleasedElsewhere,
  // A guess, or what goes into a read-modify-write that succeeds only if it is still so.
  kExchangeChecks,
  // A stale answer was right a moment ago; whoever knows better reads better.
  kStaleIsEarlier,
  // What a hint hides or promises too much is made good by what `why` says.
  kHint,
  // acquire and release are enough: no two parties write one thing each and look at the other's.
  kNoTotalOrderNeeded,
  // Of a publisher alone, or before anybody else can see it.
  kNobodyElse,
  // None of these was found. To be worked off.
  kUnargued,
};
inline constexpr size_t kReasons = 13;
const char* NameOf(Reason reason);

inline constexpr unsigned kNoAcquire = 1, kNoRelease = 2, kNoTotalOrder = 4;

struct Known {
  const char* access;   // "ledger/hold.cc Ledger::Hold store 1": Sites::NameOf
  unsigned weakenings;  // of those above
  Reason reason;
  const char* why;
};

// By the part of the engine (weakened_*.cc).
const std::vector<Known>& KnownOfIndex();
const std::vector<Known>& KnownOfSeats();
const std::vector<Known>& KnownOfFreeWords();
const std::vector<Known>& KnownOfCalendars();

}  // namespace creneau::interleave
