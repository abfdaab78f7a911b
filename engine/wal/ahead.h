// Reads the segments of a long log before they are asked for, in threads of its own: while one
// piece is checked, the device brings the next, and the next segment follows the one before without
// a pause. Two read at once, so that the device has something to do until the one that it has
// served is awake. What they read is what the reader would read, and is given in that order; short
// files, and a machine with one core, are left to the reader.
//
// Threads: all from the one that made it. Add only files that bear to be read beside it.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "env/file.h"
#include "wal/handover.h"

namespace creneau::wal {

class Ahead {
 public:
  // A part of a file, at the piece's chunk().
  struct Chunk {
    std::shared_ptr<env::File> file;
    uint64_t offset = 0;
    size_t length = 0;
    std::unique_ptr<Piece> piece;  // none: see status
    absl::Status status;
  };

  // `threads`: how many may be busy, the caller's included. The pieces come from `pieces`, which
  // outlives this.
  Ahead(Handover& pieces, size_t threads) : pieces_(pieces), threads_(threads) {}
  ~Ahead();
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  // How the files are to be opened: where nothing is read ahead here, the system does it, in its
  // cache.
  env::OpenMode mode() const { return threads_ < 2 ? env::OpenMode::kRead : env::OpenMode::kScan; }
  // Whether a file of so many bytes would be read ahead.
  bool Would(uint64_t size) const;
  // It is to be read from its beginning on, after those that were added before.
  void Add(std::shared_ptr<env::File> file, uint64_t size);
  // What was read of it there; waits for it. Files that were added before are left. Nothing: it is
  // not read ahead, or the place is not the next one, and it is not from then on.
  std::optional<Chunk> Take(const env::File& file, uint64_t offset);

 private:
  struct Stream {
    std::shared_ptr<env::File> file;
    uint64_t offset = 0;  // of what is read next
    uint64_t size = 0;
  };

  // A part that somebody reads, or has read.
  struct Reading {
    Chunk chunk;
    bool done = false;
    bool left = false;  // whoever reads it gives the piece back
    bool Is(const env::File& file) const { return chunk.file.get() == &file; }
  };

  bool Start();
  void Run();
  bool Awaits(const env::File& file) const;
  void LeaveOthersBefore(const env::File& file);
  void Leave(const env::File& file);
  void Drop(Reading& reading);
  void Read(Chunk& chunk, size_t wanted);

  Handover& pieces_;
  size_t threads_;
  std::array<std::thread, 2> readers_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Stream> streams_;  // of the first, parts are begun; those wholly begun are gone
  std::deque<std::shared_ptr<Reading>> readings_;  // that are wanted, in their order
  bool ended_ = false;
};

}  // namespace creneau::wal
