// Checkpoints written down: a line at the end of DATA/checkpoints, every minute in which something
// was logged, and at the end (proof/checkpoint.h has the format).

#include "booking/audit.h"
#include "booking/engine_impl.h"
#include "proof/checkpoint.h"

namespace creneau::booking {

void Engine::Impl::Checkpoint() {
  checkpoint_ns_ = clock_.MonotonicNs();
  const uint64_t before = checkpoint_batch_;
  if (!WriteCheckpoint().ok()) {
    checkpoints_failed_.fetch_add(1);
  } else if (checkpoint_batch_ != before) {
    checkpoints_written_.fetch_add(1);
  }
}

absl::Status Engine::Impl::WriteCheckpoint() {
  const wal::Head head = log_->head();
  if (head.batch == checkpoint_batch_ || log_->poisoned()) return absl::OkStatus();
  // Nothing is after the snapshot that this start began with, which names the chain as well.
  if (head.epoch == 0) return absl::OkStatus();
  const proof::Checkpoint checkpoint{head.batch, head.lsn, head.epoch, clock_.Now(), head.chain};
  std::string line = proof::SignedLine(checkpoint, keys_.checkpoint);
  const std::string path = CheckpointFile(options_.data);
  auto file = files_.Open(path, env::OpenMode::kReadWrite);
  const bool fresh = absl::IsNotFound(file.status());
  if (fresh) file = files_.Open(path, env::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  // A line that a crash cut short stays one line.
  uint8_t last = '\n';
  if (*size > 0) {
    const absl::StatusOr<size_t> got = (*file)->ReadAt(*size - 1, std::span(&last, 1));
    if (!got.ok()) return got.status();
  }
  if (last != '\n') line.insert(line.begin(), '\n');
  absl::Status status = (*file)->WriteAt(
      *size, std::span(reinterpret_cast<const uint8_t*>(line.data()), line.size()));
  if (status.ok()) status = (*file)->Sync();
  if (status.ok() && fresh) status = files_.SyncDirectory(options_.data);
  if (!status.ok()) return status;
  checkpoint_batch_ = head.batch;
  const std::lock_guard lock(told_mutex_);
  last_checkpoint_ = checkpoint;
  return status;
}

}  // namespace creneau::booking
