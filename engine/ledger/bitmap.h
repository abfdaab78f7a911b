// A hierarchical bitmap, 64-way: bit i of level 0 says that item i may have something; a bit above
// says that a word below may have a set bit. Finds the first item at or after a position in a few
// loads, among millions.
//
// A set bit is a hint, a clear bit almost a promise (design 3.6): whoever makes item i non-empty
// does so first and then sets the bits of all levels upwards; whoever clears a bit re-reads what is
// below it afterwards and sets it again if there is something. With sequentially consistent
// accesses one of the two always sees the other. A thread that stops between the two steps of Set
// hides at most its own item. Any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/atomic.h"
#include "base/limits.h"
#include "ledger/region.h"

namespace creneau::ledger {

class Bitmap {
 public:
  static constexpr size_t kNone = ~size_t{0};

  explicit Bitmap(size_t items);

  size_t size() const { return items_; }
  // Sets every bit: right for a start, since a set bit is only a hint. Before the bitmap is shared.
  void SetAll();

  void Set(size_t i);

  // Clears the bit of item i unless `still_has()` says, after the clearing, that the item has
  // something.
  template <typename StillHas>
  void Clear(size_t i, StillHas still_has) {
    ClearAt(0, i);
    if (still_has()) Set(i);
  }

  // The first item at or after `from` whose bit is set, or kNone.
  size_t Find(size_t from) const;

 private:
  using Level = Region<Atomic<uint64_t>>;
  static constexpr size_t kLevels = limits::kSummaryLevels;

  void ClearAt(size_t level, size_t i);
  void ClearParents(size_t level, size_t i);

  size_t items_;
  size_t height_;  // levels in use
  std::array<Level, kLevels> levels_;
};

}  // namespace creneau::ledger
