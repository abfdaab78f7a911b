// The operating system's files. kDurable is O_DIRECT|O_DSYNC where the file system has it; where it
// refuses O_DIRECT (tmpfs) it is a buffered write followed by fdatasync, with the same promise. Any
// thread, as env/file.h says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "env/file.h"

namespace creneau::env {

class PosixFileSystem : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::Status CreateDirectory(const std::string& directory) override;
  absl::StatusOr<DiskSpace> Space(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) override;
};

}  // namespace creneau::env
