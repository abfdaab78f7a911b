#include "wal/ahead.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace creneau::wal {
namespace {

// A file that is worth a thread.
constexpr uint64_t kLeastBytes = 2 * Piece::kChunkBytes;
// Read and not asked for yet: enough for the device to go on while a piece is checked.
constexpr size_t kMostRead = 2;

}  // namespace

Ahead::~Ahead() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    reading_ = nullptr;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Ahead::Would(uint64_t size) const { return threads_ >= 2 && size >= kLeastBytes; }

void Ahead::Add(std::shared_ptr<env::File> file, uint64_t size) {
  if (!Would(size)) return;
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread([this] { Run(); });
    } catch (const std::system_error&) {
      threads_ = 1;
      return;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    streams_.push_back({std::move(file), 0, size});
  }
  changed_.notify_all();
}

std::optional<Ahead::Chunk> Ahead::Take(const env::File& file, uint64_t offset) {
  std::unique_lock lock(mutex_);
  // Of a file that was not added: what was added is wanted after it.
  const auto is_of = [&](const Chunk& chunk) { return chunk.file.get() == &file; };
  if (!Awaits(file) && std::none_of(read_.begin(), read_.end(), is_of)) return std::nullopt;
  LeaveOthersBefore(file);
  changed_.wait(lock, [&] { return !read_.empty() || !Awaits(file); });
  if (read_.empty() || read_.front().offset != offset) {
    Leave(file);
    return std::nullopt;
  }
  Chunk chunk = std::move(read_.front());
  read_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return chunk;
}

// Whether something of it is under way, or still to be read.
bool Ahead::Awaits(const env::File& file) const {
  if (reading_ == &file) return true;
  return std::any_of(streams_.begin(), streams_.end(),
                     [&](const Stream& stream) { return stream.file.get() == &file; });
}

void Ahead::LeaveOthersBefore(const env::File& file) {
  while (!read_.empty() && read_.front().file.get() != &file) {
    GiveBack(read_.front());
    read_.pop_front();
    changed_.notify_all();  // there is room to read on
  }
  if (!read_.empty() || reading_ == &file) return;
  reading_ = nullptr;
  while (streams_.front().file.get() != &file) streams_.pop_front();
}

void Ahead::Leave(const env::File& file) {
  std::erase_if(streams_, [&](const Stream& stream) { return stream.file.get() == &file; });
  std::erase_if(read_, [&](Chunk& chunk) {
    if (chunk.file.get() != &file) return false;
    GiveBack(chunk);
    return true;
  });
  if (reading_ == &file) reading_ = nullptr;
  changed_.notify_all();
}

void Ahead::GiveBack(Chunk& chunk) {
  if (chunk.piece != nullptr) pieces_.Return(std::move(chunk.piece));
}

void Ahead::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock,
                  [this] { return ended_ || (!streams_.empty() && read_.size() < kMostRead); });
    if (ended_) return;
    Stream& stream = streams_.front();
    Chunk chunk{stream.file, stream.offset, 0, nullptr, absl::OkStatus()};
    const uint64_t wanted = std::min<uint64_t>(Piece::kChunkBytes, stream.size - stream.offset);
    stream.offset += wanted;
    reading_ = chunk.file.get();
    if (stream.offset == stream.size) streams_.pop_front();
    lock.unlock();
    auto piece = pieces_.Empty();
    chunk.status = piece.status();
    if (piece.ok()) {
      chunk.piece = *std::move(piece);
      const auto got =
          chunk.file->ReadAt(chunk.offset, chunk.piece->chunk().first(static_cast<size_t>(wanted)));
      chunk.status = got.status();
      chunk.length = got.value_or(0);
    }
    lock.lock();
    // What cannot be read is not read on with: whoever takes this may give up, and waits for us.
    if (!chunk.status.ok()) {
      std::erase_if(streams_, [&](const Stream& each) { return each.file == chunk.file; });
    }
    if (reading_ == chunk.file.get()) {
      read_.push_back(std::move(chunk));
    } else {
      GiveBack(chunk);
    }
    reading_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace creneau::wal
