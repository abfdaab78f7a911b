// Stands before engine/base/limits.h in the include path of the fuzzing build: the limits of the
// shipped program, but for how much address space a ledger takes. An execution builds a few ledgers
// and there are millions of executions; what lies beyond a limit is also nearer for an input.
#pragma once

#define kMaxSeats kShippedMaxSeats
#define kMaxBlocks kShippedMaxBlocks
#define kMaxSlots kShippedMaxSlots
#define kMaxAgendas kShippedMaxAgendas
#define kIndexEntriesAtStart kShippedIndexEntriesAtStart
#include "engine/base/limits.h"
#undef kMaxSeats
#undef kMaxBlocks
#undef kMaxSlots
#undef kMaxAgendas
#undef kIndexEntriesAtStart

namespace creneau::limits {

inline constexpr uint32_t kMaxSeats = 512;
inline constexpr uint32_t kMaxBlocks = kMaxSeats / kSeatsPerBlock;
inline constexpr uint32_t kMaxSlots = 64;
inline constexpr uint32_t kMaxAgendas = 16;
inline constexpr size_t kIndexEntriesAtStart = 64;

}  // namespace creneau::limits
