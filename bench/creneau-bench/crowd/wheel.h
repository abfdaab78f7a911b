// Whose moment comes when: a hashed timer wheel (Varghese and Lauck, 1987) over askers that are
// numbered from 0, in memory that is fixed from the start: 12 bytes an asker. A million people who
// wait cost a heap its depth at every poll; here each costs the same few nanoseconds.
//
// An asker stands in it once at most. Nanoseconds of any clock that does not go back, from 0. One
// owner.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace creneau::bench {

class Wheel {
 public:
  explicit Wheel(uint32_t askers) : heads_(kSlots, kNobody), next_(askers), due_ns_(askers) {}

  void Put(uint32_t asker, int64_t due_ns) {
    due_ns_[asker] = due_ns;
    // What is overdue waits in the slot that is looked at last, this time or at least next time.
    uint32_t& head = heads_[static_cast<size_t>(std::max(SlotOf(due_ns), last_)) % kSlots];
    next_[asker] = head;
    head = asker;
    ++size_;
  }

  // Hands every asker whose moment has come to `due(asker, due_ns)`, which may put it in again.
  template <typename Due>
  void Turn(int64_t now_ns, Due&& due) {
    // After a long sleep once around is enough.
    const int64_t last = SlotOf(now_ns);
    const int64_t first = std::max(last_, last - static_cast<int64_t>(kSlots) + 1);
    last_ = last;
    for (int64_t slot = first; slot <= last; ++slot) {
      uint32_t asker = heads_[static_cast<size_t>(slot) % kSlots];
      heads_[static_cast<size_t>(slot) % kSlots] = kNobody;
      while (asker != kNobody) {
        const uint32_t next = next_[asker];
        const int64_t due_ns = due_ns_[asker];
        --size_;
        if (due_ns <= now_ns) {
          due(asker, due_ns);
        } else {
          Put(asker, due_ns);
        }
        asker = next;
      }
    }
  }

  // When to look again: no later than the first due moment, nor than `latest_ns`.
  int64_t LookAgainNs(int64_t now_ns, int64_t latest_ns) const {
    for (int64_t slot = std::max(last_, SlotOf(now_ns)); slot <= SlotOf(latest_ns); ++slot) {
      if (heads_[static_cast<size_t>(slot) % kSlots] == kNobody) continue;
      // The end of the slot: all that is in it is due by then.
      return std::min(latest_ns, (slot + 1) << kSlotBits);
    }
    return latest_ns;
  }

  size_t size() const { return size_; }

 private:
  static constexpr uint32_t kNobody = UINT32_MAX;
  static constexpr int kSlotBits = 18;  // a quarter of a millisecond: nobody is later by our doing
  static constexpr size_t kSlots = size_t{1} << 18;  // a minute; later moments go around again

  static int64_t SlotOf(int64_t at_ns) { return at_ns >> kSlotBits; }

  std::vector<uint32_t> heads_;
  std::vector<uint32_t> next_;
  std::vector<int64_t> due_ns_;
  int64_t last_ = 0;  // slot that was looked at
  size_t size_ = 0;
};

}  // namespace creneau::bench
