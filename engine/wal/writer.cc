#include "wal/writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"

namespace creneau::wal {

Writer::Writer(env::FileSystem& files, const Clock& clock, Spares& spares,
               const LogOptions& options, const Recovery& recovery)
    : files_(files),
      clock_(clock),
      spares_(spares),
      directory_(options.directory),
      segment_bytes_(options.segment_bytes),
      max_batch_bytes_(options.max_batch_bytes),
      memory_(std::make_unique<uint8_t[]>(max_batch_bytes_ + limits::kPageBytes)),
      segment_(recovery.last_segment),
      epoch_(recovery.epoch + 1),
      previous_epoch_(recovery.epoch),
      next_batch_(recovery.last_batch + 1),
      next_lsn_(recovery.last_lsn.value + 1),
      previous_valid_bytes_(recovery.valid_bytes),
      chain_(recovery.chain),
      last_written_at_(recovery.last_written_at),
      head_{recovery.last_batch, recovery.last_lsn, recovery.last_batch_epoch, recovery.chain} {
  const auto address = reinterpret_cast<uintptr_t>(memory_.get());
  buffer_ =
      memory_.get() + (limits::kPageBytes - address % limits::kPageBytes) % limits::kPageBytes;
}

absl::Status Writer::OpenSegment() {
  ++segment_;
  const std::string path = directory_ + "/" + SegmentName(segment_);
  if (const absl::Status status = spares_.Take(path); !status.ok()) return status;
  auto file = files_.Open(path, env::OpenMode::kDurable);
  if (!file.ok()) return file.status();
  file_ = *std::move(file);
  const std::span<uint8_t> page(buffer_, limits::kPageBytes);
  EncodeSegmentHeader({static_cast<uint32_t>(segment_bytes_ / limits::kPageBytes), segment_, epoch_,
                       next_batch_, next_lsn_, previous_valid_bytes_, chain_, clock_.Now()},
                      page);
  offset_ = limits::kPageBytes;
  if (const absl::Status status = file_->WriteAt(0, page); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  current_ = {segment_,        next_batch_, next_lsn_,       previous_valid_bytes_,
              previous_epoch_, chain_,      last_written_at_};
  previous_epoch_ = epoch_;
  return absl::OkStatus();
}

absl::Status Writer::WriteBatch(uint32_t records, size_t body_bytes, uint32_t flags) {
  CHECK(body_bytes <= body().size());
  const uint64_t padded = BatchHeader::PaddedBytes(body_bytes);
  const bool seal = flags == kSealFlag;
  if (padded > (seal ? segment_bytes_ - offset_ : rest_bytes())) {
    // The body lies in the buffer that the new segment's header is written from: it is kept aside.
    // Once in a segment.
    const std::span<const uint8_t> bytes = body().first(body_bytes);
    const std::vector<uint8_t> kept(bytes.begin(), bytes.end());
    previous_valid_bytes_ = offset_;
    if (const absl::Status status = OpenSegment(); !status.ok()) return status;
    std::copy(kept.begin(), kept.end(), body().begin());
  }
  BatchHeader header;
  header.flags = flags;
  header.segment = segment_;
  header.epoch = epoch_;
  header.batch = next_batch_;
  header.first_lsn = next_lsn_;
  header.records = records;
  header.body_bytes = static_cast<uint32_t>(body_bytes);
  header.written_at = clock_.Now();
  header.durable_batch = next_batch_ - 1;  // one batch in flight: all before this one are durable
  EncodeBatchHeader(header, chain_, body().first(body_bytes), {buffer_, kBatchHeaderBytes}, hash_);
  std::fill(buffer_ + kBatchHeaderBytes + body_bytes, buffer_ + padded, uint8_t{0});
  if (const absl::Status status = file_->WriteAt(offset_, {buffer_, padded}); !status.ok())
    return status;
  chain_ = header.chain;
  last_written_at_ = header.written_at;
  offset_ += padded;
  next_lsn_ += records;
  ++next_batch_;
  const std::lock_guard lock(mutex_);
  head_ = {header.batch, Lsn{next_lsn_ - 1}, epoch_, chain_};
  return absl::OkStatus();
}

}  // namespace creneau::wal
