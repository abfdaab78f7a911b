// Limits of shares that go between channels, each with its reason
// (base/limits.h has the others).
#pragma once

#include <cstddef>
#include <cstdint>

namespace creneau::limits {

// What an agenda's flow has made due is looked for this often: nobody minds a minute, and a look is
// at the slots of some days.
inline constexpr int64_t kFlowLookMs = 60'000;
// A shift is a calendar version, and so a record of all slots (some 40 octets each): an agenda has
// no more of them than one for each so many slots a minute, 40 kB of log a minute or 60 MB a day at
// the very worst,
inline constexpr int64_t kFlowSlotsPerLook = 1'000;
// and one an hour, however many slots it has.
inline constexpr int64_t kFlowLooksMax = 60;

}  // namespace creneau::limits
