// When may memory be freed that readers may still look at? Readers note the epoch in which they
// began; what was unlinked in an epoch is freed when no reader of that epoch or an earlier one is
// left (Fraser, "Practical lock-freedom", 2004, reduced to one counter). A reader that stops for
// ever keeps what was retired after it began, and holds up nobody.
//
// Any thread; nothing waits. All accesses but a note's end are sequentially consistent: the
// reader's note comes before its loads of shared pointers, the retirer's unlinking before its look
// at the notes, so one of them sees the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/atomic.h"

namespace creneau::ledger {

// Of the calling thread, for whoever wants a place that other threads seldom use.
size_t ThreadHash();

class Epochs {
  struct alignas(64) Note {
    Atomic<uint64_t> epoch{0};  // 0: not reading
    Atomic<int64_t> count{0};
    bool used = false;  // the reader's own: whether used_ says so
  };

 public:
  // Threads inside the ledger at one moment: I/O threads, steward, admin. A CHECK says when there
  // are more.
  static constexpr size_t kReaders = 128;

  class Guard {
   public:
    explicit Guard(Epochs& epochs);
    // Release: whoever sees the note gone knows that all the reader's loads are done. That needs no
    // place in the one order: who sees it late keeps what was retired for longer.
    ~Guard() { note_->epoch.store(0, std::memory_order_release); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    // Adds to what all readers count together. The note is this reader's alone until it ends, and
    // the next one acquires it: no read-modify-write.
    void Count(int64_t change) {
      note_->count.store(note_->count.load(std::memory_order_relaxed) + change,
                         std::memory_order_relaxed);
    }

   private:
    Note* note_;
  };

  Epochs() = default;
  ~Epochs();  // frees all that was retired; no reader may be left

  // Call after the thing was unlinked. Frees it, and others, now or at a later call.
  void Retire(std::function<void()> free);

  // What readers have counted: every act that ended before, and perhaps some that have not.
  int64_t counted() const;
  void ForgetCount();  // alone

 private:
  struct Retired {
    Retired* next;
    uint64_t epoch;
    std::function<void()> free;
  };

  void BeginUse(size_t nth);
  void PushRetired(Retired* retired);
  uint64_t OldestReader() const;

  Atomic<uint64_t> epoch_{1};
  std::array<Note, kReaders> notes_;
  // Notes that ever had a reader: counted() looks at no others.
  std::array<Atomic<uint64_t>, kReaders / 64> used_{};
  Atomic<Retired*> retired_{nullptr};
};

}  // namespace creneau::ledger
