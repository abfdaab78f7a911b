// The steward: the one task that does what time brings (design 3): takes lapsed holds back, gives
// cooled seats back, and lengthens holds by the time the engine was away. By the same transitions
// as everyone else.
//
// One timer structure: a heap of (due, seat) that only the steward sees. It learns of new deadlines
// from the ledger's bitmap of touched blocks, so nobody who holds a seat has to tell it. A timer is
// only a reason to look at the seat: what counts is the seat's word.
//
// Threads: Tick from one thread at a time; Stats from any. Start gives it a thread of its own; the
// simulation calls Tick.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "booking/act.h"
#include "booking/names.h"
#include "booking/registry.h"
#include "env/clock.h"
#include "ledger/ledger.h"
#include "wal/log.h"

namespace creneau::booking {

// When a freed seat may be given out again: a random time between the agenda's bounds, so that
// nobody can wait for it.
Instant CoolingUntil(const rules::Agenda& agenda, Instant now, uint64_t random);

class Steward {
 public:
  Steward(ledger::Ledger& ledger, wal::Log& log, const Registry& registry, const Names& names,
          const Clock& clock);
  ~Steward();  // stops
  Steward(const Steward&) = delete;
  Steward& operator=(const Steward&) = delete;

  // Before Start: lengthens every live hold by the time since the log's last batch. Nobody loses a
  // seat because the engine was away; a quiet log makes this generous, never short. Logged first as
  // owed and last as settled: a crash in between makes the next start count from `since` again,
  // which gives some the time twice and takes it from nobody.
  void LengthenAll(Instant since, Instant now);

  // One round: learns, expires, frees. Blocks until what it did is durable.
  void Tick();

  void Start();
  void Stop();

  uint64_t expired() const { return expired_.load(std::memory_order_relaxed); }
  uint64_t freed() const { return freed_.load(std::memory_order_relaxed); }

 private:
  struct Timer {
    Instant due;
    SeatId seat;
    bool operator>(const Timer& other) const { return due > other.due; }
  };

  void Learn();
  void Serve(SeatId seat, Instant now);
  Instant DueOf(ledger::SeatWord word) const;

  ledger::Ledger& ledger_;
  wal::Log& log_;
  const Registry& registry_;
  const Names& names_;
  const Clock& clock_;

  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  CommitPool pool_;
  BlockingWait wait_;
  Act act_;
  Instant last_tick_{0};
  std::atomic<uint64_t> expired_{0};
  std::atomic<uint64_t> freed_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace creneau::booking
