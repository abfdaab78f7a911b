// The memory model: for each atomic its stores in modification order, for each thread what it
// knows.
//
// It is C++20's (RC11) as an interleaving machine shows it: a thread's load may return any store
// that is not older than one which happens before the load, or than one that a load which happens
// before it has returned. Acquire loads join the clock that a release store left; the release
// sequence goes on through read-modify-writes, which always read the newest store. A failed
// compare-exchange is a load, and may be stale like one.
//
// The modification order of an atomic is the order in which its stores are executed, and the total
// order S of the seq_cst operations is the order in which those are. So a seq_cst load returns
// nothing older than the last seq_cst store to that atomic, nor older than what an earlier seq_cst
// load returned. All that is shown is allowed by the standard; what is not shown is what no order
// of execution can explain (README.md).
//
// Beside happens-before there is a second clock of the same form, `trace`: which events cannot be
// exchanged with this one. The exploration needs it (explorer.h). One owner, no threads.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tests/interleave/operation.h"

namespace creneau::interleave {

inline constexpr int kMaxThreads = 4;

struct Clock {
  std::array<uint32_t, kMaxThreads> at{};
  void Join(const Clock& other) {
    for (size_t i = 0; i < at.size(); ++i) at[i] = at[i] < other.at[i] ? other.at[i] : at[i];
  }
  bool Knows(int thread, uint32_t time) const { return at[static_cast<size_t>(thread)] >= time; }
};

// Which store a load returns, by its place in the modification order; kNewest for what writes.
using Choice = int32_t;
inline constexpr Choice kWrites = -1;

struct Store {
  uint64_t value = 0;
  int thread = -1;  // -1: the initial value, which happens before everything
  uint32_t time = 0;
  Clock message;  // what an acquire that reads this one learns
  Clock trace;
  Clock trace_of_s_reads;  // of the seq_cst loads that returned it
  std::array<uint32_t, kMaxThreads> first_read{};
};

// An access as the race detection of the exploration wants it.
struct Touch {
  uint32_t event = 0;
  int8_t thread = 0;
  bool writes = false;
  bool total_order = false;
  bool commutes = false;
  uint32_t time = 0;
};

struct Location {
  uintptr_t address = 0;
  std::vector<Store> stores;
  std::vector<Touch> touches;
  Choice floor_of_s = 0;
  bool all_in_s = true;      // every store so far was seq_cst
  Clock trace_of_exclusive;  // of the last store that does not commute
  Clock trace_of_s;          // of the last seq_cst store
  int allocation = -1;       // heap.h: made while the model ran, or freed
  std::array<uint32_t, kMaxThreads> last_touch{};
};

struct ThreadClock {
  Clock happens_before;
  Clock trace;
  uint32_t time = 0;
};

class Memory {
 public:
  void Reset();
  Location& At(const Operation& operation);
  // What the operation may do now, the plainest first: write, or the newest store that it may read.
  void Choices(const Operation& operation, int thread, std::vector<Choice>& out);
  // Does it. Returns what was read.
  uint64_t Perform(const Operation& operation, int thread, Choice choice, uint32_t event);

  // The events that could not come after this operation.
  Clock Past(const Operation& operation, int thread, Choice choice);

  const ThreadClock& clock(int thread) const { return clocks_[static_cast<size_t>(thread)]; }
  // Memory that is freed by `thread`: everybody's accesses must happen before. Empty, or what is
  // wrong; later accesses are refused by heap.h.
  const char* Freed(uintptr_t begin, uintptr_t end, int thread, int allocation);

 private:
  Choice Floor(const Location& location, int thread, bool total_order) const;
  void Read(Location& location, int thread, Choice choice, std::memory_order order);

  std::vector<Location> pool_;
  size_t used_ = 0;
  std::vector<uint32_t> table_;  // open addressing; index into pool_ + 1
  std::array<ThreadClock, kMaxThreads> clocks_;
  // A weak compare-exchange may fail though it read what it expected: once for each thread.
  std::array<bool, kMaxThreads> failed_for_nothing_{};
};

}  // namespace creneau::interleave
