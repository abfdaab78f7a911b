#include "wal/reader.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "wal/archive.h"

namespace creneau::wal {
namespace {

absl::Status CorruptAt(const std::string& path, uint64_t offset, const std::string& what) {
  return absl::DataLossError(
      absl::StrCat(path, ", offset ", offset, ": ", what,
                   ". The log is damaged at a place that was acknowledged; nothing on disk was "
                   "changed. Restore this file from its backup or replica, and check it with "
                   "`creneauctl log verify`; do not "
                   "delete or edit anything in the directory."));
}

absl::Status NotOurs(const std::string& path, uint64_t offset, const absl::Status& status) {
  return absl::DataLossError(absl::StrCat(path, ", batch at offset ", offset, ": ",
                                          std::string(status.message()),
                                          ". Nothing on disk was changed."));
}

}  // namespace

Reader::Reader(env::FileSystem& files, std::string directory, RecordReader& records,
               const StartPoint& start, std::string archive, ArchivedAhead archived_ahead)
    : files_(files),
      directory_(std::move(directory)),
      archive_(std::move(archive)),
      archived_ahead_(archived_ahead),
      records_(records),
      first_segment_(start.segment),
      handover_([this](const std::string& path,
                       const CheckedBatch& batch) { return TakeBatch(path, batch); },
                std::thread::hardware_concurrency()),
      ahead_(handover_, std::thread::hardware_concurrency()) {
  Recovery& so_far = log_.recovery;
  so_far.last_segment = start.segment - 1;
  so_far.last_batch = start.first_batch - 1;
  so_far.last_lsn = Lsn{start.first_lsn - 1};
  so_far.valid_bytes = start.previous_valid_bytes;
  so_far.epoch = start.previous_epoch;
  so_far.chain = start.chain;
  so_far.last_written_at = start.previous_written_at;
}

absl::Status Reader::Corrupt(uint64_t segment, uint64_t offset, const std::string& what) const {
  return CorruptAt(PathOf(segment), offset, what);
}

std::string Reader::PathOf(uint64_t segment) const {
  return directory_.empty() || archived_.contains(segment)
             ? archive_ + "/" + ArchivedName(segment)
             : directory_ + "/" + SegmentName(segment);
}

// Beside an engine that archives, a segment may have moved since the directory was listed.
absl::StatusOr<std::unique_ptr<env::File>> Reader::OpenSegment(uint64_t segment) {
  archived_.erase(segment);
  absl::StatusOr<std::unique_ptr<env::File>> file = absl::NotFoundError("all are archived");
  if (!directory_.empty()) file = files_.Open(PathOf(segment), ahead_.mode());
  if (archive_.empty() || !absl::IsNotFound(file.status())) return file;
  auto archived = OpenArchived(files_, archive_ + "/" + ArchivedName(segment));
  if (absl::IsNotFound(archived.status())) return file;
  archived_.insert(segment);
  if (absl::IsDataLoss(archived.status()))
    return Corrupt(segment, 0, std::string(archived.status().message()));
  return archived;
}

// Those in a directory, by their names in one form or the other.
absl::Status Reader::List(const std::string& directory,
                          std::optional<uint64_t> (*segment_of)(const std::string&), uint64_t until,
                          std::set<uint64_t>* found) {
  if (directory.empty()) return absl::OkStatus();
  const absl::StatusOr<std::vector<std::string>> names = files_.List(directory);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    const auto segment = segment_of(name);
    if (segment && *segment >= first_segment_ && *segment <= until) found->insert(*segment);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint64_t>> Reader::Segments() {
  std::set<uint64_t> found;
  if (absl::Status status = List(directory_, SegmentOfName, UINT64_MAX, &found); !status.ok())
    return status;
  const uint64_t newest = found.empty() ? 0 : *found.rbegin();
  const uint64_t until = archived_ahead_ == ArchivedAhead::kLeaveOut ? newest : UINT64_MAX;
  if (absl::Status status = List(archive_, SegmentOfArchived, until, &found);
      !status.ok() && !absl::IsNotFound(status))
    return status;
  const std::vector<uint64_t> segments(found.begin(), found.end());
  // What is archived is behind a snapshot, and that is behind the log's last segment.
  if (!directory_.empty() && !segments.empty() && segments.back() != newest)
    return Corrupt(segments.back() + 1, 0,
                   "this segment is missing, though those before it are archived");
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i] != first_segment_ + i) {
      return Corrupt(first_segment_ + i, 0,
                     absl::StrCat("this segment is missing, though ", SegmentName(segments.back()),
                                  " is there"));
    }
  }
  if (segments.empty() && first_segment_ > 1)
    return Corrupt(first_segment_, 0, "this segment is missing, though a snapshot names it");
  return segments;
}

absl::Status Reader::ReadAll() {
  const absl::StatusOr<std::vector<uint64_t>> segments = Segments();
  if (!segments.ok()) return segments.status();
  for (const uint64_t segment : *segments) {
    const absl::Status status = ReadSegment(segment, segment == segments->back());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<ReadLog> Reader::Read() {
  const absl::Status read = ReadAll();
  // What is wrong with a record comes before what was found behind it.
  if (const absl::Status taken = handover_.Finish(); !taken.ok()) return taken;
  if (!read.ok()) return read;
  const bool unused = log_.tail.kind == Tail::Kind::kUnusedSegment;
  // Its header was durable before a snapshot could name it.
  if (unused && first_segment_ > 1 && log_.recovery.last_segment < first_segment_)
    return Corrupt(first_segment_, 0,
                   "the segment's header is damaged, though a snapshot names it");
  if (unused && log_.recovery.last_segment != 0) {
    const absl::Status status = CheckEnd(log_.recovery.last_segment);
    if (!status.ok()) return status;
  }
  const absl::Status ended = records_.End();
  // The reader of the records knows of some that should follow, or finds the whole wrong.
  if (absl::IsDataLoss(ended) && log_.recovery.last_segment != 0) {
    return absl::DataLossError(
        absl::StrCat(PathOf(log_.recovery.last_segment), ", offset ", log_.recovery.valid_bytes,
                     ", where the log ends: ", std::string(ended.message())));
  }
  if (!ended.ok()) return ended;
  return log_;
}

// A segment whose successor was begun and has no header yet that says where this one ended. Before
// a successor is begun, a torn tail has been zeroed or the last batch is durable: whatever stands
// after the last valid batch was acknowledged.
absl::Status Reader::CheckEnd(uint64_t segment) {
  auto file = OpenSegment(segment);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  Window window(**file, *size, PathOf(segment), handover_, ahead_);
  const uint64_t end = log_.recovery.valid_bytes;
  const Tail unused = std::exchange(log_.tail, Tail{});
  if (const absl::Status status = JudgeTail(segment, window, end); !status.ok()) return status;
  if (log_.tail.kind != Tail::Kind::kClean)
    return Corrupt(segment, end, "no valid batch here, though the segment after it was begun");
  log_.tail = unused;
  return absl::OkStatus();
}

// The header must continue what was read before it.
absl::Status Reader::CheckHeader(uint64_t segment, const SegmentHeader& header) {
  const Recovery& so_far = log_.recovery;
  if (header.segment != segment) {
    return Corrupt(segment, 0, absl::StrCat("the header is that of segment ", header.segment));
  }
  // A header that names another end for the segment before it: that one lost batches, or gained
  // some.
  if (header.previous_valid_bytes != so_far.valid_bytes) {
    return Corrupt(segment - (segment > 1 ? 1 : 0),
                   std::min(so_far.valid_bytes, header.previous_valid_bytes),
                   absl::StrCat("valid up to here, but the next segment says that ",
                                header.previous_valid_bytes, " bytes were"));
  }
  if (header.chain != so_far.chain) {
    return Corrupt(segment, 0, "the header does not continue the chain of the segment before it");
  }
  const bool next = header.first_lsn == so_far.last_lsn.value + 1;
  const bool in_later_era = EraOf(header.epoch) > EraOf(so_far.epoch);
  if (header.first_batch != so_far.last_batch + 1 ||
      !(next || (in_later_era && header.first_lsn > so_far.last_lsn.value)) ||
      header.epoch < so_far.epoch) {
    return Corrupt(
        segment, 0,
        "the header's first batch, LSN or epoch does not follow on the segment before it");
  }
  return absl::OkStatus();
}

// A file that was cut between two batches would else look like one that ends there.
absl::Status Reader::CheckLength(uint64_t segment, const SegmentHeader& header, uint64_t bytes) {
  const uint64_t whole = uint64_t{header.pages} * limits::kPageBytes;
  if (whole == 0 || bytes == whole) return absl::OkStatus();
  return Corrupt(segment, std::min(bytes, whole),
                 absl::StrCat("the file has ", bytes, " bytes, and its header says ", whole));
}

// NotFound: the last segment, and nothing was ever written behind its header; log_.tail says so.
absl::StatusOr<SegmentHeader> Reader::ReadHeader(uint64_t segment, Window& window, bool last) {
  auto page = window.At(0, limits::kPageBytes);
  if (!page.ok()) return page.status();
  if (const auto header = DecodeSegmentHeader(*page)) return *header;
  // A spare has its full length before it gets a segment's name, so no crash leaves less than a
  // page.
  bool unused = last && window.size() >= limits::kPageBytes;
  for (uint64_t at = limits::kPageBytes; unused && at < window.size(); at += limits::kPageBytes) {
    const auto bytes = window.At(at, limits::kPageBytes);
    if (!bytes.ok()) return bytes.status();
    unused = AllZero(*bytes);
  }
  // Where another process writes, the header may have come meanwhile.
  window.Forget();
  page = window.At(0, limits::kPageBytes);
  if (!page.ok()) return page.status();
  if (const auto header = DecodeSegmentHeader(*page)) return *header;
  if (!unused) return Corrupt(segment, 0, "the segment's header is damaged");
  log_.tail =
      Tail{Tail::Kind::kUnusedSegment, 0, std::min<uint64_t>(window.size(), limits::kPageBytes)};
  return absl::NotFoundError("a segment that was never written to");
}

// Has it read ahead. What cannot be opened, or asked for its size, is told when its turn comes.
void Reader::OpenNext(uint64_t segment) {
  if (directory_.empty()) return;
  auto file = files_.Open(directory_ + "/" + SegmentName(segment), ahead_.mode());
  if (!file.ok()) return;
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return;
  next_ = *std::move(file);
  ahead_.Add(next_, *size);
}

absl::Status Reader::ReadSegment(uint64_t segment, bool last) {
  std::shared_ptr<env::File> file = std::exchange(next_, nullptr);
  const bool opened = file != nullptr;
  if (!opened) {
    auto now = OpenSegment(segment);
    if (!now.ok()) return now.status();
    file = *std::move(now);
  }
  const absl::StatusOr<uint64_t> size = file->Size();
  if (!size.ok()) return size.status();
  // An archived one lies in memory already.
  if (!opened && !archived_.contains(segment)) ahead_.Add(file, *size);
  if (!last && ahead_.Would(*size)) OpenNext(segment + 1);
  Window window(*file, *size, PathOf(segment), handover_, ahead_);
  const absl::StatusOr<SegmentHeader> header = ReadHeader(segment, window, last);
  if (log_.tail.kind == Tail::Kind::kUnusedSegment) return absl::OkStatus();
  if (!header.ok()) return header.status();
  if (const absl::Status status = CheckHeader(segment, *header); !status.ok()) return status;
  if (const absl::Status status = CheckLength(segment, *header, *size); !status.ok()) return status;
  Recovery& so_far = log_.recovery;
  so_far.segments = segment;
  so_far.last_segment = segment;
  so_far.epoch = header->epoch;
  so_far.last_lsn = Lsn{header->first_lsn - 1};
  so_far.valid_bytes = limits::kPageBytes;
  log_.last_offset = 0;
  for (;;) {
    const uint64_t offset = so_far.valid_bytes;
    absl::StatusOr<bool> valid = ReadBatch(segment, window, offset);
    if (!valid.ok()) return valid.status();
    if (*valid) continue;
    // Of a segment that has a successor, the successor's header says whether this is where it
    // ended.
    if (!last) return absl::OkStatus();
    const absl::Status judged = JudgeTail(segment, window, offset);
    if (judged.ok() && log_.tail.kind == Tail::Kind::kClean) return judged;
    // Where another process writes, the batch may have become whole meanwhile, and others have come
    // after it: only what is still so is believed.
    window.Forget();
    valid = ReadBatch(segment, window, offset);
    if (!valid.ok()) return valid.status();
    if (!*valid) return judged;
    log_.tail = Tail{};
  }
}

// True: a valid batch stood there and its records were read. False: none did; what that means is
// for others to judge.
absl::StatusOr<bool> Reader::ReadBatch(uint64_t segment, Window& window, uint64_t offset) {
  auto bytes = window.At(offset, kBatchHeaderBytes);
  if (!bytes.ok()) return bytes.status();
  const std::optional<BatchHeader> header = DecodeBatchHeader(*bytes);
  if (!header) return false;
  bytes = window.At(offset, static_cast<size_t>(header->padded_bytes()));
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() != header->padded_bytes()) return false;
  const auto body = bytes->subspan(kBatchHeaderBytes, header->body_bytes);
  if (Crc32c(body) != header->body_crc ||
      !AllZero(bytes->subspan(kBatchHeaderBytes + header->body_bytes)) ||
      !AllZero(bytes->subspan(104, kBatchHeaderBytes - 104))) {
    return false;
  }
  Recovery& so_far = log_.recovery;
  if (header->segment != segment || header->epoch != so_far.epoch ||
      header->batch != so_far.last_batch + 1 || header->first_lsn != so_far.last_lsn.value + 1) {
    return Corrupt(
        segment, offset,
        "a whole batch, but not the one that follows: a page was put in another's place");
  }
  if (hash_.Next(so_far.chain, *bytes, body) != header->chain) {
    return Corrupt(
        segment, offset,
        "a whole batch that does not continue the chain: something before it was replaced");
  }
  window.Found({offset, *header, body});
  so_far.last_lsn.value += header->records;
  so_far.records += header->records;
  so_far.chain = header->chain;
  so_far.last_batch = header->batch;
  so_far.last_batch_epoch = header->epoch;
  so_far.last_written_at = header->written_at;
  ++so_far.batches;
  so_far.bytes += header->padded_bytes();
  so_far.valid_bytes = offset + header->padded_bytes();
  log_.last_offset = offset;
  return true;
}

// Perhaps in another thread than all else here: it touches nothing but the batch and the reader of
// records.
absl::Status Reader::TakeBatch(const std::string& path, const CheckedBatch& batch) {
  const BatchHeader& header = batch.header;
  const std::span<const uint8_t> body = batch.body;
  // The checksums fit, so it was written like that: by another version, or by a bug of ours.
  const auto told = [&](const absl::Status& status) {
    return absl::IsDataLoss(status) ? NotOurs(path, batch.offset, status) : status;
  };
  Lsn lsn{header.first_lsn - 1};
  size_t at = 0;
  uint32_t read = 0;
  for (; read < header.records; ++read) {
    const size_t rest = body.size() - at;
    const size_t length = rest < kRecordHeaderBytes ? 0 : GetU32(body.data() + at);
    if (length == 0 || length > rest - kRecordHeaderBytes) break;
    const std::string_view record(
        reinterpret_cast<const char*>(body.data() + at + kRecordHeaderBytes), length);
    ++lsn.value;
    const absl::Status status = records_.Read(lsn, header.written_at, record);
    if (!status.ok()) return told(status);
    at += kRecordHeaderBytes + length;
  }
  if (const absl::Status status = records_.EndRecords(); !status.ok()) return told(status);
  if (read < header.records || at != body.size())
    return CorruptAt(path, batch.offset, "a batch whose records do not add up");
  return records_.EndBatch({header.batch, lsn, header.epoch, header.chain});
}

// At the first place of the last segment where no valid batch stands.
absl::Status Reader::JudgeTail(uint64_t segment, Window& window, uint64_t offset) {
  const uint64_t missing = log_.recovery.last_batch + 1;
  // One batch is in flight at a time, so that a torn write reaches no further than one batch does.
  uint64_t reach = offset + limits::kMaxBatchBytes;
  uint64_t until = 0;
  for (uint64_t at = offset; at < window.size(); at += limits::kPageBytes) {
    const auto page = window.At(at, limits::kPageBytes);
    if (!page.ok()) return page.status();
    if (AllZero(*page)) continue;
    until = at + limits::kPageBytes;
    const std::optional<BatchHeader> header = DecodeBatchHeader(*page);
    if (!header || header->segment != segment || header->epoch != log_.recovery.epoch) continue;
    if (at == offset) {
      reach = offset + header->padded_bytes();
    } else if (header->batch > missing || header->durable_batch >= missing) {
      // Any later batch proves that this place was durable before it was written, and says so.
      return Corrupt(segment, offset,
                     absl::StrCat("no valid batch here, but batch ", header->batch, " at offset ",
                                  at, " was written after it"));
    }
  }
  if (until > reach) {
    return Corrupt(segment, offset,
                   absl::StrCat("no valid batch here, but bytes up to offset ", until,
                                " that were written after it"));
  }
  if (until != 0) log_.tail = Tail{Tail::Kind::kTorn, offset, std::min(until, window.size())};
  return absl::OkStatus();
}

}  // namespace creneau::wal
