// Stands before engine/base/limits.h in the include path, as atomic.h beside it: the limits of the
// shipped program, but for those that say how much address space a ledger takes. Each history has a
// ledger of its own.
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

inline constexpr uint32_t kMaxSeats = 128;
inline constexpr uint32_t kMaxBlocks = kMaxSeats / kSeatsPerBlock;
inline constexpr uint32_t kMaxSlots = 16;
inline constexpr uint32_t kMaxAgendas = 8;
inline constexpr size_t kIndexEntriesAtStart = 128;

}  // namespace creneau::limits
