// When to ask again (design 6): the farther away a turn is, the later, and never all at once.
// Pure; any thread.
#pragma once

#include <cstdint>

namespace creneau::surge {

// In whole seconds, 1 to 60: a quarter of the expected wait, a fifth more or less. `place` from 1
// on, `rate_per_min` people admitted a minute; at 0 nobody knows, and it is the longest.
int64_t PollAfterS(uint64_t place, uint32_t rate_per_min, uint64_t random);

// While the opening has not begun, `until_ms` away: when it has, within the ten seconds after it,
// so that they do not come as one; within a minute at most where many have gathered.
int64_t PollAtOpeningS(int64_t until_ms, uint64_t gathered, uint64_t random);

}  // namespace creneau::surge
