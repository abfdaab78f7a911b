// A set of numbers that any thread adds to and one thread takes out whole: which blocks of seats
// have a deadline that the steward must look at. One bit each, one read-modify-write to add; taking
// reads a word for 64 numbers up to the highest in use, 160 kB for 10 million seats.
//
// Orderings: adding releases and taking acquires, so whoever takes a number sees what was written
// before it was added.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/atomic.h"
#include "base/check.h"
#include "ledger/region.h"

namespace creneau::ledger {

class Inbox {
 public:
  explicit Inbox(size_t numbers) : words_((numbers + 63) / 64) {}

  void Add(size_t number) {
    CHECK(number / 64 < words_.size());
    words_[number / 64].fetch_or(uint64_t{1} << (number % 64), std::memory_order_release);
  }

  // It will be added soon.
  void Prefetch(size_t number) const { __builtin_prefetch(&words_[number / 64], 1); }

  // Calls each(number) for all that were added below `end` since they were last taken.
  template <typename Each>
  void Take(size_t end, Each each) {
    for (size_t i = 0; i * 64 < end; ++i) {
      if (words_[i].load(std::memory_order_relaxed) == 0) continue;
      uint64_t bits = words_[i].exchange(0, std::memory_order_acquire);
      for (; bits != 0; bits &= bits - 1)
        each(i * 64 + static_cast<size_t>(std::countr_zero(bits)));
    }
  }

 private:
  Region<Atomic<uint64_t>> words_;
};

}  // namespace creneau::ledger
