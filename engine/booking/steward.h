// The steward: the one task that does what time brings (design 3): takes lapsed holds back, gives
// cooled seats back, begins openings and lets people in, and lengthens holds and openings by the
// time the engine was away. By the same transitions
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
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "booking/act.h"
#include "booking/names.h"
#include "booking/openings.h"
#include "booking/registry.h"
#include "env/clock.h"
#include "ledger/ledger.h"
#include "wal/log.h"

namespace creneau::booking {

// What became of a seat that came back.
struct Reassigned {
  bool done = false;                    // false: it is everybody's, and the steward frees it
  std::optional<Instant> look_again{};  // when there may be more to do about it
};

class Steward {
 public:
  Steward(ledger::Ledger& ledger, wal::Log& log, const Registry& registry, const Names& names,
          Openings& openings, const Clock& clock);
  ~Steward();  // stops
  Steward(const Steward&) = delete;
  Steward& operator=(const Steward&) = delete;

  // When the engine began to serve, or to make good for its absence: time counts from here.
  void Begin(Instant now);

  // How late a deadline can be noticed, in ms, by those who serve requests: event loops say so
  // here, and expiry stands still with them. Null: nobody to ask. Any thread.
  void WatchEdge(std::function<int64_t()> lag_ms);

  // A deadline before this moment has passed, as far as anybody can be told: while the steward
  // stands still, so does the time that deadlines are held against. Any thread.
  Instant KnownUntil() const {
    return Instant{known_ms_.load(std::memory_order_relaxed)} + limits::kStewardTickMs +
           limits::kExpiryLagMs;
  }

  // Before Start: lengthens every live hold, and what is open, by the time since the log's last
  // batch. Nobody loses a seat because the engine was away; a quiet log makes this generous, never
  // short. Logged first as owed and last as settled: a crash in between makes the next start count
  // from `since` again, which gives some the time twice and takes it from nobody.
  void LengthenAll(Instant since, Instant now);

  // Whether anybody holds a seat or is offered one, or something was open, that would be
  // lengthened.
  bool OwedToAnyone(Instant since, Instant now);

  // What recovery found still owed; before anything else.
  void ContinueOutage(std::optional<Instant> since);
  // Calls look(since) at a moment when the log's queue has all that makes it so, and no more.
  void LookAtOutage(const std::function<void(std::optional<Instant>)>& look);

  // What becomes of seats that come back, as freed_seats.h has it. Before Start.
  using CoolsUntil =
      std::function<Instant(const AgendaInfo&, Channel channel, Instant now, uint64_t random)>;
  using Reassign = std::function<Reassigned(SeatId seat, Instant now, Act& act)>;
  void AskAboutFreed(CoolsUntil cools_until, Reassign reassign) {
    cools_until_ = std::move(cools_until);
    reassign_ = std::move(reassign);
  }

  // What else time brings, at the end of each round in which nothing stands still: called in the
  // order in which they were given. It pushes into the act, which it waits for by await(), false
  // when the log has failed. Before Start.
  using Await = std::function<bool()>;
  using Duty = std::function<void(Instant now, Act& act, const Await& await)>;
  void AlsoDo(Duty duty) { duties_.push_back(std::move(duty)); }

  // One round: learns, expires, frees. Blocks until what it did is durable. While the log or an
  // event loop lags by more than a second it does nothing, and when that is over, or it was itself
  // kept from its round, holds first get the time in which nobody could confirm.
  void Tick();

  void Start();
  void Stop();

  uint64_t expired() const { return expired_.load(std::memory_order_relaxed); }
  uint64_t freed() const { return freed_.load(std::memory_order_relaxed); }
  // Since the start, in which nobody can have been served, whether or not anybody was owed it.
  int64_t stood_still_ms() const { return stood_still_ms_.load(std::memory_order_relaxed); }

 private:
  struct Timer {
    Instant due;
    SeatId seat;
    bool operator>(const Timer& other) const { return due > other.due; }
  };

  void Learn();
  void Compact();
  void LengthenHolds(int64_t by_ms);
  bool AnyOffer();
  bool WaitForLog();
  void Owe(Instant since);
  bool Stalled(Instant now);
  void Serve(SeatId seat, Instant now);
  Instant DueOf(ledger::SeatWord word) const;

  ledger::Ledger& ledger_;
  wal::Log& log_;
  const Registry& registry_;
  const Names& names_;
  Openings& openings_;
  const Clock& clock_;

  // One that can be looked through.
  struct Timers : std::priority_queue<Timer, std::vector<Timer>, std::greater<>> {
    const std::vector<Timer>& all() const { return c; }
  };
  Timers timers_;
  CommitPool pool_;
  BlockingWait wait_;
  // What LengthenAll has pushed: it ends after the act, which waits for the log where memory ended.
  std::string owed_record_;
  std::string settled_record_;
  Act act_;
  std::vector<Duty> duties_;
  CoolsUntil cools_until_;
  Reassign reassign_;
  size_t compact_at_ =
      size_t{1} << 16;                // so many timers are worth a look at which are still needed
  Instant last_tick_{0};              // when the last round ended
  std::optional<Instant> owed_from_;  // since when holds are owed time that they have not got
  std::atomic<int64_t> known_ms_{0};  // the last round in which nothing stood still
  std::atomic<uint64_t> expired_{0};
  std::atomic<uint64_t> freed_{0};
  std::atomic<int64_t> stood_still_ms_{0};

  std::mutex edge_mutex_;
  std::function<int64_t()> edge_lag_ms_;
  std::mutex outage_mutex_;  // held while a record of an outage is pushed
  std::optional<Instant> outage_since_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace creneau::booking
