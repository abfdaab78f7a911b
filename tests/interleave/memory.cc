#include "tests/interleave/memory.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/prng.h"
#include "tests/interleave/heap.h"

namespace creneau::interleave {
namespace {

constexpr size_t kTable = 1 << 12;

uint64_t ReadPlain(const Operation& operation) {
  uint64_t bits = 0;
  std::memcpy(&bits, operation.address, operation.bytes);
  return bits;
}

}  // namespace

void Memory::Reset() {
  table_.assign(kTable, 0);
  used_ = 0;
  clocks_ = {};
  failed_for_nothing_ = {};
}

Location& Memory::At(const Operation& operation) {
  const auto address = reinterpret_cast<uintptr_t>(operation.address);
  size_t at = Mix64(address) % kTable;
  for (; table_[at] != 0; at = (at + 1) % kTable) {
    Location& seen = pool_[table_[at] - 1];
    if (seen.address == address) return seen;
  }
  CHECK(used_ + 1 < kTable / 2);
  if (used_ == pool_.size()) pool_.emplace_back();
  Location& made = pool_[used_++];
  table_[at] = static_cast<uint32_t>(used_);
  made.address = address;
  made.stores.assign(1, Store{});
  made.stores[0].value = ReadPlain(operation);
  made.touches.clear();
  made.floor_of_s = 0;
  made.all_in_s = true;
  made.trace_of_exclusive = {};
  made.trace_of_s = {};
  made.allocation = AllocationOf(address);
  made.last_touch = {};
  return made;
}

Choice Memory::Floor(const Location& location, int thread, bool total_order) const {
  const Clock& known = clock(thread).happens_before;
  Choice floor = static_cast<Choice>(location.stores.size()) - 1;
  for (; floor > 0; --floor) {
    const Store& store = location.stores[static_cast<size_t>(floor)];
    if (known.Knows(store.thread, store.time)) break;
    const bool read = std::any_of(
        store.first_read.begin(), store.first_read.end(),
        [&, who = 0](uint32_t time) mutable { return known.Knows(who++, time) && time != 0; });
    if (read) break;
  }
  return total_order ? std::max(floor, location.floor_of_s) : floor;
}

void Memory::Choices(const Operation& operation, int thread, std::vector<Choice>& out) {
  out.clear();
  if (operation.kind == Kind::kStore || operation.kind == Kind::kRmw) {
    out.push_back(kWrites);
    return;
  }
  const Location& location = At(operation);
  const auto newest = static_cast<Choice>(location.stores.size()) - 1;
  if (operation.kind == Kind::kLoad) {
    const Choice floor = Floor(location, thread, InTotalOrder(operation.order));
    for (Choice i = newest; i >= floor; --i) out.push_back(i);
    return;
  }
  const Choice floor = Floor(location, thread, InTotalOrder(operation.failure));
  if (location.stores.back().value == operation.expected) out.push_back(kWrites);
  const bool may_fail_for_nothing =
      operation.weak && !failed_for_nothing_[static_cast<size_t>(thread)];
  for (Choice i = newest; i >= floor; --i) {
    if (location.stores[static_cast<size_t>(i)].value != operation.expected ||
        (i == newest && may_fail_for_nothing))
      out.push_back(i);
  }
}

void Memory::Read(Location& location, int thread, Choice choice, std::memory_order order) {
  ThreadClock& mine = clocks_[static_cast<size_t>(thread)];
  Store& store = location.stores[static_cast<size_t>(choice)];
  uint32_t& first = store.first_read[static_cast<size_t>(thread)];
  if (first == 0) first = mine.time;
  if (Acquires(order)) mine.happens_before.Join(store.message);
  if (InTotalOrder(order)) {
    location.floor_of_s = std::max(location.floor_of_s, choice);
    store.trace_of_s_reads.Join(mine.trace);
  }
}

Clock Memory::Past(const Operation& operation, int thread, Choice choice) {
  const Location& location = At(operation);
  const bool writes = choice == kWrites;
  const bool in_s =
      InTotalOrder(operation.kind == Kind::kCas && !writes ? operation.failure : operation.order);
  Clock past = clock(thread).trace;
  if (!writes) {
    past.Join(location.stores[static_cast<size_t>(choice)].trace);
    if (in_s) past.Join(location.trace_of_s);
  } else {
    past.Join(operation.commutes ? location.trace_of_exclusive : location.stores.back().trace);
  }
  if (!in_s) return past;
  for (size_t i = 0; i < location.stores.size(); ++i) {
    if (writes || i != static_cast<size_t>(choice)) past.Join(location.stores[i].trace_of_s_reads);
  }
  return past;
}

uint64_t Memory::Perform(const Operation& operation, int thread, Choice choice, uint32_t event) {
  Location& location = At(operation);
  ThreadClock& mine = clocks_[static_cast<size_t>(thread)];
  ++mine.time;
  mine.happens_before.at[static_cast<size_t>(thread)] = mine.time;
  mine.trace = Past(operation, thread, choice);
  mine.trace.at[static_cast<size_t>(thread)] = mine.time;
  location.last_touch[static_cast<size_t>(thread)] = mine.time;
  const bool writes = choice == kWrites;
  const bool failed = operation.kind == Kind::kCas && !writes;
  const std::memory_order order = failed ? operation.failure : operation.order;
  location.touches.push_back(Touch{event, static_cast<int8_t>(thread), writes, InTotalOrder(order),
                                   writes && operation.commutes, mine.time});
  if (!writes) {
    Read(location, thread, choice, order);
    if (failed && location.stores[static_cast<size_t>(choice)].value == operation.expected)
      failed_for_nothing_[static_cast<size_t>(thread)] = true;
    return location.stores[static_cast<size_t>(choice)].value;
  }
  const size_t before = location.stores.size() - 1;
  Store next;
  if (operation.kind != Kind::kStore) {
    // The release sequence goes on. Who commutes with others learns nothing from them.
    if (Acquires(order) && !operation.commutes)
      mine.happens_before.Join(location.stores[before].message);
    next.message = location.stores[before].message;
  }
  if (Releases(order)) next.message.Join(mine.happens_before);
  next.trace = location.stores[before].trace;
  next.trace.Join(mine.trace);
  if (!operation.commutes) location.trace_of_exclusive = next.trace;
  next.thread = thread;
  next.time = mine.time;
  const uint64_t read = location.stores[before].value;
  next.value = Changed(operation, read);
  std::memcpy(operation.address, &next.value, operation.bytes);
  if (InTotalOrder(order)) {
    location.floor_of_s = static_cast<Choice>(before) + 1;
    location.trace_of_s = next.trace;
  } else {
    location.all_in_s = false;
  }
  location.stores.push_back(next);
  return read;
}

const char* Memory::Freed(uintptr_t begin, uintptr_t end, int thread, int allocation) {
  const Clock& known = clock(thread).happens_before;
  for (size_t i = 0; i < used_; ++i) {
    Location& location = pool_[i];
    if (location.address < begin || location.address >= end) continue;
    location.allocation = allocation;
    for (int who = 0; who < kMaxThreads; ++who) {
      if (!known.Knows(who, location.last_touch[static_cast<size_t>(who)]))
        return "memory is freed while a thread may still be looking at it";
    }
  }
  return nullptr;
}

}  // namespace creneau::interleave
