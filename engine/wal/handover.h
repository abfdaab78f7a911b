// Between the thread that reads a log and checks it, and the one that makes something of its
// records: what was read goes from one to the other in order and by the piece, not copied, and the
// pieces come back to be filled again. A short log needs no second thread, and a machine with one
// core has none to spare: then Give does the work itself. What comes of it is the same.
//
// Threads: Give and Finish from the one that made it, Empty and Return from any; `take` from one
// thread at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limits.h"
#include "wal/format.h"

namespace creneau::wal {

// A batch whose place, checksums and chain are right.
struct CheckedBatch {
  uint64_t offset = 0;
  BatchHeader header;
  std::span<const uint8_t> body;  // in the piece's bytes
};

// Some bytes of a segment, and the batches that were found in them.
struct Piece {
  // What is read of a file at once: what a processor's own cache holds, so that it is checked and
  // taken from while it is there.
  static constexpr size_t kChunkBytes = limits::kMaxBatchBytes;
  // Before it, room for the beginning of a batch that ends in it.
  static constexpr size_t kHeadBytes = limits::kMaxBatchBytes;

  // On a page, as reads past the system's cache want it. What stood there is gone where it takes
  // more memory than before: short logs take little. Both together lie in one huge page, where the
  // system gives one: the device then gets a read as one piece of memory, not as 256, and some have
  // it done in half the time.
  std::span<uint8_t> Room(size_t head, size_t length);
  std::span<uint8_t> chunk() { return Room(kHeadBytes, kChunkBytes); }

  std::string path;  // of the segment
  std::unique_ptr<uint8_t, decltype(&std::free)> memory{nullptr, &std::free};
  size_t capacity = 0;
  std::vector<CheckedBatch> batches;
};

class Handover {
 public:
  using Take = std::function<absl::Status(const std::string& path, const CheckedBatch&)>;

  // `threads`: how many may be busy, the caller's included.
  Handover(Take take, size_t threads);
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  // A piece without batches, to be given. Waits while all are on their way. Not OK: what `take`
  // said of a batch; nothing is taken after that.
  absl::StatusOr<std::unique_ptr<Piece>> Empty();
  void Give(std::unique_ptr<Piece> piece);
  // One that was not used.
  void Return(std::unique_ptr<Piece> piece);
  // Returns when all that was given has been taken, or one was not OK: then what was said of it.
  // Nothing is given after it but pieces without batches. Idempotent.
  absl::Status Finish();

 private:
  bool Started();
  absl::Status TakeAll(const Piece& piece);
  void TakeBack(std::unique_ptr<Piece> piece);
  void Run();

  const Take take_;
  size_t threads_;
  uint64_t given_bytes_ = 0;
  size_t made_ = 0;
  std::thread thread_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Piece>> given_;
  std::vector<std::unique_ptr<Piece>> empty_;
  bool ended_ = false;
  absl::Status status_;
};

}  // namespace creneau::wal
