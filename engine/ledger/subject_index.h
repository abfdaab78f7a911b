// The subject index: which seat, in which generation, a subject has (design 3.3), and where a
// reservation that was moved is found under its old name. Open addressing; an entry is one 64-bit
// word, so that inserting is one CAS, eight entries share a cache line, and a hold costs one miss.
//
//   bits  0-25  seat        bits 26-42  generation        bits 43-61  of the key's hash
//   bit     62  the key is a reservation's name, not a subject         bit  63  frozen
//
// The key itself, all 128 bits of it, is in the seat that the entry names: it was written there
// before the entry, and is the seat's as long as its generation lasts. What a seat says only the
// ledger knows: it passes Holdings in. An entry whose seat has gone on is dead. It is nobody's, and
// stays until the table is made anew, which the dead bring about as the living do: memory is
// bounded by what lives however many identities come, and however often.
//
// Insertion decides a hold. Whoever inserts walks the places where the key may be, in the one order
// in which they are filled, passes only what is dead or another's, and CASes the first empty one:
// two who insert the same key meet there. An entry changes only from one seat to another of the
// same reservation, when it moves, and back if that comes to nothing. A reservation leaves a seat
// after its entry has changed, and comes back to it before: so whoever finds a seat gone reads the
// entry again. A move that comes too late may change the entry of one that has ended; it is undone.
//
// Growth: a larger table is linked behind; whoever passes moves a few entries. An entry is first
// frozen (a bit; an empty one too), then copied if alive, so nothing changes in the old table
// afterwards. Whoever meets a frozen entry of the key copies it himself, and nobody who knows the
// next table inserts into this one: he freezes the empty place at which he would have, and goes on.
// A copy is not made where the reservation, known by its first seat, lives in the next table
// already. Old tables are retired through Epochs.
//
// Orderings: entries are CASed with acq_rel and loaded with acquire, so whoever sees {seat,
// generation} also sees the seat's payload and its claimed word, written before.
//
// Threads: any, inside an Epochs::Guard.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "base/atomic.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/prng.h"
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

// A subject, or the name of a reservation that was moved.
struct IndexKey {
  Subject subject;
  SeatRef name;
  bool is_name = false;
  uint64_t hash = 0;

  static IndexKey Of(const Subject& subject) {
    return {subject, {}, false, Mix64(subject.lo ^ std::rotl(subject.hi, 32))};
  }
  static IndexKey OfName(SeatRef name) { return {{}, name, true, Mix64(IndexValue(name).bits())}; }
};

// What a seat, in one generation, says of itself.
struct Holding {
  enum class Life {
    kDead,    // can be forgotten; it never lives again
    kEnding,  // its end is decided, and perhaps not in the log's queue yet
    kLive,
  };
  Life life = Life::kDead;
  // Of one that is not dead: whose it is, and the seat of its first hold, which is its name.
  Subject subject;
  SeatRef origin;

  bool Is(const IndexKey& key) const {
    return key.is_name ? origin == key.name : subject == key.subject;
  }
};

class Holdings {
 public:
  virtual ~Holdings() = default;
  // `as_name`: for the entry under a reservation's name, which lives for as long as that answers.
  virtual Holding HoldingOf(SeatRef ref, bool as_name) const = 0;
  // It will be asked for soon.
  virtual void Prefetch(SeatRef) const {}
};

class SubjectIndex {
 public:
  SubjectIndex(Epochs& epochs, const Holdings& holdings,
               size_t initial_capacity = limits::kIndexEntriesAtStart);
  ~SubjectIndex();
  SubjectIndex(const SubjectIndex&) = delete;
  SubjectIndex& operator=(const SubjectIndex&) = delete;

  // Alone: forgets all entries, and is as large as so many need.
  void Reset(size_t keys);
  // So many keys may come before long: no smaller table will be made. Any number of times.
  void Expect(size_t keys);
  // Makes room for so many keys beside those that are there, memory included, and moves all entries
  // to it where that takes another table: for whoever has time.
  void Provide(size_t keys);
  // Makes sure, before a seat is claimed, that inserting `next` after it will not have to allocate:
  // starts or helps a growth when the table is nearly full. Some microseconds of work, or all that
  // is left where the next table is nearly full before this one is empty. Meanwhile the memory that
  // `next` will need is fetched.
  void MakeRoom(const IndexKey& next);
  // Only the fetching: for whoever knows early which keys come later.
  void Prefetch(const IndexKey& next) const;

  // The live entry of the key; empty when there is none.
  IndexValue Get(const IndexKey& key) {
    return GetWhere(key, [](SeatRef) { return true; });
  }
  // A subject may have one more, that of a move which came too late and is not undone yet: the
  // first that is wanted.
  IndexValue GetWhere(const IndexKey& key, absl::FunctionRef<bool(SeatRef)> wanted);

  // Empty: the entry is there. Otherwise what was in its way: a live entry of the key, or one that
  // must be ended (its event pushed) before another may come.
  IndexValue Insert(const IndexKey& key, SeatRef ref);

  // The key's entry for `expected` becomes that for `desired`. False: there is none, or what it is
  // for does not live any more.
  bool Replace(const IndexKey& key, SeatRef expected, SeatRef desired);

  // Entries in the newest table, dead ones included. An estimate: large tables count a sample.
  size_t entries() const;

 private:
  using Entry = Atomic<uint64_t>;
  struct Table;
  struct Walk;

  bool IsOf(const IndexKey& key, const Entry& entry, uint64_t* cell, bool ending_too) const;
  enum class Done { kInserted, kInTheWay, kNextTable };
  Done InsertInto(Table& table, const IndexKey& key, SeatRef ref, IndexValue* other);
  void Copy(Table& from, uint64_t cell);
  void CopyInto(Table& start, const IndexKey& key, SeatRef ref, SeatRef origin);
  static void Free(Table* table);  // and those behind it
  static void Freeze(Entry& entry);
  void StartGrowth(Table& table);
  void Grow(Table& table);
  void Link(Table& table, std::unique_ptr<Table> larger);
  bool HelpMove(Table& table, bool all);
  void MoveChunk(Table& table, size_t chunk);
  size_t EstimateAlive(const Table& table) const;
  Table& EnsureNext(Table& table);

  Epochs& epochs_;
  const Holdings& holdings_;
  const size_t least_entries_;
  // Advice: whoever reads an older one makes a smaller table, which grows.
  Atomic<size_t> expected_entries_{0};
  Atomic<Table*> root_;
};

}  // namespace creneau::ledger
