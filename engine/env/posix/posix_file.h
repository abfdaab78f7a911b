// The operating system's files. kDurable is O_DIRECT|O_DSYNC, or a buffered write followed by
// fdatasync, with the same promise: as told, or as PrepareDurable, or the first such file, finds it
// faster in its directory (write_mode.h). Where the file system refuses O_DIRECT (tmpfs) it is the
// latter in any case. Any thread, as env/file.h says.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "env/file.h"
#include "env/posix/write_mode.h"

namespace creneau::env {

class PosixFileSystem : public FileSystem {
 public:
  explicit PosixFileSystem(WriteMode mode = WriteMode::kDirect) : wanted_(mode) {}

  // How durable files are written, as of the last one that was opened.
  WriteModeReport write_mode() const;

  absl::Status PrepareDurable(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::Status CreateDirectory(const std::string& directory) override;
  absl::StatusOr<DiskSpace> Space(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) override;

 private:
  WriteMode ModeIn(const std::string& directory);
  absl::StatusOr<std::unique_ptr<File>> OpenDurable(const std::string& path);

  const WriteMode wanted_;
  mutable std::mutex mutex_;  // held while the modes are measured
  WriteModeReport report_;
};

}  // namespace creneau::env
