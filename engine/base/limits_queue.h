// Limits of queues, each with its reason.
#pragma once

#include <cstddef>

namespace creneau::limits {

// Those who are next in a queue and whose ranks are known one by one: 32 KiB an opening. How many
// are let in beyond them is estimated: a seat more or less of four thousand is nobody's advantage.
inline constexpr size_t kKnownRanks = 4096;
// Who has come since the steward last looked, and is still to be given a rank, 16 octets each, in
// one opening: twice as many as an engine of 30,000 tickets a second gives out in a quarter of one.
inline constexpr size_t kNewcomers = 1u << 14;

}  // namespace creneau::limits
