#include "ledger/subject_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/check.h"

namespace creneau::ledger {
namespace {

constexpr uint64_t kFrozen = uint64_t{1} << 63;
constexpr uint64_t kName = uint64_t{1} << 62;
constexpr int kTagShift = 43;
constexpr int kGenerationShift = 26;
constexpr uint32_t kGenerationMask = (1u << (kTagShift - kGenerationShift)) - 1;
constexpr uint64_t kTagMask = ((uint64_t{1} << 19) - 1) << kTagShift;
static_assert(limits::kMaxSeats <= uint64_t{1} << kGenerationShift);
static_assert(limits::kMaxGeneration < uint64_t{1} << (kTagShift - kGenerationShift));

constexpr size_t kChunk = limits::kIndexChunkEntries;
constexpr size_t kSample = 4096;  // entries looked at to choose a new table's size
constexpr size_t kLeastEntries = 4;
// Above this size one entry in sixteen is counted, for all: the others touch no memory that every
// thread writes to.
constexpr size_t kCountedWhole = 1u << 12;
constexpr int kSampleBits = 4;
constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;  // Fibonacci hashing
// Not worn by so many keys: two thirds full, and a sixteenth in hand, as a sample counts them.
constexpr size_t EntriesFor(size_t keys) { return std::bit_ceil(keys + keys / 2 + keys / 16); }
// Who holds and gives up again and again walks past his dead entries: after so many, a new table.
constexpr int kLongWalk = 64;

// What an entry says beside its seat: of what kind its key is, and some of the key's hash. The
// place in the table uses the lowest bits, this the highest.
uint64_t TagOf(const IndexKey& key) {
  return (key.hash >> (64 - 19) << kTagShift) | (key.is_name ? kName : 0);
}

uint64_t CellOf(uint64_t tag, SeatRef ref) {
  return tag | static_cast<uint64_t>(ref.generation.value) << kGenerationShift | ref.seat.value;
}

SeatRef RefOf(uint64_t cell) {
  return SeatRef{SeatId{static_cast<uint32_t>(cell & ((uint64_t{1} << kGenerationShift) - 1))},
                 Generation{static_cast<uint32_t>(cell >> kGenerationShift) & kGenerationMask}};
}

bool SameButFrozen(uint64_t a, uint64_t b) { return ((a ^ b) & ~kFrozen) == 0; }

}  // namespace

struct SubjectIndex::Table {
  explicit Table(size_t capacity_in)
      : capacity(capacity_in),
        chunks((capacity_in + kChunk - 1) / kChunk),
        sample_bits(capacity_in > kCountedWhole ? kSampleBits : 0),
        entries(capacity_in, Pages::kHuge),
        chunk_done(chunks) {}

  const size_t capacity;  // a power of two
  const size_t chunks;
  const int sample_bits;
  Region<Entry> entries;
  Region<Atomic<uint8_t>> chunk_done;
  Atomic<Table*> next{nullptr};
  Atomic<bool> worn{false};  // it is crowded, or somebody had a long walk
  // What is above is read by every request, and changes once or not at all.
  alignas(64) Atomic<size_t> next_chunk{0};
  Atomic<uint64_t> counted{0};

  Entry& At(uint64_t place) { return entries[place & (capacity - 1)]; }
  size_t Count() const { return counted.load(std::memory_order_relaxed) << sample_bits; }
  // By the entry and not by its key: keys may come again and again.
  void CountEntry(uint64_t cell) {
    if (sample_bits != 0 && cell * kGolden >> (64 - kSampleBits) != 0) return;
    counted.fetch_add(1, std::memory_order_relaxed);
    if (Crowded()) Wear();
  }
  void Wear() { worn.store(true, std::memory_order_relaxed); }
  bool Worn() const { return worn.load(std::memory_order_relaxed); }
  bool Crowded() const { return Count() * 3 > capacity * 2; }
};

// The places of a table where a key may be, or may be put, in their order.
struct SubjectIndex::Walk {
  Walk(Table& table_in, const IndexKey& key) : table(table_in), hash(key.hash), tag(TagOf(key)) {}

  // False: all places are other keys'.
  bool Next() {
    for (; probe < table.capacity; ++probe) {
      Entry& at = table.At(hash + probe);
      cell = at.load(std::memory_order_acquire);
      if ((cell & ~kFrozen) != 0 && (cell & (kTagMask | kName)) != tag) continue;
      entry = &at;
      ++probe;
      return true;
    }
    return false;
  }
  void LookAgain() { --probe; }  // Next: the same place

  Table& table;
  const uint64_t hash;
  const uint64_t tag;
  size_t probe = 0;
  Entry* entry = nullptr;
  uint64_t cell = 0;
};

SubjectIndex::SubjectIndex(Epochs& epochs, const Holdings& holdings, size_t initial_capacity)
    : epochs_(epochs),
      holdings_(holdings),
      least_entries_(std::max(std::bit_ceil(initial_capacity), kLeastEntries)) {
  root_.store(std::make_unique<Table>(std::bit_ceil(initial_capacity)).release());
}

void SubjectIndex::Reset(size_t keys) {
  // A quarter to half full, whatever is expected: a start is not the time to make room for it.
  auto table = std::make_unique<Table>(std::max(std::bit_ceil(2 * keys), least_entries_));
  Free(root_.exchange(table.release()));
}

void SubjectIndex::Expect(size_t keys) {
  expected_entries_.store(EntriesFor(keys), std::memory_order_relaxed);
}

// One table at most: how many are alive is estimated, and may be found to be more in the new one.
void SubjectIndex::Provide(size_t keys) {
  bool made = false;
  for (Table* table = root_.load();; table = table->next.load()) {
    if (table->next.load() == nullptr) {
      if (made || table->capacity >= EntriesFor(table->Count() + keys))
        return table->entries.Touch(0, table->capacity, Pages::kSmall);
      auto larger = std::make_unique<Table>(EntriesFor(EstimateAlive(*table) + keys));
      larger->entries.Touch(0, larger->capacity, Pages::kSmall);
      Link(*table, std::move(larger));
      made = true;
    }
    HelpMove(*table, /*all=*/true);
  }
}

SubjectIndex::~SubjectIndex() { Free(root_.load()); }

void SubjectIndex::Free(Table* table) {
  while (table != nullptr) {
    const std::unique_ptr<Table> owned(table);
    table = owned->next.load();
  }
}

// Whether the entry, last seen as *cell, is the key's and alive. One that is not may have been
// swapped for the seat that its reservation moved to, before the seat was left: then that counts.
[[gnu::noinline]] bool SubjectIndex::IsOf(const IndexKey& key, const Entry& entry, uint64_t* cell,
                                          bool ending_too) const {
  for (;;) {
    const Holding holding = holdings_.HoldingOf(RefOf(*cell), (*cell & kName) != 0);
    if (holding.life == Holding::Life::kLive ||
        (ending_too && holding.life == Holding::Life::kEnding))
      return holding.Is(key);
    const uint64_t again = entry.load(std::memory_order_acquire);
    if (SameButFrozen(again, *cell)) return false;
    *cell = again;
  }
}

IndexValue SubjectIndex::GetWhere(const IndexKey& key, absl::FunctionRef<bool(SeatRef)> wanted) {
  for (Table* table = root_.load(); table != nullptr; table = table->next.load()) {
    Walk walk(*table, key);
    while (walk.Next()) {
      if ((walk.cell & ~kFrozen) == 0) break;
      if (!IsOf(key, *walk.entry, &walk.cell, /*ending_too=*/false)) continue;
      if ((walk.cell & kFrozen) != 0) {
        Copy(*table, walk.cell);  // the next table says what it is now
      } else if (wanted(RefOf(walk.cell))) {
        return IndexValue(RefOf(walk.cell));
      }
    }
  }
  return IndexValue();
}

IndexValue SubjectIndex::Insert(const IndexKey& key, SeatRef ref) {
  IndexValue other;
  for (Table* table = root_.load();; table = &EnsureNext(*table)) {
    if (InsertInto(*table, key, ref, &other) != Done::kNextTable) return other;
  }
}

[[gnu::always_inline]] inline SubjectIndex::Done SubjectIndex::InsertInto(Table& table,
                                                                          const IndexKey& key,
                                                                          SeatRef ref,
                                                                          IndexValue* other) {
  Walk walk(table, key);
  int passed = 0;
  while (walk.Next()) {
    if (walk.cell == kFrozen) return Done::kNextTable;
    if (walk.cell == 0) {
      if (table.next.load() != nullptr) {
        Freeze(*walk.entry);
      } else if (walk.entry->compare_exchange_strong(walk.cell, CellOf(walk.tag, ref),
                                                     std::memory_order_acq_rel)) {
        // acq_rel: publishes the seat's payload and claimed word to whoever loads the entry.
        table.CountEntry(CellOf(walk.tag, ref));
        if (passed > kLongWalk) table.Wear();
        return Done::kInserted;
      }
      walk.LookAgain();
      continue;
    }
    ++passed;
    if (!IsOf(key, *walk.entry, &walk.cell, /*ending_too=*/true)) continue;
    if ((walk.cell & kFrozen) == 0) {
      *other = IndexValue(RefOf(walk.cell));
      return Done::kInTheWay;
    }
    Copy(table, walk.cell);
  }
  return Done::kNextTable;
}

// An empty place at which whoever knows the next table may not insert any more: so that whoever
// does not know it cannot either.
void SubjectIndex::Freeze(Entry& entry) {
  uint64_t empty = 0;
  entry.compare_exchange_strong(empty, kFrozen, std::memory_order_acq_rel);
}

bool SubjectIndex::Replace(const IndexKey& key, SeatRef expected, SeatRef desired) {
  for (Table* table = root_.load(); table != nullptr; table = table->next.load()) {
    Walk walk(*table, key);
    const uint64_t from = CellOf(walk.tag, expected);
    while (walk.Next()) {
      if ((walk.cell & ~kFrozen) == 0) break;
      if (!SameButFrozen(walk.cell, from)) continue;
      if ((walk.cell & kFrozen) != 0) {
        Copy(*table, walk.cell);
        break;
      }
      // A copy may come late, of a seat that has been left since: nobody goes on from there.
      if (holdings_.HoldingOf(expected, key.is_name).life != Holding::Life::kLive) return false;
      if (walk.entry->compare_exchange_strong(walk.cell, CellOf(walk.tag, desired),
                                              std::memory_order_acq_rel))
        return true;
      walk.LookAgain();
    }
  }
  return false;
}

SubjectIndex::Table& SubjectIndex::EnsureNext(Table& table) {
  if (table.next.load() == nullptr) StartGrowth(table);
  return *table.next.load();
}

// A frozen entry goes to the next table, unless it is dead.
void SubjectIndex::Copy(Table& from, uint64_t cell) {
  CHECK((cell & kFrozen) != 0);
  const bool is_name = (cell & kName) != 0;
  const Holding holding = holdings_.HoldingOf(RefOf(cell), is_name);
  if (holding.life == Holding::Life::kDead) return;
  const IndexKey key = is_name ? IndexKey::OfName(holding.origin) : IndexKey::Of(holding.subject);
  CopyInto(*from.next.load(), key, RefOf(cell), holding.origin);
}

// Unless the reservation, whose first seat is `origin`, is there already: as it was frozen, or gone
// on to another seat since. Where it has gone on and ended, a dead copy may be made all the same.
// What moves lean on is that of the entries of one reservation only one can be replaced: they are
// made one from the other, by copying what is frozen and so not replaced any more, and a copy that
// is made late is of a seat that was left before, which Replace refuses.
void SubjectIndex::CopyInto(Table& start, const IndexKey& key, SeatRef ref, SeatRef origin) {
  for (Table* table = &start;; table = &EnsureNext(*table)) {
    Walk walk(*table, key);
    const uint64_t copy = CellOf(walk.tag, ref);
    while (walk.Next() && walk.cell != kFrozen) {
      if (walk.cell == 0) {
        if (table->next.load() != nullptr) {
          Freeze(*walk.entry);
        } else if (walk.entry->compare_exchange_strong(walk.cell, copy,
                                                       std::memory_order_acq_rel)) {
          table->CountEntry(copy);
          return;
        }
        walk.LookAgain();
        continue;
      }
      if (SameButFrozen(walk.cell, copy)) return;
      if (IsOf(IndexKey::OfName(origin), *walk.entry, &walk.cell, /*ending_too=*/true)) return;
      if (SameButFrozen(walk.cell, copy)) return;  // a move was given up meanwhile
    }
  }
}

// A sample: hashes spread the living evenly, so some thousand entries speak for all, and no caller
// looks at millions.
size_t SubjectIndex::EstimateAlive(const Table& table) const {
  const size_t looked = std::min(table.capacity, kSample);
  size_t alive = 0;
  for (size_t i = 0; i < looked; ++i) {
    const uint64_t cell = table.entries[i].load(std::memory_order_acquire);
    if ((cell & ~kFrozen) == 0) continue;
    const Holding holding = holdings_.HoldingOf(RefOf(cell), (cell & kName) != 0);
    if (holding.life != Holding::Life::kDead) ++alive;
  }
  return alive * (table.capacity / looked);
}

void SubjectIndex::StartGrowth(Table& table) {
  // Four times what is alive: at least half of the new table is empty even if all of the old one's
  // users insert meanwhile. Where most is dead it is smaller, down to an ordinary day's.
  const size_t wanted = std::bit_ceil(EstimateAlive(table) * 4 + table.capacity / 4);
  const size_t expected = expected_entries_.load(std::memory_order_relaxed);
  Link(table, std::make_unique<Table>(std::max({wanted, least_entries_, expected})));
}

void SubjectIndex::Link(Table& table, std::unique_ptr<Table> larger) {
  Table* none = nullptr;
  // Linked, the chain owns it.
  if (table.next.compare_exchange_strong(none, larger.get())) larger.release();
}

// In three rounds, so that the memory which each needs is fetched while the others' is waited for.
void SubjectIndex::MoveChunk(Table& table, size_t chunk) {
  struct Moving {
    SeatRef ref;
    IndexKey key;
    SeatRef origin;
    bool is_name;
  };
  std::array<Moving, kChunk> moving;
  size_t count = 0;
  const size_t end = std::min(table.capacity, (chunk + 1) * kChunk);
  for (size_t i = chunk * kChunk; i < end; ++i) {
    const uint64_t cell = table.entries[i].fetch_or(kFrozen, std::memory_order_acq_rel);
    if ((cell & ~kFrozen) == 0) continue;
    moving[count++] = Moving{RefOf(cell), {}, {}, (cell & kName) != 0};
    holdings_.Prefetch(RefOf(cell));
  }
  Table& next = *table.next.load();
  size_t living = 0;
  for (size_t i = 0; i < count; ++i) {
    Moving one = moving[i];
    const Holding holding = holdings_.HoldingOf(one.ref, one.is_name);
    if (holding.life == Holding::Life::kDead) continue;
    one.key = one.is_name ? IndexKey::OfName(holding.origin) : IndexKey::Of(holding.subject);
    one.origin = holding.origin;
    __builtin_prefetch(&next.At(one.key.hash), 1);
    moving[living++] = one;
  }
  for (size_t i = 0; i < living; ++i)
    CopyInto(next, moving[i].key, moving[i].ref, moving[i].origin);
  table.chunk_done[chunk].store(1, std::memory_order_release);
}

// Moves one chunk, or with `all` whatever is left, chunks that others began included: moving twice
// is harmless. True when the table has been emptied and unlinked.
bool SubjectIndex::HelpMove(Table& table, bool all) {
  size_t chunk = table.next_chunk.fetch_add(1);
  for (; chunk < table.chunks; chunk = table.next_chunk.fetch_add(1)) {
    MoveChunk(table, chunk);
    if (!all) return false;
  }
  for (size_t i = 0; i < table.chunks; ++i) {
    if (table.chunk_done[i].load(std::memory_order_acquire) == 0) MoveChunk(table, i);
  }
  Table* expected = &table;
  if (root_.compare_exchange_strong(expected, table.next.load())) {
    Table* old = &table;
    epochs_.Retire([old] { const std::unique_ptr<Table> owned(old); });
  }
  return true;
}

void SubjectIndex::Prefetch(const IndexKey& next) const {
  __builtin_prefetch(&root_.load()->At(next.hash), 1);
}

void SubjectIndex::MakeRoom(const IndexKey& next) {
  Table* table = root_.load();
  __builtin_prefetch(&table->At(next.hash), 1);
  if (table->next.load() != nullptr || table->Worn()) [[unlikely]]
    Grow(*table);
}

[[gnu::noinline]] void SubjectIndex::Grow(Table& table) {
  if (table.next.load() == nullptr) StartGrowth(table);
  // While the next table fills up faster than this one empties, finish this one first.
  HelpMove(table, /*all=*/table.next.load()->Crowded());
}

size_t SubjectIndex::entries() const {
  Table* table = root_.load();
  while (table->next.load() != nullptr) table = table->next.load();
  return table->Count();
}

}  // namespace creneau::ledger
