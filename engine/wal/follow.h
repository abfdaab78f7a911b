// Reading a log forwards from any record on while it is being written: live segments and archived
// ones, batch by batch, never beyond what its writer says is durable. For whoever tells others what
// happened; a start reads by reader.h, which judges where a log ends.
//
// A batch counts when both of its checksums are right and it is the next by number and LSN. The
// chain is not computed again: that is what an audit does.
//
// Reads block. One thread at a time. Keeps one segment open, and a batch and what was read behind
// it in memory, 2 MiB at most; of an archived segment a window of the decompressor beside it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "env/file.h"
#include "wal/format.h"

namespace creneau::wal {

class Follow {
 public:
  Follow(env::FileSystem& files, std::string directory, std::string archive)
      : files_(files), directory_(std::move(directory)), archive_(std::move(archive)) {}

  // The LSN of the oldest record that is there; of the first that will be, where there is none yet.
  // Older ones are gone where an operator has removed archived segments.
  absl::StatusOr<Lsn> Oldest() const;

  // To the beginning of the segment that has this record, or will have it. NotFound: it is gone.
  absl::Status Seek(Lsn lsn);
  // To the beginning of that segment. NotFound: it is gone.
  absl::Status SeekSegment(uint64_t segment);

  struct Record {
    Lsn lsn;
    Instant written_at;
    std::string_view bytes;  // until the next call
  };
  enum class Step {
    kRecord,
    kMore,      // something was read, and no record was in it: call again
    kCaughtUp,  // everything up to `durable` has been told
  };
  // After a Seek. `durable`: of the log that writes here. DataLoss: a place that is durable is
  // damaged; other errors of the files. Nothing may be called after an error but a Seek.
  absl::StatusOr<Step> Next(Lsn durable, Record* record);

 private:
  absl::StatusOr<std::vector<uint64_t>> Segments() const;
  absl::StatusOr<std::unique_ptr<env::File>> Open(uint64_t segment) const;
  absl::StatusOr<SegmentHeader> HeaderOf(uint64_t segment) const;
  bool TakeRecord(Record* record);
  absl::StatusOr<bool> ReadBatch();
  absl::Status GoToNextSegment();
  absl::StatusOr<std::span<const uint8_t>> At(uint64_t offset, size_t length);
  void Forget() { buffer_.clear(); }
  absl::Status Damaged(const std::string& what) const;

  env::FileSystem& files_;
  const std::string directory_;
  const std::string archive_;

  std::unique_ptr<env::File> file_;
  uint64_t segment_ = 0;
  uint64_t epoch_ = 0;
  uint64_t offset_ = 0;  // where the next batch begins
  uint64_t next_batch_ = 0;
  Lsn last_;  // that was in a batch that was read
  std::vector<uint8_t> buffer_;
  uint64_t buffer_at_ = 0;  // the offset of its first byte

  // Of the batch that is being told.
  std::span<const uint8_t> body_;  // what is left of it, in the buffer
  Lsn told_;
  Instant written_at_;
};

}  // namespace creneau::wal
