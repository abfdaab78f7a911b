// Reading a log from its beginning or from a segment that a snapshot names, and judging what stands
// at its end (FORMAT.md). Changes nothing on disk. Start-up code; one thread. Of a long log another
// one passes the records on, some batches behind it (handover.h), and a third reads files some
// pieces before it (ahead.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "env/file.h"
#include "wal/ahead.h"
#include "wal/format.h"
#include "wal/handover.h"
#include "wal/log.h"
#include "wal/window.h"

namespace creneau::wal {

// What the end of the last segment is.
struct Tail {
  enum class Kind { kClean, kTorn, kUnusedSegment };
  Kind kind = Kind::kClean;
  uint64_t from = 0;   // of kTorn: where it begins
  uint64_t until = 0;  // of kTorn: after its last byte that is not zero, rounded up to a page
};

struct ReadLog {
  Recovery recovery;
  Tail tail;
  uint64_t last_offset = 0;  // in the last segment: of its last valid batch, or of its header
};

class Reader {
 public:
  Reader(env::FileSystem& files, std::string directory, RecordReader& records,
         const StartPoint& start = {}, std::string archive = "",
         ArchivedAhead archived_ahead = ArchivedAhead::kRefuse);

  // All from `start` on. DataLoss: corruption.
  absl::StatusOr<ReadLog> Read();

  // Where it was found; in the directory unless it was found in the archive.
  std::string PathOf(uint64_t segment) const;

 private:
  absl::Status List(const std::string& directory,
                    std::optional<uint64_t> (*segment_of)(const std::string&), uint64_t until,
                    std::set<uint64_t>* found);
  absl::StatusOr<std::vector<uint64_t>> Segments();
  absl::StatusOr<std::unique_ptr<env::File>> OpenSegment(uint64_t segment);
  void OpenNext(uint64_t segment);
  absl::Status ReadSegment(uint64_t segment, bool last);
  absl::Status CheckHeader(uint64_t segment, const SegmentHeader& header);
  absl::Status CheckLength(uint64_t segment, const SegmentHeader& header, uint64_t bytes);
  absl::StatusOr<bool> ReadBatch(uint64_t segment, Window& window, uint64_t offset);
  absl::Status ReadAll();
  absl::Status TakeBatch(const std::string& path, const CheckedBatch& batch);
  absl::StatusOr<SegmentHeader> ReadHeader(uint64_t segment, Window& window, bool last);
  absl::Status JudgeTail(uint64_t segment, Window& window, uint64_t offset);
  absl::Status CheckEnd(uint64_t segment);
  absl::Status Corrupt(uint64_t segment, uint64_t offset, const std::string& what) const;

  env::FileSystem& files_;
  const std::string directory_;
  const std::string archive_;  // empty: none
  const ArchivedAhead archived_ahead_;
  std::set<uint64_t> archived_;
  RecordReader& records_;
  ChainHash hash_;
  const uint64_t first_segment_;
  ReadLog log_;
  std::shared_ptr<env::File> next_;  // of the segment after this one, where that is read ahead
  Handover handover_;
  Ahead ahead_;  // the last two: their threads end first
};

}  // namespace creneau::wal
