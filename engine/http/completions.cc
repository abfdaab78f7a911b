#include "http/completions.h"

#include <algorithm>
#include <boost/asio/post.hpp>
// tidy: std::bad_alloc, nothing else of it
#include <new>
#include <thread>
#include <utility>

#include "base/check.h"

namespace creneau::http {
namespace {

// A round of fewer costs the log a write for too few; one of more makes those who came first wait
// for longer than the write does.
constexpr size_t kLeastEnough = 16;
constexpr size_t kMostEnough = 128;
// Nobody waits for longer than so many looks at the sockets: where most requests are reads, a few
// reservations in each would keep a round open for a hundred.
constexpr int kMostLooks = 4;

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
  if (!looking_) CloseLater();
  waiter.next_ = nullptr;
  (open_->first == nullptr ? open_->first : open_->last->next_) = &waiter;
  open_->last = &waiter;
  ++open_->waiters;
  // What this thread writes itself it writes when the others have gone on: they would wait for it.
  if (Whole() && !log_.quick() && Reserve()) Close(nullptr);
}

bool ThreadCompletions::Whole() const { return open_->waiters >= (log_.quick() ? enough_ : half_); }

bool ThreadCompletions::LookAgain() {
  const bool more = open_->waiters > std::exchange(open_->seen, open_->waiters);
  return more && !Whole() && ++open_->looks < kMostLooks;
}

void ThreadCompletions::EndLooks() {
  looking_ = false;
  CloseOpen();
}

void ThreadCompletions::CloseLater() {
  if (!std::exchange(closes_, true)) {
    net::post(loop_, Handler(close_memory_, [this] {
                closes_ = false;
                CloseOpen();
              }));
  }
}

void ThreadCompletions::CloseOpen() {
  wal::Commit* finished = nullptr;
  if (open_->first != nullptr) {
    // No memory: those in flight come back, or somebody gives some back, before long.
    if (!Reserve()) return CloseLater();
    Close(&finished);
  }
  while (refused_ != nullptr) End(*std::exchange(refused_, refused_->next), false);
  GoOn(finished);
}

void ThreadCompletions::Expect(size_t connections) {
  enough_ = std::min(connections, kMostEnough);
  half_ = std::min(connections, std::clamp(connections / 2, kLeastEnough, kMostEnough));
}

// A round to go on with, before the open one is given away.
bool ThreadCompletions::Reserve() {
  if (free_ != nullptr) return true;
  try {
    rounds_.push_back(std::make_unique<Round>(pool_, log_));
  } catch (const std::bad_alloc&) {
    return false;
  }
  free_ = rounds_.back().get();
  return true;
}

// `finished`: where what this thread has written meanwhile goes; null: it must not write.
void ThreadCompletions::Close(wal::Commit** finished) {
  Round& round = *open_;
  open_ = std::exchange(free_, free_->next);
  open_->next = nullptr;
  const bool pushed =
      finished == nullptr ? round.act.Barrier(this) : round.act.BarrierAndWrite(this, finished);
  if (!pushed) {
    round.next = std::exchange(refused_, &round);
    return;
  }
  (last_ == nullptr ? first_ : last_->next) = &round;
  last_ = &round;
}

void ThreadCompletions::Wake() {
  GoOn(Reverse(delivered_.exchange(nullptr, std::memory_order_acq_rel)));
}

void ThreadCompletions::GoOn(wal::Commit* chain) {
  while (chain != nullptr) {
    wal::Commit* const next = chain->next;  // the barrier may be pushed again before we go on
    Round& round = Remove(chain);
    End(round, round.act.durable());
    chain = next;
  }
}

// The first one mostly. Not where a log fails and hands back its queue in pieces, nor where this
// thread has written a round before it has taken what was delivered.
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
  round.waiters = round.seen = 0;
  round.looks = 0;
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
