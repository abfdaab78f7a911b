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
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>

#include "base/atomic.h"

namespace creneau::ledger {

class Epochs {
  struct alignas(64) Note {
    Atomic<uint64_t> epoch{0};  // 0: not reading
    Atomic<int64_t> count{0};
    bool used = false;  // the reader's own: whether used_ says so

    // False: somebody else is reading here.
    bool Begin(const Epochs& epochs) {
      uint64_t idle = 0;
      return epoch.compare_exchange_strong(idle, epochs.epoch_.load());
    }
  };

 public:
  // Threads inside the ledger at one moment: I/O threads, steward, admin. A CHECK says when there
  // are more.
  static constexpr size_t kReaders = 128;

  class Guard {
   public:
    // The thread's own place, as a rule.
    explicit Guard(Epochs& epochs) : note_(&epochs.notes_[ThreadHash()]) {
      if (!note_->Begin(epochs)) [[unlikely]]
        note_ = epochs.BeginElsewhere(note_);
      if (!note_->used) [[unlikely]]
        epochs.BeginUse(note_);
    }
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

  // Of the calling thread: a place that other threads seldom use. Fibonacci hashing of what is an
  // address or a small number: several times a request, so std::hash, which goes over bytes, is too
  // slow.
  static size_t ThreadHash() {
    const std::thread::id thread = std::this_thread::get_id();
    static_assert(sizeof(thread) == sizeof(uint64_t) && kReaders == 1 << 7);
    return std::bit_cast<uint64_t>(thread) * 0x9e3779b97f4a7c15 >> (64 - 7);
  }
  Note* BeginElsewhere(const Note* taken);
  void BeginUse(Note* note);
  void PushRetired(Retired* retired);
  uint64_t OldestReader() const;

  Atomic<uint64_t> epoch_{1};
  std::array<Note, kReaders> notes_;
  // Notes that ever had a reader: counted() looks at no others.
  std::array<Atomic<uint64_t>, kReaders / 64> used_{};
  Atomic<Retired*> retired_{nullptr};
};

}  // namespace creneau::ledger
