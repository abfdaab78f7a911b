#include "ledger/subject_index.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/prng.h"

namespace creneau::ledger {
namespace {

constexpr uint64_t kFrozen = uint64_t{1} << 63;  // in a value: it will not change any more
constexpr uint64_t kNobody =
    ~uint64_t{0};                 // a key half that no subject has: an entry frozen while empty
constexpr size_t kChunk = 512;    // entries moved at a time
constexpr size_t kSample = 4096;  // entries looked at to choose a new table's size
constexpr size_t kStripes = 16;

// 0 and kNobody are not keys. That two subjects meet here needs 128 bits to agree but for these.
Subject Key(Subject subject) {
  if (subject.lo == 0 || subject.lo == kNobody) subject.lo ^= 0x5555;
  if (subject.hi == 0 || subject.hi == kNobody) subject.hi ^= 0x5555;
  return subject;
}

}  // namespace

struct SubjectIndex::Table {
  explicit Table(size_t capacity_in)
      : capacity(capacity_in),
        chunks((capacity_in + kChunk - 1) / kChunk),
        entries(capacity_in),
        chunk_done(chunks) {}

  struct alignas(64) Stripe {
    Atomic<uint64_t> keys{0};
  };

  const size_t capacity;  // a power of two
  const size_t chunks;
  Region<Entry> entries;
  Region<Atomic<uint8_t>> chunk_done;
  std::array<Stripe, kStripes> stripes;  // keys by the highest bits of their hash
  Atomic<Table*> next{nullptr};
  Atomic<size_t> next_chunk{0};

  static uint64_t Hash(const Subject& key) { return Mix64(key.lo ^ std::rotl(key.hi, 32)); }
  Stripe& StripeOf(uint64_t hash) { return stripes[hash >> 60]; }
  // Two thirds full by the count of one stripe: hashes spread evenly, so one speaks for all.
  bool Crowded(uint64_t hash) {
    return StripeOf(hash).keys.load(std::memory_order_relaxed) > capacity / kStripes * 2 / 3;
  }
  bool AnyCrowded() {
    for (Stripe& stripe : stripes) {
      if (stripe.keys.load(std::memory_order_relaxed) > capacity / kStripes * 2 / 3) return true;
    }
    return false;
  }
};

SubjectIndex::SubjectIndex(Epochs& epochs, const Liveness& liveness, size_t initial_capacity)
    : epochs_(epochs), liveness_(liveness) {
  root_.store(std::make_unique<Table>(
                  std::bit_ceil(initial_capacity < kStripes ? kStripes : initial_capacity))
                  .release());
}

SubjectIndex::~SubjectIndex() {
  Table* table = root_.load();
  while (table != nullptr) {
    const std::unique_ptr<Table> owned(table);
    table = owned->next.load();
  }
}

SubjectIndex::Found SubjectIndex::Locate(Table& table, const Subject& key, bool insert,
                                         Entry** out) {
  const uint64_t hash = Table::Hash(key);
  for (size_t probe = 0; probe < table.capacity; ++probe) {
    Entry& entry = table.entries[(hash + probe) & (table.capacity - 1)];
    uint64_t lo = entry.lo.load(std::memory_order_acquire);
    if (lo == 0) {
      if (!insert) return Found::kAbsent;
      if (entry.lo.compare_exchange_strong(lo, key.lo, std::memory_order_acq_rel)) {
        table.StripeOf(hash).keys.fetch_add(1, std::memory_order_relaxed);
        lo = key.lo;
      }
    }
    if (lo == kNobody) return Found::kNextTable;
    if (lo != key.lo) continue;
    uint64_t hi = entry.hi.load(std::memory_order_acquire);
    if (hi == 0) {
      // A key with our lo is being written. Ours is not further on: we would have taken this entry.
      if (!insert) return Found::kAbsent;
      if (entry.hi.compare_exchange_strong(hi, key.hi, std::memory_order_acq_rel)) hi = key.hi;
    }
    if (hi == kNobody) return Found::kNextTable;
    if (hi != key.hi) continue;
    *out = &entry;
    return Found::kYes;
  }
  return insert ? Found::kNextTable : Found::kAbsent;
}

IndexValue SubjectIndex::Get(const Subject& subject) {
  const Subject key = Key(subject);
  for (Table* table = root_.load(); table != nullptr; table = table->next.load()) {
    Entry* entry = nullptr;
    const Found found = Locate(*table, key, /*insert=*/false, &entry);
    if (found == Found::kNextTable) continue;
    // Absent here is absent everywhere, unless everything has been moved on: an empty entry that is
    // not frozen ends the search only while this table is the one that is written to.
    if (found == Found::kAbsent) {
      if (table->next.load() == nullptr) return IndexValue();
      continue;
    }
    const uint64_t value = entry->value.load(std::memory_order_acquire);
    if ((value & kFrozen) == 0) return IndexValue(value);
    CopyEntry(*table, *entry, value);
  }
  return IndexValue();
}

bool SubjectIndex::Replace(const Subject& subject, IndexValue expected, IndexValue desired) {
  const Subject key = Key(subject);
  for (Table* table = root_.load();;) {
    Entry* entry = nullptr;
    if (Locate(*table, key, /*insert=*/true, &entry) == Found::kNextTable) {
      table = &EnsureNext(*table);
      continue;
    }
    uint64_t value = expected.bits();
    // acq_rel: publishes the seat's payload and claimed word to whoever loads the value; acquires
    // what the last owner left.
    if (entry->value.compare_exchange_strong(value, desired.bits(), std::memory_order_acq_rel))
      return true;
    if ((value & kFrozen) == 0) return false;
    CopyEntry(*table, *entry, value);
    table = &EnsureNext(*table);
  }
}

SubjectIndex::Table& SubjectIndex::EnsureNext(Table& table) {
  if (table.next.load() == nullptr) StartGrowth(table);
  return *table.next.load();
}

void SubjectIndex::CopyEntry(Table& from, Entry& entry, uint64_t value) {
  CHECK((value & kFrozen) != 0);
  const Subject key{entry.lo.load(std::memory_order_acquire),
                    entry.hi.load(std::memory_order_acquire)};
  const IndexValue bare(value & ~kFrozen);
  if (bare.empty() || !liveness_.Alive(key, bare)) return;
  InsertIfAbsent(*from.next.load(), key, bare.bits());
}

// False when the key already had a value in that table or a later one.
bool SubjectIndex::InsertIfAbsent(Table& start, const Subject& key, uint64_t value) {
  for (Table* table = &start;;) {
    Entry* entry = nullptr;
    if (Locate(*table, key, /*insert=*/true, &entry) == Found::kNextTable) {
      table = &EnsureNext(*table);
      continue;
    }
    uint64_t absent = 0;
    if (entry->value.compare_exchange_strong(absent, value, std::memory_order_acq_rel)) return true;
    if ((absent & kFrozen) == 0) return false;
    // It was here and has been frozen since: the value it had counts, not ours.
    if ((absent & ~kFrozen) != 0) return false;
    table = &EnsureNext(*table);
  }
}

// A sample: hashes spread the living evenly, so some thousand entries speak for all, and no caller
// looks at millions.
size_t SubjectIndex::EstimateAlive(const Table& table) const {
  const size_t looked = std::min(table.capacity, kSample);
  size_t alive = 0;
  for (size_t i = 0; i < looked; ++i) {
    const Entry& entry = table.entries[i];
    const uint64_t value = entry.value.load(std::memory_order_acquire) & ~kFrozen;
    if (value == 0) continue;
    const Subject key{entry.lo.load(std::memory_order_acquire),
                      entry.hi.load(std::memory_order_acquire)};
    if (liveness_.Alive(key, IndexValue(value))) ++alive;
  }
  return alive * (table.capacity / looked);
}

void SubjectIndex::StartGrowth(Table& table) {
  // Room for four times what is alive: at least half of the new table is empty even if all of the
  // old one's users insert while it is being moved. Where most of it is dead, the new table is no
  // larger than the old.
  const size_t wanted = std::bit_ceil(EstimateAlive(table) * 4 + table.capacity / 4);
  auto larger = std::make_unique<Table>(wanted < kStripes ? kStripes : wanted);
  Table* none = nullptr;
  if (table.next.compare_exchange_strong(none, larger.get())) {
    larger.release();  // linked: the chain owns it now
  }
}

void SubjectIndex::MoveChunk(Table& table, size_t chunk) {
  const size_t end = std::min(table.capacity, (chunk + 1) * kChunk);
  for (size_t i = chunk * kChunk; i < end; ++i) {
    Entry& entry = table.entries[i];
    uint64_t half = 0;
    if (entry.lo.compare_exchange_strong(half, kNobody, std::memory_order_acq_rel) ||
        half == kNobody)
      continue;
    half = 0;
    if (entry.hi.compare_exchange_strong(half, kNobody, std::memory_order_acq_rel) ||
        half == kNobody)
      continue;
    const uint64_t value = entry.value.fetch_or(kFrozen, std::memory_order_acq_rel) | kFrozen;
    CopyEntry(table, entry, value);
  }
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

void SubjectIndex::MakeRoom() {
  Table* table = root_.load();
  if (table->next.load() == nullptr) {
    if (!table->AnyCrowded()) return;
    StartGrowth(*table);
  }
  // While the next table fills up faster than this one empties, finish this one first.
  HelpMove(*table, /*all=*/table->next.load()->AnyCrowded());
}

size_t SubjectIndex::entries() const {
  Table* table = root_.load();
  while (table->next.load() != nullptr) table = table->next.load();
  size_t sum = 0;
  for (const Table::Stripe& stripe : table->stripes)
    sum += stripe.keys.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace creneau::ledger
