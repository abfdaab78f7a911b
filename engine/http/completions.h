// How a connection waits for its barrier without holding up its thread: the log thread hands
// finished barriers over, and wakes the thread's loop once for all of them.
//
// One per I/O thread. Deliver is called by the log thread; everything else belongs to the I/O
// thread. It must not be destroyed before WaitUntilQuiet has returned: the log thread may still be
// on its way out of Deliver.
#pragma once

#include <atomic>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <optional>

#include "booking/act.h"
#include "http/net.h"

namespace creneau::http {

class ThreadCompletions final : public wal::Completions {
 public:
  // One wait at a time; lives with the connection.
  struct Waiter {
    const wal::Commit* commit = nullptr;
    // Optional only because assigning one such handler to another recurses for ever in Boost 1.81.
    std::optional<net::any_completion_handler<void()>> resume;
    Waiter* next = nullptr;
  };

  explicit ThreadCompletions(net::io_context& loop) : loop_(loop) {}

  void Deliver(wal::Commit* chain) override;

  // Pushes the act's barrier and suspends until it has been delivered, or was refused. Cannot be
  // cancelled. `act` and `waiter` live until then. May throw (no memory); then the barrier was not
  // pushed, and nothing of the act's owner is in the log's hands.
  net::awaitable<void> PushAndWait(Waiter& waiter, booking::Act& act);

  // After the loop has ended with nobody waiting: returns when the log thread has left Deliver for
  // good.
  void WaitUntilQuiet() const;

 private:
  void Enqueue(Waiter& waiter);
  Waiter* Remove(const wal::Commit* commit);
  void Wake();

  net::io_context& loop_;
  // What was delivered and not yet taken, newest first. Pushed by the log thread with release,
  // taken whole by the loop with acquire: that is how `durable` and `lsn` of each commit become
  // visible to the connection.
  std::atomic<wal::Commit*> delivered_{nullptr};
  // Calls of Deliver under way. Decremented last, with release; WaitUntilQuiet acquires.
  std::atomic<int> delivering_{0};
  // Who waits, in the order in which the barriers were pushed, which is that of their delivery.
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace creneau::http
