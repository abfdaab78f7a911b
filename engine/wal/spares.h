// Keeps the next segment's file ready: made and zero-filled by a thread of its own, so that a
// rollover costs a rename.
//
// A disk without room for another one is not an error as long as there is a spare or a rest to
// write to: room() says so, and the thread looks again every second, and at once when a spare is
// asked for. A spare is filled at half speed, so that the log's writes come in between, and at full
// speed while the log waits for it, or for the end. Any other failure is final: failure() gives it.
//
// Threads: Take from whoever writes, one at a time; failure from the log thread; room() from any.
// Files belong to the directory that the log owns by LOCK.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/file.h"

namespace creneau::wal {

class Spares {
 public:
  // Without a thread, Take makes what it needs and Turn what the thread would.
  Spares(env::FileSystem& files, std::string directory, uint64_t segment_bytes, bool threaded);
  ~Spares();  // stops
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;

  // Finds a spare that an earlier process left, removes an unfinished one. Before Start.
  absl::Status Adopt();
  void Start();
  void Turn();  // one look at the disk, and a spare where there is none
  void Stop();

  // Renames the spare to `path`, waiting for it to be made. ResourceExhausted: the disk has no
  // room.
  absl::Status Take(const std::string& path);

  // OK, or why no spare will ever be made again. Any thread.
  absl::Status failure();

  bool ready() const { return ready_.load(std::memory_order_relaxed); }
  // Whether the disk has room for another spare beside the one that is ready.
  bool room() const { return room_.load(std::memory_order_relaxed); }
  // What whole spares that were not made yet could hold, as of the last look; at most a second old.
  uint64_t growable_bytes() const { return growable_bytes_.load(std::memory_order_relaxed); }

 private:
  void Run();
  absl::Status Look();
  absl::Status Make();
  absl::StatusOr<uint64_t> SegmentsInRoom();
  void HasRoomFor(uint64_t segments);
  absl::Status LookForRoom();

  env::FileSystem& files_;
  const std::string directory_;
  const uint64_t segment_bytes_;
  const bool threaded_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  // Take or Stop waits. A hint to the filler, which nothing rests on.
  std::atomic<bool> awaited_{false};
  uint64_t asked_ = 0;   // how often Take found no spare
  uint64_t looked_ = 0;  // the asking that the last look at the disk came after
  absl::Status failed_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> room_{true};
  std::atomic<uint64_t> growable_bytes_{0};
  std::thread thread_;
};

}  // namespace creneau::wal
