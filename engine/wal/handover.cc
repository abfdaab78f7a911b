#include "wal/handover.h"

#include <utility>

namespace creneau::wal {
namespace {

// What is read before a second thread is worth its start, and how much may lie between the two.
constexpr uint64_t kAloneBytes = 256 * 1024;
constexpr uint64_t kQueuedBytes = 8 << 20;

}  // namespace

Handover::Handover(Take take, size_t threads) : take_(std::move(take)), threads_(threads) {}

Handover::~Handover() { static_cast<void>(Finish()); }

absl::Status Handover::Give(CheckedBatch batch) {
  given_bytes_ += batch.body.size();
  if (threads_ < 2 || given_bytes_ <= kAloneBytes) {
    if (status_.ok()) status_ = take_(batch);
    return status_;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queued_bytes_ < kQueuedBytes || !status_.ok(); });
  if (!status_.ok()) return status_;
  queued_bytes_ += batch.body.size();
  queue_.push_back(std::move(batch));
  lock.unlock();
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.notify_all();
  return absl::OkStatus();
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
    queued_bytes_ -= batch.body.size();
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
