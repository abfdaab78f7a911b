// Snapshot files, as SNAPSHOT.md defines them: bytes, names, checksums. What the records mean is
// for others. Threads: one for each writer; the functions from any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "env/file.h"
#include "wal/log.h"

namespace creneau::booking {

struct SnapshotHeader {
  uint32_t parts = 0;
  uint64_t number = 0;
  Lsn position;  // durable before the scan
  Lsn covers;    // durable after it: the log must reach this far
  Instant taken_at;
  uint64_t bytes = 0;  // of the file
  wal::StartPoint start;
  std::optional<Instant> owed_since;  // replay.h
  uint64_t agendas = 0;
  uint64_t slots = 0;
  uint64_t seats = 0;
};

enum class PartKind : uint32_t { kSlots = 1, kCalendars = 2, kStates = 3 };

std::string SnapshotDirectory(const std::string& data);
std::string SnapshotName(uint64_t number);  // "0000000000000001.snap"
std::string SnapshotPath(const std::string& data, uint64_t number);
inline constexpr char kUnfinishedSuffix[] = ".new";

// Numbers of those that are there, newest first. No directory: none.
absl::StatusOr<std::vector<uint64_t>> ListSnapshots(env::FileSystem& files,
                                                    const std::string& data);
// What snapshots that were being taken left behind.
absl::Status RemoveUnfinished(env::FileSystem& files, const std::string& data);

// Those that are there, newest first, by what their headers say; nothing where that is damaged.
struct SnapshotListing {
  uint64_t number = 0;
  std::optional<SnapshotHeader> header;
};
absl::StatusOr<std::vector<SnapshotListing>> ReadSnapshotHeaders(env::FileSystem& files,
                                                                 const std::string& data);

class SnapshotWriter {
 public:
  explicit SnapshotWriter(std::unique_ptr<env::File> file);

  absl::Status Add(PartKind kind, std::string_view record);
  // The last part, then the header (whose parts and bytes are filled in), synced.
  absl::Status Finish(SnapshotHeader* header);

 private:
  absl::Status EndPart();

  std::unique_ptr<env::File> file_;
  std::vector<uint8_t> part_;  // header and body of the one that is being filled
  PartKind kind_ = PartKind::kSlots;
  uint32_t records_ = 0;
  uint32_t parts_ = 0;
  uint64_t offset_;
  uint64_t synced_ = 0;
};

// DataLoss: it is damaged, or of a format that this version does not know; names the file. Calls
// each(kind, record) for all records. What was called before an error counts for nothing. A status
// other than OK from `each` ends the reading and is returned, with the file's name.
using SnapshotRecord = std::function<absl::Status(PartKind, std::string_view)>;
absl::StatusOr<SnapshotHeader> ReadSnapshot(env::FileSystem& files, const std::string& path,
                                            const SnapshotRecord& each);

}  // namespace creneau::booking
