#include "http/completions.h"

#include <boost/asio/post.hpp>
// tidy: std::bad_alloc, nothing else of it
#include <new>
#include <thread>
#include <utility>

#include "base/check.h"

namespace creneau::http {
namespace {

// Reverses a chain in place and returns its new head.
wal::Commit* Reverse(wal::Commit* chain) {
  wal::Commit* reversed = nullptr;
  while (chain != nullptr) {
    wal::Commit* const next = chain->next;
    chain->next = reversed;
    reversed = chain;
    chain = next;
  }
  return reversed;
}

}  // namespace

ThreadCompletions::ThreadCompletions(net::io_context& loop, booking::CommitPool& pool,
                                     wal::Log& log)
    : loop_(loop), pool_(pool), log_(log) {
  rounds_.push_back(std::make_unique<Round>(pool_, log_));
  open_ = rounds_.back().get();
}

void ThreadCompletions::Deliver(wal::Commit* chain) {
  // Counted before anything can be seen, so that whoever has seen it knows of this call.
  delivering_.fetch_add(1, std::memory_order_relaxed);
  wal::Commit* const oldest = chain;
  wal::Commit* const newest = Reverse(chain);
  wal::Commit* head = delivered_.load(std::memory_order_relaxed);
  do {
    oldest->next = head;
  } while (!delivered_.compare_exchange_weak(head, newest, std::memory_order_acq_rel,
                                             std::memory_order_relaxed));
  // Somebody who found the stack empty has posted, and the loop has not taken it yet: one wake-up
  // is enough.
  if (head == nullptr) net::post(loop_, Handler(wake_memory_, [this] { Wake(); }));
  delivering_.fetch_sub(1, std::memory_order_release);
}

void ThreadCompletions::Wait(Waiter& waiter) {
  // Posted behind what the look at the sockets has brought already: all of that is in the round
  // when it is closed.
  if (open_->first == nullptr) net::post(loop_, Handler(close_memory_, [this] { Close(); }));
  waiter.next_ = nullptr;
  (open_->first == nullptr ? open_->first : open_->last->next_) = &waiter;
  open_->last = &waiter;
}

void ThreadCompletions::Close() {
  // A round to go on with, before this one is given away.
  if (free_ == nullptr) {
    try {
      rounds_.push_back(std::make_unique<Round>(pool_, log_));
    } catch (const std::bad_alloc&) {
      // Those in flight come back, or somebody gives memory back, before long.
      return net::post(loop_, Handler(close_memory_, [this] { Close(); }));
    }
    free_ = rounds_.back().get();
  }
  Round& round = *open_;
  open_ = std::exchange(free_, free_->next);
  open_->next = nullptr;
  if (!round.act.Barrier(this)) return End(round, false);
  (last_ == nullptr ? first_ : last_->next) = &round;
  last_ = &round;
}

void ThreadCompletions::Wake() {
  wal::Commit* commit = Reverse(delivered_.exchange(nullptr, std::memory_order_acq_rel));
  while (commit != nullptr) {
    wal::Commit* const next = commit->next;  // the barrier may be pushed again before we go on
    Round& round = Remove(commit);
    End(round, round.act.durable());
    commit = next;
  }
}

// The first one in all cases but that of a log that fails and hands back its queue in pieces.
ThreadCompletions::Round& ThreadCompletions::Remove(const wal::Commit* barrier) {
  Round* before = nullptr;
  Round* round = first_;
  while (round != nullptr && &round->act.barrier() != barrier) {
    before = round;
    round = round->next;
  }
  CHECK(round != nullptr);
  (before == nullptr ? first_ : before->next) = round->next;
  if (last_ == round) last_ = before;
  return *round;
}

void ThreadCompletions::End(Round& round, bool durable) {
  Waiter* waiter = std::exchange(round.first, nullptr);
  round.last = nullptr;
  round.act.Release();
  round.next = free_;
  free_ = &round;
  while (waiter != nullptr) {
    // Resuming lets it wait again, or end: it is not touched afterwards.
    Waiter* const next = waiter->next_;
    waiter->Resume(durable);
    waiter = next;
  }
}

void ThreadCompletions::WaitUntilQuiet() const {
  CHECK(first_ == nullptr && open_->first == nullptr);
  while (delivering_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

}  // namespace creneau::http
