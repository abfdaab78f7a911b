// Who gets which seat in a draw: entries in the order of their ranks, each the best seat left that
// it can take. The best is the earliest: whoever wants something else says so in the wishes, and
// everybody can work out what the rule gives. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace creneau::rules {

struct DrawSlot {
  LocalMinute start;
  uint32_t seats = 0;
  friend bool operator==(const DrawSlot&, const DrawSlot&) = default;
};

inline constexpr uint32_t kNoSlot = UINT32_MAX;

// For each entry, in the order of the ranks, the place in `slots` of the slot it gets, or kNoSlot.
// `wishes`: each entry's, as WishesText writes them. `slots`: ascending by start, each once.
// Takes time for each kind of wish and slot once, beside that of looking each entry's kind up.
std::vector<uint32_t> Allocate(std::span<const std::string_view> wishes,
                               std::span<const DrawSlot> slots);

}  // namespace creneau::rules
