// A set of numbers that any thread adds to and one thread takes out whole: which blocks of seats
// have a deadline that the steward must look at. One bit each, one read-modify-write to add what is
// not there yet; taking reads a word for 64 numbers up to the highest in use, 160 kB for 10 million
// seats.
//
// Orderings: adding releases and taking acquires, so whoever takes a number sees what was written
// before it was added. Who finds it added already does not write: then its look at the bit, and the
// taker's taking, are in the one total order, and so must be the adder's writing before and the
// taker's reading afterwards. Either the look sees the bit gone, or the reading sees the writing.
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
    const uint64_t bit = uint64_t{1} << (number % 64);
    if ((words_[number / 64].load() & bit) == 0)
      words_[number / 64].fetch_or(bit, std::memory_order_release);
  }

  // It will be added soon.
  void Prefetch(size_t number) const { __builtin_prefetch(&words_[number / 64]); }

  // Calls each(number) for all that were added below `end` since they were last taken.
  template <typename Each>
  void Take(size_t end, Each each) {
    for (size_t i = 0; i * 64 < end; ++i) {
      if (words_[i].load(std::memory_order_relaxed) == 0) continue;
      uint64_t bits = words_[i].exchange(0);
      for (; bits != 0; bits &= bits - 1)
        each(i * 64 + static_cast<size_t>(std::countr_zero(bits)));
    }
  }

 private:
  Region<Atomic<uint64_t>> words_;
};

}  // namespace creneau::ledger
