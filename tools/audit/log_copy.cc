// The log's segments, as they are, into an export.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "booking/audit.h"
#include "tools/audit/export.h"
#include "wal/archive.h"
#include "wal/format.h"

namespace creneau::audit {
namespace {

// Beside an engine that archives, a segment may go from one place to the other meanwhile.
absl::StatusOr<std::vector<uint8_t>> SegmentBytes(env::FileSystem& files, const std::string& data,
                                                  uint64_t segment) {
  const std::string name = wal::SegmentName(segment);
  auto file = files.Open(booking::LogDirectory(data) + "/" + name, env::OpenMode::kRead);
  if (absl::IsNotFound(file.status()))
    file = wal::OpenArchived(files,
                             booking::ArchiveDirectory(data) + "/" + wal::ArchivedName(segment));
  if (!file.ok()) return file.status();
  return ReadWhole(**file);
}

// Where the batches of a segment end, up to that one; `last` is whether it was among them.
uint64_t EndOf(std::span<const uint8_t> segment, uint64_t last_batch, bool* last) {
  uint64_t offset = limits::kPageBytes;
  while (offset + wal::kBatchHeaderBytes <= segment.size()) {
    const auto header = wal::DecodeBatchHeader(segment.subspan(offset, wal::kBatchHeaderBytes));
    if (!header || header->batch > last_batch) break;
    offset += header->padded_bytes();
    *last = header->batch == last_batch;
  }
  return std::min<uint64_t>(offset, segment.size());
}

}  // namespace

absl::Status CopyLog(env::FileSystem& files, const std::string& data, const std::string& out,
                     uint64_t last_batch, std::map<std::string, FileSum>* sums) {
  bool done = false;
  for (uint64_t segment = 1; !done; ++segment) {
    absl::StatusOr<std::vector<uint8_t>> bytes = SegmentBytes(files, data, segment);
    if (!bytes.ok()) return bytes.status();
    const uint64_t end = EndOf(*bytes, last_batch, &done);
    std::fill(bytes->begin() + static_cast<ptrdiff_t>(end), bytes->end(), uint8_t{0});
    const std::string path = "log/" + wal::ArchivedName(segment);
    const absl::Status status =
        wal::WriteArchived(files, absl::StrCat(out, "/", path), *std::move(bytes));
    if (!status.ok()) return status;
    const absl::StatusOr<FileSum> sum = SumOf(files, absl::StrCat(out, "/", path));
    if (!sum.ok()) return sum.status();
    (*sums)[path] = *sum;
  }
  return files.SyncDirectory(out + "/log");
}

}  // namespace creneau::audit
