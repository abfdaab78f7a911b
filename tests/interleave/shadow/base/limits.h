// Stands before engine/base/limits.h in the include path of this one build: the limits of the
// shipped program, but for those that say how much address space a ledger takes. An execution
// builds a ledger, and there are millions of executions.
#pragma once

#define kMaxSeats kShippedMaxSeats
#define kMaxBlocks kShippedMaxBlocks
#define kMaxSlots kShippedMaxSlots
#define kMaxAgendas kShippedMaxAgendas
#define kSummaryLevels kShippedSummaryLevels
#define kIndexEntriesAtStart kShippedIndexEntriesAtStart
#define kIndexSeatsToProvideFor kShippedIndexSeatsToProvideFor
#define kIndexChunkEntries kShippedIndexChunkEntries
#include "engine/base/limits.h"
#undef kMaxSeats
#undef kMaxBlocks
#undef kMaxSlots
#undef kMaxAgendas
#undef kSummaryLevels
#undef kIndexEntriesAtStart
#undef kIndexSeatsToProvideFor
#undef kIndexChunkEntries

namespace creneau::limits {

inline constexpr uint32_t kMaxSeats = 128;
inline constexpr uint32_t kMaxBlocks = kMaxSeats / kSeatsPerBlock;
inline constexpr uint32_t kMaxSlots = 16;
inline constexpr uint32_t kMaxAgendas = 8;
// Two levels have everything that more have: a word, its parent, and the race between them. Each
// level more repeats the same races, and multiplies the interleavings by their number.
inline constexpr size_t kSummaryLevels = 2;
// A variable, so that a case can have the index grow at once.
extern size_t kIndexEntriesAtStart;
// More than the cases have whose index is to grow under a hold.
inline constexpr size_t kIndexSeatsToProvideFor = 7;
// So that a table of four has been moved by half when a request goes on.
inline constexpr size_t kIndexChunkEntries = 2;

}  // namespace creneau::limits
