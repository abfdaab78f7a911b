// How the connections of one thread wait for the log without holding it up: in rounds. Whatever
// requests some looks at the sockets in a row bring go into one round: one act and, when all of
// them have been decided, one barrier. While the device is quick, the I/O thread itself then writes
// the log. Else the log thread does, and hands the barrier back once it is durable, with one
// wake-up of the loop for all that its batch held. Then everybody in the round goes on, one after
// the other, without another look at the sockets in between.
//
// Threads: Deliver is called by whoever writes the log; everything else belongs to the I/O thread.
// It must not be destroyed before WaitUntilQuiet has returned: who writes may still be on its way
// out of Deliver.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "booking/act.h"
#include "http/handler_memory.h"
#include "http/net.h"

namespace creneau::http {

class ThreadCompletions final : public wal::Completions {
 public:
  // Who waits. One wait at a time; it must not go before it has been resumed.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    // What the wait was for is durable, or nothing is known of it. Must not throw.
    virtual void Resume(bool durable) noexcept = 0;

   private:
    friend class ThreadCompletions;
    Waiter* next_ = nullptr;
  };

  ThreadCompletions(net::io_context& loop, booking::CommitPool& pool, wal::Log& log);

  void Deliver(wal::Commit* chain) override;

  // Where requests push what they decide; another one for each round.
  booking::Act& act() { return open_->act; }

  // Resumes `waiter` once all that was pushed through act() so far is durable, or the log has
  // refused it. Cannot be cancelled.
  void Wait(Waiter& waiter);

  // Around the looks at the sockets that are made in a row: their requests are one round. Whether
  // one more look is worth it: the latest one brought more of them, and nobody has waited for long.
  void BeginLooks() { looking_ = true; }
  bool LookAgain();
  void EndLooks();

  // After the loop has ended with nobody waiting: returns when who writes the log has left Deliver
  // for good.
  void WaitUntilQuiet() const;

  // How many connections there are. A round is whole when all of them wait, or many do. Where the
  // log thread writes, it is of half of them at most, so that one half's is written while the other
  // half's requests are decided.
  void Expect(size_t connections);

 private:
  struct Round {
    Round(booking::CommitPool& pool, wal::Log& log) : act(pool, log) {}
    booking::Act act;
    Waiter* first = nullptr;
    Waiter* last = nullptr;
    size_t waiters = 0;
    size_t seen = 0;        // of them, when a look had last ended
    int looks = 0;          // that brought more
    Round* next = nullptr;  // in flight behind it, or free
  };

  void CloseLater();
  void CloseOpen();
  void Close(wal::Commit** finished);
  bool Whole() const;
  bool Reserve();
  void Wake();
  void GoOn(wal::Commit* chain);
  Round& Remove(const wal::Commit* barrier);
  void End(Round& round, bool durable);

  net::io_context& loop_;
  booking::CommitPool& pool_;
  wal::Log& log_;
  // What was delivered and not yet taken, newest first. Pushed by who writes the log with release,
  // taken whole by the loop with acquire: that is how `durable` and `lsn` of each commit become
  // visible. And the other way round for wake_memory_, which is the loop's until it has taken all.
  std::atomic<wal::Commit*> delivered_{nullptr};
  // Calls of Deliver under way. Decremented last, with release; WaitUntilQuiet acquires.
  std::atomic<int> delivering_{0};
  HandlerMemory wake_memory_;

  HandlerMemory close_memory_;
  bool closes_ = false;       // CloseOpen is posted
  bool looking_ = false;      // EndLooks will do it
  size_t enough_ = 1;         // so many make a round
  size_t half_ = 1;           // where the log thread writes
  Round* refused_ = nullptr;  // closed, and the log took no barrier: CloseOpen ends them
  std::vector<std::unique_ptr<Round>> rounds_;  // all there are: as many as were ever in flight
  Round* open_ = nullptr;
  Round* free_ = nullptr;
  // In the order in which their barriers were pushed, which is that in which they become durable.
  Round* first_ = nullptr;
  Round* last_ = nullptr;
};

}  // namespace creneau::http
