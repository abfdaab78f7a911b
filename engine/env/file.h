// The only source of files. The log and the snapshots see a disk through these interfaces and
// nothing else, so that a simulated one can tear, lose, corrupt and refuse.
//
// Threads: a FileSystem may be used from any thread; a File by one thread at a time, except ReadAt,
// which any number may call together. Offsets and sizes are bytes. Errors are absl::Status with
// what was tried, where (offset, path) and the system's own words; kNotFound, kAlreadyExists and
// kResourceExhausted (no room) keep their meaning.
//
// What survives a crash of the machine, and so what an implementation must promise:
//   - bytes written through kDurable: when WriteAt has returned; after a crash in between, any part
//   of them or none;
//   - bytes written through kCreate or kReadWrite: when a later Sync has returned; until then, any
//   part of them or none;
//   - the name of a file (create, rename, remove): when a later SyncDirectory has returned;
//   - nothing else. After a failed Sync nobody knows; there is no second try.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limits.h"

namespace creneau::env {

// Offset, length and address of what is written through OpenMode::kDurable are multiples of this;
// so should be those of what is read through kScan.
inline constexpr size_t kAlignment = limits::kPageBytes;

// A file stays the same file when it is renamed while open.
class File {
 public:
  virtual ~File() = default;

  // How many bytes were read: all that were asked for, or those up to the end of the file.
  virtual absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) = 0;

  // Writes all of `bytes`, or fails. Grows the file where needed.
  virtual absl::Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) = 0;

  // Makes durable what was written and the size.
  virtual absl::Status Sync() = 0;

  virtual absl::StatusOr<uint64_t> Size() = 0;

  // Writes `bytes` real zeros from the start and makes them durable: later writes there change no
  // metadata, which halves their latency (fallocate alone does not). kResourceExhausted: the disk
  // has no room for them.
  virtual absl::Status ZeroFill(uint64_t bytes) = 0;

  // The same while others write to this disk: at half speed, so that their writes come in between,
  // until `hurry` is set. The default knows one speed.
  virtual absl::Status ZeroFillResting(uint64_t bytes, const std::atomic<bool>& hurry) {
    static_cast<void>(hurry);
    return ZeroFill(bytes);
  }
};

// Held until destroyed; the system lets go of it when the process ends, however it ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode {
  kRead,  // an existing file, which is never changed through this
  kScan,  // the same, read from one end to the other: aligned reads may pass the system's cache
  kReadWrite,  // an existing file; written bytes are durable after Sync
  kCreate,     // a file that must not exist yet; otherwise as kReadWrite
  kDurable,    // an existing file, aligned writes only; bytes are durable when WriteAt returns
};

struct DiskSpace {
  uint64_t available_bytes = 0;  // to this process
  uint64_t total_bytes = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Once, before durable files are written in `directory` and while nothing else is: an
  // implementation that has to learn how they are written best does so, and removes what an earlier
  // process left of that. Where nobody calls it, the first durable file is the occasion.
  virtual absl::Status PrepareDurable(const std::string& directory) {
    static_cast<void>(directory);
    return absl::OkStatus();
  }

  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;

  // Replaces `to` where it exists.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;

  // The names (not paths) of all entries but "." and "..", in byte order.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) = 0;
  virtual absl::Status SyncDirectory(const std::string& directory) = 0;
  // Not an error if it exists. Its parent must exist. Its name is durable when this returns.
  virtual absl::Status CreateDirectory(const std::string& directory) = 0;

  virtual absl::StatusOr<DiskSpace> Space(const std::string& directory) = 0;

  // Takes the lock of this file, creating the file where needed. kUnavailable: another holder has
  // it.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;
};

}  // namespace creneau::env
