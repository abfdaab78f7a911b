// Segments that no start needs any more, compressed: the evidence, kept (FORMAT.md). One frame of
// zstd each, with its own checksum. Threads: ArchiveSegment from one at a time; beside readers, who
// find one form or the other at every moment.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/file.h"

namespace creneau::wal {

std::string ArchivedName(uint64_t segment);                          // "0000000000000001.seg.zst"
std::optional<uint64_t> SegmentOfArchived(const std::string& name);  // of exactly that form

// Compresses the segment into `archive`, syncs, compares what that decompresses to with the
// segment, and only then removes it. Can be interrupted anywhere and done again.
absl::Status ArchiveSegment(env::FileSystem& files, const std::string& directory,
                            const std::string& archive, uint64_t segment);

// The same form of these bytes, as a new file, synced; its directory is not.
absl::Status WriteArchived(env::FileSystem& files, const std::string& path,
                           std::vector<uint8_t> bytes);

// The segment's bytes, in memory, read-only. DataLoss: the archived form is damaged.
absl::StatusOr<std::unique_ptr<env::File>> OpenArchived(env::FileSystem& files,
                                                        const std::string& path);
// The same for whoever reads from its beginning on: a little of it is in memory at a time. To go
// back begins anew. DataLoss from ReadAt.
absl::StatusOr<std::unique_ptr<env::File>> OpenArchivedForwards(env::FileSystem& files,
                                                                const std::string& path);

}  // namespace creneau::wal
