// The subject index: which seat, in which generation, a subject has (design 3.3). Open addressing
// with all 128 bits of the key compared; insert-if-absent and replace are single CASes on the
// entry's value, and that CAS is what decides a hold.
//
// An entry is never given another key. The halves of a key are CASed in turn: 0→lo by the first who
// comes, 0→hi by anyone whose lo matches; a loser of the second goes on probing. So nobody waits
// for a half-written key.
//
// An entry whose seat has gone on is dead: it stays until it is replaced, or dropped when the table
// grows, so memory is bounded by live entries however many identities come. What is alive only the
// ledger knows: it passes Liveness in.
//
// Growth: a larger table is linked behind; whoever passes moves a few entries. An entry is first
// frozen by CAS (a bit in its value; an empty one gets a key that nobody has), then copied if
// alive, so nothing changes in the old table afterwards. Whoever meets a frozen entry copies it
// himself and goes on in the next table: nobody waits for the movers. Old tables are retired
// through Epochs.
//
// Orderings: values are CASed with acq_rel and loaded with acquire, so whoever sees {seat,
// generation} also sees the seat's payload and its claimed word, written before. Keys need no more
// than that: a key without a value means nothing.
//
// Threads: any, inside an Epochs::Guard.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/atomic.h"
#include "base/ids.h"
#include "base/limits.h"
#include "ledger/epochs.h"
#include "ledger/region.h"

namespace creneau::ledger {

// {seat, generation} in 64 bits; 0: nothing. Generations of reservations start at 1, so no real one
// is 0.
class IndexValue {
 public:
  constexpr IndexValue() = default;
  constexpr explicit IndexValue(uint64_t bits) : bits_(bits) {}
  constexpr explicit IndexValue(SeatRef ref)
      : bits_(static_cast<uint64_t>(ref.generation.value) << 32 | ref.seat.value) {}
  constexpr uint64_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr SeatRef ref() const {
    return SeatRef{SeatId{static_cast<uint32_t>(bits_)},
                   Generation{static_cast<uint32_t>(bits_ >> 32 & 0x7fffffff)}};
  }
  friend constexpr bool operator==(const IndexValue&, const IndexValue&) = default;

 private:
  uint64_t bits_ = 0;
};

class Liveness {
 public:
  virtual ~Liveness() = default;
  // False once the entry can be forgotten; it must never become true again.
  virtual bool Alive(const Subject& key, IndexValue value) const = 0;
};

class SubjectIndex {
 public:
  SubjectIndex(Epochs& epochs, const Liveness& liveness,
               size_t initial_capacity = limits::kIndexEntriesAtStart);
  ~SubjectIndex();
  SubjectIndex(const SubjectIndex&) = delete;
  SubjectIndex& operator=(const SubjectIndex&) = delete;

  // Makes sure, before a seat is claimed, that an insertion after it will not have to allocate:
  // starts or helps a growth when the table is nearly full. A bounded amount of work.
  void MakeRoom();

  // What the key maps to, dead or alive; empty when nothing.
  IndexValue Get(const Subject& key);

  // Sets the key's value to `desired` if it is `expected` (empty: absent). False: it was something
  // else.
  bool Replace(const Subject& key, IndexValue expected, IndexValue desired);

  // Keys in the newest table, dead ones included. An estimate while others insert.
  size_t entries() const;

 private:
  struct Entry {
    Atomic<uint64_t> lo;
    Atomic<uint64_t> hi;
    Atomic<uint64_t> value;
  };
  static_assert(sizeof(Entry) == 24);
  struct Table;

  // Where a key is, or may be put. Null: this table is frozen there (or full), go to the next.
  enum class Found { kYes, kAbsent, kNextTable };
  static Found Locate(Table& table, const Subject& key, bool insert, Entry** entry);
  void CopyEntry(Table& from, Entry& entry, uint64_t value);
  bool InsertIfAbsent(Table& table, const Subject& key, uint64_t value);
  void StartGrowth(Table& table);
  bool HelpMove(Table& table, bool all);
  void MoveChunk(Table& table, size_t chunk);
  size_t EstimateAlive(const Table& table) const;
  Table& EnsureNext(Table& table);

  Epochs& epochs_;
  const Liveness& liveness_;
  Atomic<Table*> root_;
};

}  // namespace creneau::ledger
