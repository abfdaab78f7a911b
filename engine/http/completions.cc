#include "http/completions.h"

#include <boost/asio/post.hpp>
#include <exception>
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

void ThreadCompletions::Deliver(wal::Commit* chain) {
  // Counted before anything can be seen, so that whoever has seen it knows of this call.
  delivering_.fetch_add(1, std::memory_order_relaxed);
  wal::Commit* const oldest = chain;
  wal::Commit* const newest = Reverse(chain);
  wal::Commit* head = delivered_.load(std::memory_order_relaxed);
  do {
    oldest->next = head;
  } while (!delivered_.compare_exchange_weak(head, newest, std::memory_order_release,
                                             std::memory_order_relaxed));
  // Somebody who found the stack empty has posted, and the loop has not taken it yet: one wake-up
  // is enough.
  if (head == nullptr) net::post(loop_, [this] { Wake(); });
  delivering_.fetch_sub(1, std::memory_order_release);
}

void ThreadCompletions::Wake() {
  std::exception_ptr failure;
  wal::Commit* commit = Reverse(delivered_.exchange(nullptr, std::memory_order_acquire));
  while (commit != nullptr) {
    // Resuming lets the connection use commit and waiter again, or end: neither is touched
    // afterwards.
    wal::Commit* const next = commit->next;
    net::any_completion_handler<void()> resume(std::move(*Remove(commit)->resume));
    try {
      std::move(resume)();
    } catch (...) {
      // One connection had no memory to go on with; the others are woken all the same.
      failure = std::current_exception();
    }
    commit = next;
  }
  if (failure) std::rethrow_exception(failure);
}

net::awaitable<void> ThreadCompletions::PushAndWait(Waiter& waiter, booking::Act& act) {
  return net::async_initiate<const net::use_awaitable_t<>, void()>(
      [this, &waiter, &act](auto handler) {
        // What may throw comes first: once the barrier is pushed, the log thread writes to it, and
        // it must not go away with a connection that is unwound.
        waiter.resume.emplace(std::move(handler));
        waiter.commit = &act.barrier();
        if (act.Barrier(this)) {
          Enqueue(waiter);
        } else {
          net::post(loop_, [resume = net::any_completion_handler<void()>(
                                std::move(*waiter.resume))]() mutable { std::move(resume)(); });
        }
      },
      net::use_awaitable);
}

void ThreadCompletions::Enqueue(Waiter& waiter) {
  waiter.next = nullptr;
  if (last_ == nullptr) {
    first_ = &waiter;
  } else {
    last_->next = &waiter;
  }
  last_ = &waiter;
}

// The first one in all cases but that of a log that fails and hands back its queue in pieces.
ThreadCompletions::Waiter* ThreadCompletions::Remove(const wal::Commit* commit) {
  Waiter* before = nullptr;
  Waiter* waiter = first_;
  while (waiter != nullptr && waiter->commit != commit) {
    before = waiter;
    waiter = waiter->next;
  }
  CHECK(waiter != nullptr);
  (before == nullptr ? first_ : before->next) = waiter->next;
  if (last_ == waiter) last_ = before;
  return waiter;
}

void ThreadCompletions::WaitUntilQuiet() const {
  CHECK(first_ == nullptr);
  while (delivering_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

}  // namespace creneau::http
