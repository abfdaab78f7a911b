// What a producer hands to the log, and the lock-free queue in which whoever writes finds it: the
// log thread, or a producer that would only wait (log.h).
//
// A Commit lives with whoever waits for it (a round of connections, the steward's stack): no
// allocation per commit. From Push until whoever writes has copied its bytes it belongs to the log;
// one with an owner belongs to the log until it is delivered. Therefore a wait for a commit cannot
// be cancelled, the push is the last thing a producer does before it suspends, and the log must be
// drained before the owners end.
//
// Threads: Push from any thread; TakeAll and Close from whoever writes, one at a time.
#pragma once

#include <string_view>

#include "base/atomic.h"
#include "base/ids.h"

namespace creneau::wal {

struct Commit;

// Where finished commits go: one per thread that waits. Deliver is called by whoever writes, once
// for each batch that has commits of this owner, with a chain linked by `next` in the order in
// which they were pushed; one call at a time. It must not block, and it may be the last that is
// seen of the nodes: who writes never touches them again.
class Completions {
 public:
  virtual ~Completions() = default;
  virtual void Deliver(Commit* chain) = 0;
};

struct Commit {
  Commit* next = nullptr;
  // The record. Empty: a barrier, done as soon as all that was pushed before it is durable; it
  // costs no write of its own.
  std::string_view bytes;
  // Null: nobody waits for this one, because the same producer waits for a later one. Who
  // writes does not touch it after it has copied its bytes.
  Completions* owner = nullptr;
  // Set before delivery. durable is false when the log failed: the outcome is unknown.
  bool durable = false;
  Lsn lsn;  // of this record; of a barrier, the last record before it
};

// An intrusive stack (Treiber, 1986) that the consumer takes whole: no ABA, since nothing is popped
// singly. A producer that stops for ever between any two instructions holds up nobody.
class CommitQueue {
 public:
  enum class Pushed { kQueued, kQueuedFirst, kClosed };

  // kQueuedFirst: the queue was empty, so the log thread may be asleep. kClosed: the log has failed
  // or ended; the node was not taken and is the caller's again: answer outcome-unknown.
  Pushed Push(Commit* commit);

  // All that is queued, oldest first; null when there is nothing. Not after Close.
  Commit* TakeAll();

  // Refuses every later push; returns what was still queued, oldest first.
  Commit* Close();

  bool empty() const;

 private:
  Atomic<Commit*> head_{nullptr};
};

}  // namespace creneau::wal
