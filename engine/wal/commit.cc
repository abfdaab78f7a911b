#include "wal/commit.h"

#include "base/check.h"

namespace creneau::wal {
namespace {

// Stands in the head once the queue is closed. Never looked into.
Commit closed;

Commit* Reversed(Commit* newest) {
  Commit* oldest = nullptr;
  while (newest != nullptr) {
    Commit* const next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  return oldest;
}

}  // namespace

CommitQueue::Pushed CommitQueue::Push(Commit* commit) {
  Commit* head = head_.load(std::memory_order_relaxed);
  do {
    if (head == &closed) return Pushed::kClosed;
    commit->next = head;
    // Release: whoever takes the stack sees the node and its bytes.
  } while (!head_.compare_exchange_weak(head, commit, std::memory_order_release,
                                        std::memory_order_relaxed));
  return head == nullptr ? Pushed::kQueuedFirst : Pushed::kQueued;
}

Commit* CommitQueue::TakeAll() {
  Commit* const taken = head_.exchange(nullptr, std::memory_order_acquire);
  CHECK(taken != &closed);  // it would be open again
  return Reversed(taken);
}

Commit* CommitQueue::Close() {
  Commit* const rest = head_.exchange(&closed, std::memory_order_acquire);
  return rest == &closed ? nullptr : Reversed(rest);
}

bool CommitQueue::empty() const { return head_.load(std::memory_order_relaxed) == nullptr; }

}  // namespace creneau::wal
