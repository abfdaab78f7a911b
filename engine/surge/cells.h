// A table of 64-bit words in fixed memory, for what may be forgotten when there is too much of it:
// who has come, who asks how often, which proofs are spent. Sets of eight words, a cache line each;
// a key belongs to one set. What a word says is its user's affair; 0 is nothing yet.
//
// Which set a key has, and how it is known there, is SipHash-2-4 (Aumasson and Bernstein, 2012)
// under a secret salt: nobody outside can find two keys that meet.
//
// Orderings: a word is all there is to know, nothing else is read on its account, and each is only
// ever changed by CAS from the value that was seen: relaxed suffices.
//
// Who puts in what was not there CASes the first word of the least worth, and looks again if that
// fails. So two who put in the same key meet at the same word as long as both see the same words
// free, and only the first one's goes in. Where a set is full and a third one writes over another
// word between them, the key may be there twice: the first is found from then on.
//
// Address space is reserved at the start, memory is used as sets are touched. Any thread, no locks.
#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "base/atomic.h"

namespace creneau::surge {

class Cells {
 public:
  static constexpr size_t kWays = 8;
  // Of a hash, the lowest bits choose the set; these are never among them.
  static constexpr int kPrintBits = 40;

  using Word = Atomic<uint64_t>;
  using Salt = std::array<uint8_t, crypto_shorthash_KEYBYTES>;

  struct Place {
    std::span<Word, kWays> set;
    uint64_t print;  // kPrintBits of the hash; never 0

    // Fewer of them, never 0 either.
    uint64_t PrintOf(int bits) const {
      const uint64_t upper = print >> (kPrintBits - bits);
      return upper == 0 ? 1 : upper;
    }
  };

  // `words`: a power of two, from one set to as many as the bits outside the print can tell apart.
  Cells(const Salt& salt, size_t words);

  Place Of(std::string_view key) const;

  struct Found {
    Word* at;
    uint64_t value;  // as it was seen: what a CAS starts from
    bool mine;
    uint64_t worth;  // of a word that is not mine: the least of its set
  };
  // The first word that `mine(value)`; else the first of the least `worth(value)`, where 0 is free.
  template <typename Mine, typename Worth>
  static Found Find(std::span<Word, kWays> set, Mine mine, Worth worth) {
    Found least{nullptr, 0, false, std::numeric_limits<uint64_t>::max()};
    for (Word& word : set) {
      const uint64_t value = word.load(std::memory_order_relaxed);
      if (value != 0 && mine(value)) return {&word, value, true, 0};
      const uint64_t its = value == 0 ? 0 : worth(value);
      if (least.at == nullptr || its < least.worth) least = {&word, value, false, its};
    }
    return least;
  }

  // False: it is no longer what was found. Find again.
  static bool Replace(const Found& found, uint64_t value) {
    uint64_t expected = found.value;
    return found.at->compare_exchange_strong(expected, value, std::memory_order_relaxed);
  }

 private:
  static_assert(sizeof(Word) == sizeof(uint64_t) && Word::is_always_lock_free);

  struct Unmap {
    size_t bytes;
    void operator()(Word* words) const;
  };
  using Words = std::unique_ptr<Word[], Unmap>;

  static Words Map(size_t words);

  const Salt salt_;
  const size_t sets_;
  const Words words_;
};

}  // namespace creneau::surge
