// Through which a reader looks at a file: some of its bytes in memory, from a piece that was read
// ahead or, where none was, read on the spot. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "env/file.h"
#include "wal/ahead.h"
#include "wal/handover.h"

namespace creneau::wal {

// A part of the file in memory that moves along with whoever reads. What was found in it is handed
// over when it moves on, and at its end.
class Window {
 public:
  Window(env::File& file, uint64_t size, std::string path, Handover& handover, Ahead& ahead)
      : file_(file), size_(size), path_(std::move(path)), handover_(handover), ahead_(ahead) {}
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  uint64_t size() const { return size_; }
  // The bytes at [offset, offset + length), or fewer at the end of the file. Valid until the next
  // call. Not OK: of the file, or what was said of a batch found before.
  absl::StatusOr<std::span<const uint8_t>> At(uint64_t offset, size_t length);
  // Its body is in what At returned last.
  void Found(const CheckedBatch& batch) { piece_->batches.push_back(batch); }
  // The next At reads the file anew.
  void Forget() { bytes_ = {}; }

 private:
  absl::Status Fill(uint64_t offset);
  absl::Status GoOn(uint64_t offset, Ahead::Chunk chunk);
  absl::Status ReadHere(uint64_t offset);

  env::File& file_;
  const uint64_t size_;
  const std::string path_;
  Handover& handover_;
  Ahead& ahead_;
  std::unique_ptr<Piece> piece_;  // none: nothing was read yet
  uint64_t start_ = 0;
  std::span<const uint8_t> bytes_;  // of the file, from start_ on; in the piece
};

}  // namespace creneau::wal
