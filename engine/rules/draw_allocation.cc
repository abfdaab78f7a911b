#include "rules/draw_allocation.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "rules/wishes.h"

namespace creneau::rules {
namespace {

// Those who can take the same. Seats only become fewer, so what one of them was refused, the next
// one need not look at again.
struct Kind {
  Wishes wishes;
  size_t next = 0;  // the first slot that may have a seat for them
};

}  // namespace

std::vector<uint32_t> Allocate(std::span<const std::string_view> wishes,
                               std::span<const DrawSlot> slots) {
  CHECK(std::is_sorted(slots.begin(), slots.end(),
                       [](const DrawSlot& a, const DrawSlot& b) { return a.start < b.start; }));
  std::vector<uint32_t> left;
  for (const DrawSlot& slot : slots) left.push_back(slot.seats);
  std::map<std::string_view, Kind> kinds;
  std::vector<uint32_t> given;
  given.reserve(wishes.size());
  for (const std::string_view text : wishes) {
    const auto [at, fresh] = kinds.try_emplace(text);
    Kind& kind = at->second;
    if (fresh) {
      const std::optional<Wishes> read = ParseWishesText(text);
      CHECK(read.has_value());
      kind.wishes = *read;
    }
    size_t& slot = kind.next;
    while (slot < slots.size() && (left[slot] == 0 || !kind.wishes.Take(slots[slot].start))) ++slot;
    if (slot < slots.size()) --left[slot];
    given.push_back(slot < slots.size() ? static_cast<uint32_t>(slot) : kNoSlot);
  }
  return given;
}

}  // namespace creneau::rules
