// How full a draw may be before its operator is told (limits_draw.h has what it holds).
#pragma once

#include <cstddef>

#include "base/limits_draw.h"

namespace creneau::limits {

// With an eighth of the room left there are hours to act in, unless somebody invents people faster
// than proofs of work let them: no known demand comes near it (kDrawEntries).
inline constexpr size_t kDrawNearlyFull = kDrawEntries - kDrawEntries / 8;
inline constexpr size_t kDrawNearlyFullKept = kDrawEntriesKept - kDrawEntriesKept / 8;

}  // namespace creneau::limits
