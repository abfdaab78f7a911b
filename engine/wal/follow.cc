#include "wal/follow.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/limits.h"
#include "wal/archive.h"

namespace creneau::wal {
namespace {

// Of one read: a few dozen small batches.
constexpr size_t kReadBytes = 128 * 1024;

}  // namespace

absl::Status Follow::Damaged(const std::string& what) const {
  return absl::DataLossError(
      absl::StrCat("segment ", segment_, " of the log, offset ", offset_, ": ", what));
}

// Those that follow on one another up to the newest: what is before a gap is no use to anybody.
absl::StatusOr<std::vector<uint64_t>> Follow::Segments() const {
  const absl::StatusOr<std::vector<std::string>> names = files_.List(directory_);
  if (!names.ok()) return names.status();
  std::set<uint64_t> found;
  for (const std::string& name : *names) {
    if (const auto segment = SegmentOfName(name)) found.insert(*segment);
  }
  const absl::StatusOr<std::vector<std::string>> archived = files_.List(archive_);
  if (!archived.ok() && !absl::IsNotFound(archived.status())) return archived.status();
  for (const std::string& name : archived.ok() ? *archived : std::vector<std::string>()) {
    if (const auto segment = SegmentOfArchived(name)) found.insert(*segment);
  }
  if (found.empty()) return absl::NotFoundError(absl::StrCat("no log in ", directory_));
  auto oldest = std::prev(found.end());
  while (oldest != found.begin() && *std::prev(oldest) + 1 == *oldest) --oldest;
  return std::vector<uint64_t>(oldest, found.end());
}

// It may be archived between one look and the next.
absl::StatusOr<std::unique_ptr<env::File>> Follow::Open(uint64_t segment) const {
  auto file = files_.Open(directory_ + "/" + SegmentName(segment), env::OpenMode::kRead);
  if (!absl::IsNotFound(file.status())) return file;
  return OpenArchivedForwards(files_, archive_ + "/" + ArchivedName(segment));
}

absl::StatusOr<SegmentHeader> Follow::HeaderOf(uint64_t segment) const {
  auto file = Open(segment);
  if (!file.ok()) return file.status();
  std::vector<uint8_t> page(limits::kPageBytes);
  const absl::StatusOr<size_t> got = (*file)->ReadAt(0, page);
  if (!got.ok()) return got.status();
  const auto header = DecodeSegmentHeader(std::span(page).first(*got));
  if (!header || header->segment != segment) {
    return absl::DataLossError(
        absl::StrCat("segment ", segment, " of the log: its header is damaged"));
  }
  return *header;
}

absl::StatusOr<Lsn> Follow::Oldest() const {
  const absl::StatusOr<std::vector<uint64_t>> segments = Segments();
  if (!segments.ok()) return segments.status();
  const absl::StatusOr<SegmentHeader> header = HeaderOf(segments->front());
  if (!header.ok()) return header.status();
  return Lsn{header->first_lsn};
}

absl::Status Follow::SeekSegment(uint64_t segment) {
  auto file = Open(segment);
  if (!file.ok()) return file.status();
  const absl::StatusOr<SegmentHeader> header = HeaderOf(segment);
  if (!header.ok()) return header.status();
  file_ = *std::move(file);
  segment_ = segment;
  epoch_ = header->epoch;
  offset_ = limits::kPageBytes;
  next_batch_ = header->first_batch;
  last_ = told_ = Lsn{header->first_lsn - 1};
  body_ = {};
  Forget();
  return absl::OkStatus();
}

// The last one that begins with this record or an earlier one.
absl::Status Follow::Seek(Lsn lsn) {
  const absl::StatusOr<std::vector<uint64_t>> segments = Segments();
  if (!segments.ok()) return segments.status();
  size_t from = 0;
  size_t until = segments->size();
  while (from < until) {
    const size_t middle = from + (until - from) / 2;
    const absl::StatusOr<SegmentHeader> header = HeaderOf((*segments)[middle]);
    // A last one without a header is being begun, and has nothing yet.
    const bool unborn =
        absl::IsDataLoss(header.status()) && middle + 1 == segments->size() && middle > 0;
    if (!header.ok() && !unborn) return header.status();
    if (!unborn && header->first_lsn <= lsn.value) {
      from = middle + 1;
    } else {
      until = middle;
    }
  }
  if (from == 0) return absl::NotFoundError(absl::StrCat("record ", lsn.value, " is gone"));
  return SeekSegment((*segments)[from - 1]);
}

// What there is of it, up to the end of the file.
absl::StatusOr<std::span<const uint8_t>> Follow::At(uint64_t offset, size_t length) {
  if (buffer_.empty() || offset < buffer_at_ || offset > buffer_at_ + buffer_.size()) {
    buffer_.clear();
    buffer_at_ = offset;
  }
  const auto skipped = static_cast<size_t>(offset - buffer_at_);
  if (buffer_.size() < skipped + length) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(skipped));
    buffer_at_ = offset;
    const size_t had = buffer_.size();
    buffer_.resize(std::max(length, kReadBytes));
    const absl::StatusOr<size_t> got =
        file_->ReadAt(buffer_at_ + had, std::span(buffer_).subspan(had));
    if (!got.ok()) {
      buffer_.clear();
      return got.status();
    }
    buffer_.resize(had + *got);
    return std::span<const uint8_t>(buffer_).first(std::min(length, buffer_.size()));
  }
  return std::span<const uint8_t>(buffer_).subspan(skipped, length);
}

// False: no valid batch stands there, as far as was read.
absl::StatusOr<bool> Follow::ReadBatch() {
  const auto page = At(offset_, limits::kPageBytes);
  if (!page.ok()) return page.status();
  if (page->size() < kBatchHeaderBytes) return false;
  const std::optional<BatchHeader> header = DecodeBatchHeader(page->first(kBatchHeaderBytes));
  if (!header || header->batch != next_batch_ || header->segment != segment_ ||
      header->epoch != epoch_ || header->first_lsn != last_.value + 1 ||
      header->body_bytes > limits::kMaxBatchBytes) {
    return false;
  }
  const auto whole = At(offset_, static_cast<size_t>(header->padded_bytes()));
  if (!whole.ok()) return whole.status();
  if (whole->size() < kBatchHeaderBytes + header->body_bytes) return false;
  const auto body = whole->subspan(kBatchHeaderBytes, header->body_bytes);
  if (Crc32c(body) != header->body_crc) return false;
  body_ = body;
  told_ = last_;
  written_at_ = header->written_at;
  last_.value += header->records;
  next_batch_ = header->batch + 1;
  offset_ += header->padded_bytes();
  return true;
}

bool Follow::TakeRecord(Record* record) {
  if (body_.size() < kRecordHeaderBytes) return false;
  const size_t length = GetU32(body_.data());
  if (length == 0 || length > body_.size() - kRecordHeaderBytes) return false;
  ++told_.value;
  record->lsn = told_;
  record->written_at = written_at_;
  record->bytes = {reinterpret_cast<const char*>(body_.data() + kRecordHeaderBytes), length};
  body_ = body_.subspan(kRecordHeaderBytes + length);
  return true;
}

// Nothing more is in this one: the next one says so.
absl::Status Follow::GoToNextSegment() {
  const absl::StatusOr<SegmentHeader> next = HeaderOf(segment_ + 1);
  if (absl::IsNotFound(next.status()))
    return Damaged("no valid batch here, though later records are durable");
  if (!next.ok()) return next.status();
  if (next->previous_valid_bytes != offset_ || next->first_batch != next_batch_)
    return Damaged("no valid batch here, though the next segment goes on behind it");
  return SeekSegment(segment_ + 1);
}

absl::StatusOr<Follow::Step> Follow::Next(Lsn durable, Record* record) {
  CHECK(file_ != nullptr);
  if (told_ < last_ && told_ < durable) {
    if (TakeRecord(record)) return Step::kRecord;
    return Damaged("a batch before it whose records do not add up");
  }
  if (last_ >= durable) return Step::kCaughtUp;
  absl::StatusOr<bool> read = ReadBatch();
  if (!read.ok()) return read.status();
  if (!*read) {
    // What was read here earlier may be older than the batch.
    Forget();
    read = ReadBatch();
    if (!read.ok()) return read.status();
  }
  if (*read) return Step::kMore;
  if (absl::Status next = GoToNextSegment(); !next.ok()) return next;
  return Step::kMore;
}

}  // namespace creneau::wal
