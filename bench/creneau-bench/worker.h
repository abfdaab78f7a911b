// One generator thread: carries out a profile over its share of the connections, and measures.
//
// Open loop: what is due is sent at its moment, on the connection that has been idle for longest;
// when all are busy it waits in line, and its latency counts from the moment it was due. So a
// server that stalls cannot slow the clock down. Closed loop: every connection sends again when it
// has its replies; "due" is then the moment of sending.
//
// A batch is --pipeline journeys that go in step: their holds in one write, their confirms in one
// write. Between two steps it holds no connection, as people who think hold none of the website's.
//
// Connect and Run on one thread; Stop and the progress figures from any; everything else once Run
// has returned. Allocates nothing per request, once there are batches enough.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "bench/creneau-bench/journal.h"
#include "bench/creneau-bench/options.h"
#include "bench/creneau-bench/profile.h"
#include "bench/creneau-bench/requests.h"
#include "bench/creneau-bench/sockets.h"
#include "bench/creneau-bench/stats.h"

namespace creneau::bench {

class Worker : private Sockets::Handler {
 public:
  Worker(const Options& options, const Address& server, unsigned thread);

  // Until all connections are up. Unavailable when the server does not take them.
  absl::Status Connect();
  // From `start_ns` until all that was due in the window is answered, or the time to drain is over.
  void Run(int64_t start_ns);
  void Stop() { stop_.store(true, std::memory_order_relaxed); }

  // For the progress line; a little old.
  uint64_t replies_so_far() const { return shown_replies_.load(std::memory_order_relaxed); }
  uint64_t errors_so_far() const { return shown_errors_.load(std::memory_order_relaxed); }
  uint64_t waiting_now() const { return shown_waiting_.load(std::memory_order_relaxed); }

  const Stats& measured() const { return measured_; }
  const Stats& before() const { return before_; }  // due before the window
  const Journal& journal() const { return journal_; }
  uint64_t wrong_replies() const { return wrong_replies_; }

 private:
  struct Journey {
    JourneyKind kind = JourneyKind::kHold;
    bool going = false;     // has further steps, for all we know
    bool awaiting = false;  // its request of this step is not answered
    bool held = false;
    Told told;
  };
  struct Batch {
    int64_t due_ns = 0;
    size_t step = 0;
    size_t next_reply = 0;  // the journey that the next reply belongs to, or one before it
    bool live = false;
    Batch* next = nullptr;
    std::vector<Journey> journeys;
  };
  struct Line {
    Batch* batch = nullptr;
    bool in_ring = false;
    int64_t idle_ns = 0;  // since when, while in the ring
  };
  struct Thinking {
    int64_t due_ns;
    Batch* batch;
    bool operator>(const Thinking& other) const { return due_ns > other.due_ns; }
  };

  void OnUp(uint32_t connection) override;
  void OnReply(uint32_t connection, const Reply& reply) override;
  void OnDown(uint32_t connection, uint32_t lost, std::string_view why) override;

  // --- worker.cc: the loop ---
  void Turn(int64_t now);
  bool Finished(int64_t now) const;
  void Due(Batch* batch, int64_t due_ns);
  bool CanSend() const;
  void Dispatch();
  Batch* TakeReady();
  void SendStep(uint32_t connection, Batch* batch);
  void Idle(uint32_t connection);
  void GiveUpRest();
  void ShowProgress();

  // --- worker_batch.cc: batches and what comes back ---
  Batch* NewBatch();
  void Retire(Batch* batch);
  size_t WriteStep(Batch* batch);
  void Stepped(Batch* batch, int64_t now);
  struct Verdict {
    bool success = false;
    std::string_view code;  // of what was no success
  };
  Verdict Judge(Kind kind, const Reply& reply, Journey* journey);
  Verdict JudgeHold(const Reply& reply, Journey* journey);
  Verdict JudgeHeld(Kind kind, const Reply& reply, Journey* journey);
  void Count(Kind kind, int status, const Verdict& verdict, int64_t due_ns, int64_t now);
  void CountLost(Batch* batch, std::string_view why, int64_t now);

  const Options& options_;
  const std::unique_ptr<Profile> profile_;
  const Window window_;  // since start_ns_
  int64_t start_ns_ = 0;
  int64_t begin_ns_ = 0;  // of the window, on the clock
  int64_t end_ns_ = 0;
  int64_t next_arrival_ns_ = kNever;

  RequestWriter requests_;
  Sockets sockets_;
  std::vector<Line> lines_;     // one per connection
  std::vector<uint32_t> ring_;  // idle connections, the longest idle at ring_first_
  size_t ring_first_ = 0;
  size_t ring_size_ = 0;
  std::deque<Batch> batches_;  // all there are
  Batch* free_ = nullptr;
  Batch* ready_first_ = nullptr;  // due, and waiting for a connection
  Batch* ready_last_ = nullptr;
  uint64_t ready_ = 0;
  uint64_t live_ = 0;
  std::priority_queue<Thinking, std::vector<Thinking>, std::greater<>> thinking_;
  size_t next_agenda_;
  std::string out_;
  bool running_ = false;

  Stats measured_;
  Stats before_;
  Journal journal_;
  uint64_t wrong_replies_ = 0;  // a success by its status, and not what was asked for

  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> shown_replies_{0};
  std::atomic<uint64_t> shown_errors_{0};
  std::atomic<uint64_t> shown_waiting_{0};
  uint64_t replies_ = 0;
  uint64_t errors_ = 0;
};

}  // namespace creneau::bench
