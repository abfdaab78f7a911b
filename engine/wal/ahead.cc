#include "wal/ahead.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace creneau::wal {
namespace {

// A file that is worth a thread.
constexpr uint64_t kLeastBytes = 2 * Piece::kChunkBytes;
// Read, or being read, and not asked for yet: enough for the device to go on while a piece is
// checked.
constexpr size_t kMostReadings = 4;

}  // namespace

Ahead::~Ahead() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const std::shared_ptr<Reading>& reading : readings_) reading->left = !reading->done;
  }
  changed_.notify_all();
  for (std::thread& reader : readers_) {
    if (reader.joinable()) reader.join();
  }
}

bool Ahead::Would(uint64_t size) const { return threads_ >= 2 && size >= kLeastBytes; }

void Ahead::Add(std::shared_ptr<env::File> file, uint64_t size) {
  if (!Would(size)) return;
  if (!Start()) return;
  {
    const std::lock_guard lock(mutex_);
    streams_.push_back({std::move(file), 0, size});
  }
  changed_.notify_all();
}

// One is enough where the machine has no more to give.
bool Ahead::Start() {
  if (readers_[0].joinable()) return true;
  try {
    for (std::thread& reader : readers_) reader = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
    if (!readers_[0].joinable()) threads_ = 1;
  }
  return readers_[0].joinable();
}

std::optional<Ahead::Chunk> Ahead::Take(const env::File& file, uint64_t offset) {
  std::unique_lock lock(mutex_);
  // Of a file that was not added: what was added is wanted after it.
  if (!Awaits(file)) return std::nullopt;
  LeaveOthersBefore(file);
  changed_.wait(lock, [&] { return !readings_.empty() && readings_.front()->done; });
  if (readings_.front()->chunk.offset != offset) {
    Leave(file);
    return std::nullopt;
  }
  Chunk chunk = std::move(readings_.front()->chunk);
  readings_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return chunk;
}

// Whether something of it was read, is being read, or still to be read.
bool Ahead::Awaits(const env::File& file) const {
  return std::any_of(readings_.begin(), readings_.end(),
                     [&](const auto& reading) { return reading->Is(file); }) ||
         std::any_of(streams_.begin(), streams_.end(),
                     [&](const Stream& stream) { return stream.file.get() == &file; });
}

void Ahead::LeaveOthersBefore(const env::File& file) {
  while (!readings_.empty() && !readings_.front()->Is(file)) {
    Drop(*readings_.front());
    readings_.pop_front();
  }
  if (readings_.empty()) {
    while (streams_.front().file.get() != &file) streams_.pop_front();
  }
  changed_.notify_all();  // there is room to read on
}

void Ahead::Leave(const env::File& file) {
  std::erase_if(streams_, [&](const Stream& stream) { return stream.file.get() == &file; });
  std::erase_if(readings_, [&](const auto& reading) {
    if (!reading->Is(file)) return false;
    Drop(*reading);
    return true;
  });
  changed_.notify_all();
}

void Ahead::Drop(Reading& reading) {
  if (reading.done && reading.chunk.piece != nullptr)
    pieces_.Return(std::move(reading.chunk.piece));
  reading.left = !reading.done;
}

void Ahead::Read(Chunk& chunk, size_t wanted) {
  auto piece = pieces_.Empty();
  chunk.status = piece.status();
  if (!piece.ok()) return;
  chunk.piece = *std::move(piece);
  const auto got = chunk.file->ReadAt(chunk.offset, chunk.piece->chunk().first(wanted));
  chunk.status = got.status();
  chunk.length = got.value_or(0);
}

void Ahead::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(
        lock, [this] { return ended_ || (!streams_.empty() && readings_.size() < kMostReadings); });
    if (ended_) return;
    Stream& stream = streams_.front();
    const auto reading = std::make_shared<Reading>();
    Chunk& chunk = reading->chunk;
    chunk.file = stream.file;
    chunk.offset = stream.offset;
    const uint64_t wanted = std::min<uint64_t>(Piece::kChunkBytes, stream.size - stream.offset);
    stream.offset += wanted;
    if (stream.offset == stream.size) streams_.pop_front();
    readings_.push_back(reading);
    lock.unlock();
    Read(chunk, static_cast<size_t>(wanted));
    lock.lock();
    // What cannot be read is not read on with: whoever takes this may give up, and waits for us.
    if (!chunk.status.ok() && !reading->left) {
      std::erase_if(streams_, [&](const Stream& each) { return each.file == chunk.file; });
    }
    reading->done = true;
    if (reading->left) Drop(*reading);
    changed_.notify_all();
  }
}

}  // namespace creneau::wal
