// Changes KEYS/staff: one at a time, whole or not at all, readable by its owner alone. The engine
// may read it meanwhile, and sees the old or the new one.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "booking/staff_keys.h"

namespace creneau::ctl {

class KeyFile {
 public:
  // Waits some seconds for others who change it. FailedPrecondition: a line of it is damaged
  // (booking::ReadStaffKeys). Unavailable: others are at it for too long. Unknown: the directory
  // or the file cannot be read. A missing file has no keys.
  static absl::StatusOr<KeyFile> Open(const std::string& keys_directory);
  KeyFile(KeyFile&& other) noexcept;
  KeyFile& operator=(KeyFile&&) = delete;
  ~KeyFile();

  std::vector<booking::StaffKey> keys;  // as read; Write writes them
  // Durable when it returns. The file belongs to whom the directory belongs to, since the engine
  // has to read what root may write.
  absl::Status Write() const;

  const std::string& path() const { return path_; }

 private:
  KeyFile(std::string path, int directory) : path_(std::move(path)), directory_(directory) {}

  std::string path_;
  int directory_;  // open, and locked while this lives
};

}  // namespace creneau::ctl
