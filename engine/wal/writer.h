// The end of the log: writes batches one after the other, and goes on in the next segment when one
// is full. Every call returns when its bytes are durable, or with the error after which the log
// must not be used. One thread at a time, but current_segment and head: any.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "env/clock.h"
#include "env/file.h"
#include "wal/format.h"
#include "wal/spares.h"

namespace creneau::wal {

class Writer {
 public:
  Writer(env::FileSystem& files, const Clock& clock, Spares& spares, const LogOptions& options,
         const Recovery& recovery);

  // The first segment of this process, in an epoch of its own.
  absl::Status OpenSegment();

  // Room for a batch's body, filled by the caller before WriteBatch.
  std::span<uint8_t> body() {
    return {buffer_ + kBatchHeaderBytes, max_batch_bytes_ - kBatchHeaderBytes};
  }

  // Writes the first `body_bytes` of body() as a batch of `records`.
  absl::Status WriteBatch(uint32_t records, size_t body_bytes, uint32_t flags);

  uint64_t next_lsn() const { return next_lsn_; }
  // Of the last segment that was opened.
  StartPoint current_segment() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  // After the last batch that was written.
  Head head() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  // What batches may still take of this segment. Its last page is left for a seal, so that sealing
  // never needs another segment.
  uint64_t rest_bytes() const {
    const uint64_t rest = segment_bytes_ - offset_;
    return rest > limits::kPageBytes ? rest - limits::kPageBytes : 0;
  }
  static uint64_t WrittenBytes(size_t body_bytes) { return BatchHeader::PaddedBytes(body_bytes); }

 private:
  env::FileSystem& files_;
  const Clock& clock_;
  Spares& spares_;
  const std::string directory_;
  const uint64_t segment_bytes_;
  const size_t max_batch_bytes_;

  std::unique_ptr<uint8_t[]> memory_;
  uint8_t* buffer_;  // within memory_, on a page
  std::unique_ptr<env::File> file_;
  uint64_t segment_;
  uint64_t epoch_;
  uint64_t previous_epoch_;
  uint64_t next_batch_;
  uint64_t next_lsn_;
  uint64_t previous_valid_bytes_;
  uint64_t offset_ = 0;
  Chain chain_;
  ChainHash hash_;
  Instant last_written_at_;

  mutable std::mutex mutex_;  // held for a copy, once in a batch and a segment
  StartPoint current_;
  Head head_;
};

}  // namespace creneau::wal
