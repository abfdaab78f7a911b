// Between the thread that reads a log and checks it, and the one that makes something of its
// records: batches go from one to the other in order, a few at a time. A short log needs no second
// thread, and a machine with one core has none to spare: then Give does the work itself. What comes
// of it is the same.
//
// Threads: Give and Finish from the one that made it; `take` from one thread at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "wal/format.h"

namespace creneau::wal {

// A batch whose place, checksums and chain are right.
struct CheckedBatch {
  std::string path;  // of its segment
  uint64_t offset = 0;
  BatchHeader header;
  std::vector<uint8_t> body;
};

class Handover {
 public:
  using Take = std::function<absl::Status(const CheckedBatch&)>;

  // `threads`: how many may be busy, the caller's included.
  Handover(Take take, size_t threads);
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  // Waits while too much is on its way. Not OK: what `take` said of this batch or an earlier one;
  // nothing is taken after that.
  absl::Status Give(CheckedBatch batch);
  // Returns when all that was given has been taken, or one was not OK: then what was said of it.
  // Nothing is given after it. Idempotent.
  absl::Status Finish();

 private:
  bool Started();
  void Run();

  const Take take_;
  size_t threads_;
  uint64_t given_bytes_ = 0;
  std::thread thread_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<CheckedBatch> queue_;
  uint64_t queued_bytes_ = 0;
  bool ended_ = false;
  absl::Status status_;
};

}  // namespace creneau::wal
