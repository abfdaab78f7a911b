#include "wal/window.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"

namespace creneau::wal {

Window::~Window() {
  if (piece_ != nullptr) handover_.Give(std::move(piece_));
}

absl::StatusOr<std::span<const uint8_t>> Window::At(uint64_t offset, size_t length) {
  if (offset >= size_) return std::span<const uint8_t>();
  length = static_cast<size_t>(std::min<uint64_t>(length, size_ - offset));
  if (offset < start_ || offset + length > start_ + bytes_.size()) {
    if (absl::Status status = Fill(offset); !status.ok()) return status;
    length = std::min(length, bytes_.size());
  }
  return bytes_.subspan(static_cast<size_t>(offset - start_), length);
}

// From there on, at least a batch, or what there is.
absl::Status Window::Fill(uint64_t offset) {
  const uint64_t end = bytes_.empty() ? offset : start_ + bytes_.size();
  if (start_ <= offset && offset <= end) {
    if (std::optional<Ahead::Chunk> chunk = ahead_.Take(file_, end))
      return GoOn(offset, *std::move(chunk));
  }
  return ReadHere(offset);
}

// The chunk begins where this ends; what is still wanted of this is put before it.
absl::Status Window::GoOn(uint64_t offset, Ahead::Chunk chunk) {
  if (!chunk.status.ok()) {
    if (chunk.piece != nullptr) handover_.Return(std::move(chunk.piece));
    return chunk.status;
  }
  const auto head = bytes_.last(static_cast<size_t>(chunk.offset - offset));
  const std::span<uint8_t> read = chunk.piece->chunk();
  CHECK(head.size() <= Piece::kHeadBytes);
  std::copy(head.begin(), head.end(), read.data() - head.size());
  bytes_ = {read.data() - head.size(), head.size() + chunk.length};
  start_ = offset;
  if (piece_ != nullptr) handover_.Give(std::move(piece_));
  piece_ = std::move(chunk.piece);
  piece_->path = path_;
  return absl::OkStatus();
}

absl::Status Window::ReadHere(uint64_t offset) {
  bytes_ = {};
  if (piece_ != nullptr && !piece_->batches.empty()) handover_.Give(std::move(piece_));
  if (piece_ == nullptr) {
    absl::StatusOr<std::unique_ptr<Piece>> empty = handover_.Empty();
    if (!empty.ok()) return empty.status();
    piece_ = *std::move(empty);
    piece_->path = path_;
  }
  const auto length = static_cast<size_t>(std::min<uint64_t>(Piece::kChunkBytes, size_ - offset));
  const std::span<uint8_t> out = piece_->Room(0, length);
  const absl::StatusOr<size_t> got = file_.ReadAt(offset, out);
  if (!got.ok()) return got.status();
  start_ = offset;
  bytes_ = out.first(*got);
  return absl::OkStatus();
}

}  // namespace creneau::wal
