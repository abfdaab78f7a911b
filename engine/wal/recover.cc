// What start-up does about the end of the log: nothing, or a torn tail kept aside and zeroed. In
// this order, so that it can be interrupted anywhere: copy, sync, directory, zero in place, sync.

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wal/reader.h"

namespace creneau::wal {
namespace {

constexpr uint64_t kCopyBytes = 1 << 20;

// `path`.torn, .torn.2, ...: the first name that is free.
absl::StatusOr<std::unique_ptr<env::File>> CreateAside(env::FileSystem& files,
                                                       const std::string& path, std::string* name) {
  for (int i = 1;; ++i) {
    *name = absl::StrCat(path, ".torn", i == 1 ? "" : absl::StrCat(".", i));
    auto file = files.Open(*name, env::OpenMode::kCreate);
    if (file.ok() || !absl::IsAlreadyExists(file.status())) return file;
  }
}

absl::Status CopyRange(env::File& from, env::File& to, uint64_t begin, uint64_t end) {
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min(kCopyBytes, end - begin)));
  for (uint64_t at = begin; at < end; at += bytes.size()) {
    const size_t length = static_cast<size_t>(std::min<uint64_t>(bytes.size(), end - at));
    const absl::StatusOr<size_t> got = from.ReadAt(at, std::span(bytes).first(length));
    if (!got.ok()) return got.status();
    if (const absl::Status status = to.WriteAt(at - begin, std::span(bytes).first(*got));
        !status.ok())
      return status;
  }
  return to.Sync();
}

absl::Status ZeroRange(env::File& file, uint64_t begin, uint64_t end) {
  const std::vector<uint8_t> zeros(static_cast<size_t>(std::min(kCopyBytes, end - begin)));
  for (uint64_t at = begin; at < end; at += zeros.size()) {
    const size_t length = static_cast<size_t>(std::min<uint64_t>(zeros.size(), end - at));
    if (const absl::Status status = file.WriteAt(at, std::span(zeros).first(length)); !status.ok())
      return status;
  }
  return file.Sync();
}

absl::Status KeepAside(env::FileSystem& files, const std::string& directory,
                       const std::string& path, const Tail& tail, std::string* name) {
  auto segment = files.Open(path, env::OpenMode::kReadWrite);
  if (!segment.ok()) return segment.status();
  auto aside = CreateAside(files, path, name);
  if (!aside.ok()) return aside.status();
  absl::Status status = CopyRange(**segment, **aside, tail.from, tail.until);
  if (status.ok()) status = files.SyncDirectory(directory);
  if (status.ok()) status = ZeroRange(**segment, tail.from, tail.until);
  return status;
}

// What a killed process left in a cache was read as well, and will be acted upon: it must not be
// lost with the machine's power afterwards. Of the batches only the last one is not proven durable
// by another after it; if its write failed, its pages may count as clean, and no sync writes them
// again (Rebello et al., 2020). So its bytes, [begin, end), are written once more, as they are.
absl::Status MakeDurable(env::FileSystem& files, const std::string& directory,
                         const std::string& path, uint64_t begin, uint64_t end) {
  auto segment = files.Open(path, env::OpenMode::kReadWrite);
  if (!segment.ok()) return segment.status();
  if (const absl::Status status = (*segment)->Sync(); !status.ok()) return status;
  const size_t length = static_cast<size_t>(end - begin);
  std::vector<uint8_t> memory(length + limits::kPageBytes);
  const auto address = reinterpret_cast<uintptr_t>(memory.data());
  const size_t aligned = (limits::kPageBytes - address % limits::kPageBytes) % limits::kPageBytes;
  const std::span<uint8_t> bytes = std::span(memory).subspan(aligned, length);
  const absl::StatusOr<size_t> got = (*segment)->ReadAt(begin, bytes);
  if (!got.ok()) return got.status();
  if (*got != length) return absl::InternalError("cannot read the end of " + path + " again");
  auto durable = files.Open(path, env::OpenMode::kDurable);
  if (!durable.ok()) return durable.status();
  if (const absl::Status status = (*durable)->WriteAt(begin, bytes); !status.ok()) return status;
  return files.SyncDirectory(directory);
}

absl::Status SetAsideUnused(env::FileSystem& files, const std::string& directory,
                            const std::string& path) {
  // Nothing was ever written after its header: it is kept only as a curiosity, under a name of its
  // own.
  std::string name;
  auto aside = CreateAside(files, path, &name);
  if (!aside.ok()) return aside.status();
  if (const absl::Status status = files.Rename(path, name); !status.ok()) return status;
  return files.SyncDirectory(directory);
}

}  // namespace

absl::StatusOr<Recovery> Verify(env::FileSystem& files, const std::string& directory,
                                RecordReader& records, const StartPoint& start,
                                const std::string& archive) {
  Reader reader(files, directory, records, start, archive);
  absl::StatusOr<ReadLog> log = reader.Read();
  if (!log.ok()) return log.status();
  if (log->tail.kind == Tail::Kind::kTorn) {
    log->recovery.torn = true;
    log->recovery.torn_offset = log->tail.from;
    log->recovery.torn_file = reader.PathOf(log->recovery.last_segment);
  }
  return log->recovery;
}

absl::StatusOr<Recovery> Recover(env::FileSystem& files, const std::string& directory,
                                 RecordReader& records, const StartPoint& start,
                                 const std::string& archive, ArchivedAhead ahead) {
  Reader reader(files, directory, records, start, archive, ahead);
  absl::StatusOr<ReadLog> log = reader.Read();
  if (!log.ok()) return log.status();
  Recovery& recovery = log->recovery;
  if (log->tail.kind == Tail::Kind::kUnusedSegment) {
    const absl::Status status =
        SetAsideUnused(files, directory, reader.PathOf(recovery.last_segment + 1));
    if (!status.ok()) return status;
  } else if (log->tail.kind == Tail::Kind::kTorn) {
    recovery.torn = true;
    recovery.torn_offset = log->tail.from;
    const absl::Status status = KeepAside(files, directory, reader.PathOf(recovery.last_segment),
                                          log->tail, &recovery.torn_file);
    if (!status.ok()) return status;
  }
  if (recovery.last_segment >= start.segment) {
    const absl::Status status =
        MakeDurable(files, directory, reader.PathOf(recovery.last_segment), log->last_offset,
                    log->last_offset == 0 ? limits::kPageBytes : recovery.valid_bytes);
    if (!status.ok()) return status;
  }
  return recovery;
}

}  // namespace creneau::wal
