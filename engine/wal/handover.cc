#include "wal/handover.h"

#include <system_error>
#include <utility>

namespace creneau::wal {
namespace {

// What is read before a second thread is worth its start, and how much may lie between the two.
constexpr uint64_t kAloneBytes = 256 * 1024;
constexpr uint64_t kQueuedBytes = 8 << 20;

// In memory: a log of many small batches is no way around the limit.
uint64_t BytesOf(const CheckedBatch& batch) {
  return sizeof(batch) + batch.path.size() + batch.body.size();
}

}  // namespace

Handover::Handover(Take take, size_t threads) : take_(std::move(take)), threads_(threads) {}

Handover::~Handover() { static_cast<void>(Finish()); }

absl::Status Handover::Give(CheckedBatch batch) {
  given_bytes_ += BytesOf(batch);
  if (threads_ < 2 || given_bytes_ <= kAloneBytes || !Started()) {
    if (status_.ok()) status_ = take_(batch);
    return status_;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queued_bytes_ < kQueuedBytes || !status_.ok(); });
  if (!status_.ok()) return status_;
  queued_bytes_ += BytesOf(batch);
  queue_.push_back(std::move(batch));
  lock.unlock();
  changed_.notify_all();
  return absl::OkStatus();
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

void Handover::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !queue_.empty() || ended_; });
    if (queue_.empty() || !status_.ok()) return;
    const CheckedBatch batch = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    absl::Status status = take_(batch);
    lock.lock();
    queued_bytes_ -= BytesOf(batch);
    if (status_.ok()) status_ = std::move(status);
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
