#include "wal/handover.h"

#include <sys/mman.h>

#include <system_error>
#include <utility>

#include "base/check.h"

namespace creneau::wal {
namespace {

// What is read before a second thread is worth its start.
constexpr uint64_t kAloneBytes = 256 * 1024;
// Four are read ahead, two more may be under way for a file that was left (ahead.cc), one is being
// checked: these seven do not come back by themselves, so there must be more. One is being taken
// from, and the others let each go on when another waits.
constexpr size_t kPieces = 10;
constexpr size_t kHugePageBytes = size_t{2} << 20;

}  // namespace

std::span<uint8_t> Piece::Room(size_t head, size_t length) {
  static_assert(kHeadBytes % limits::kPageBytes == 0);
  static_assert(kHeadBytes + kChunkBytes == kHugePageBytes);
  const size_t page = head + length < kHugePageBytes ? limits::kPageBytes : kHugePageBytes;
  const size_t wanted = (head + length + page - 1) / page * page;
  if (capacity < wanted) {
    // tidy: owned by the unique_ptr
    memory.reset(static_cast<uint8_t*>(std::aligned_alloc(page, wanted)));
    CHECK(memory != nullptr);
    if (page == kHugePageBytes) ::madvise(memory.get(), wanted, MADV_HUGEPAGE);  // advice
    capacity = wanted;
  }
  return {memory.get() + head, length};
}

Handover::Handover(Take take, size_t threads) : take_(std::move(take)), threads_(threads) {}

Handover::~Handover() { static_cast<void>(Finish()); }

absl::StatusOr<std::unique_ptr<Piece>> Handover::Empty() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !empty_.empty() || made_ < kPieces || !status_.ok(); });
  if (!status_.ok()) return status_;
  if (empty_.empty()) {
    ++made_;
    return std::make_unique<Piece>();
  }
  // The last that came back: it may still be in a cache.
  std::unique_ptr<Piece> piece = std::move(empty_.back());
  empty_.pop_back();
  return piece;
}

void Handover::Give(std::unique_ptr<Piece> piece) {
  for (const CheckedBatch& batch : piece->batches)
    given_bytes_ += sizeof(batch) + batch.body.size();
  const bool none = piece->batches.empty();
  if (none || threads_ < 2 || given_bytes_ <= kAloneBytes || !Started()) {
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = TakeAll(*piece);
    TakeBack(std::move(piece));
  } else {
    const std::lock_guard lock(mutex_);
    given_.push_back(std::move(piece));
  }
  changed_.notify_all();
}

void Handover::Return(std::unique_ptr<Piece> piece) {
  {
    const std::lock_guard lock(mutex_);
    TakeBack(std::move(piece));
  }
  changed_.notify_all();
}

// A machine that has no thread to give is one with one core.
bool Handover::Started() {
  if (thread_.joinable()) return true;
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
    threads_ = 1;
  }
  return thread_.joinable();
}

absl::Status Handover::TakeAll(const Piece& piece) {
  for (const CheckedBatch& batch : piece.batches) {
    if (absl::Status status = take_(piece.path, batch); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void Handover::TakeBack(std::unique_ptr<Piece> piece) {
  piece->batches.clear();
  empty_.push_back(std::move(piece));
}

void Handover::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !given_.empty() || ended_; });
    if (given_.empty() || !status_.ok()) return;
    std::unique_ptr<Piece> piece = std::move(given_.front());
    given_.pop_front();
    lock.unlock();
    absl::Status status = TakeAll(*piece);
    lock.lock();
    if (status_.ok()) status_ = std::move(status);
    TakeBack(std::move(piece));
    changed_.notify_all();
  }
}

absl::Status Handover::Finish() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  return status_;
}

}  // namespace creneau::wal
