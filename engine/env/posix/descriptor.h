// What the files of this folder share: a descriptor that is closed, and errors that say what and
// where. Any thread.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "env/file.h"

namespace creneau::env {

inline bool Aligned(uint64_t value) { return value % kAlignment == 0; }

// "write 4096 bytes at 8192 in log/1.seg: No space left on device". A quota is no room, too.
inline absl::Status Failed(int error, const std::string& what) {
  if (error == EDQUOT) error = ENOSPC;
  const absl::Status status = absl::ErrnoToStatus(error, what);
  // Only the codes that env/file.h gives a meaning keep it: the others are a disk, a path or a
  // process (no descriptors left: EMFILE) that is not as it should be.
  if (absl::IsNotFound(status) || absl::IsAlreadyExists(status) || error == ENOSPC) return status;
  return absl::InternalError(status.message());
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    // An error of close tells nothing that Sync has not: what matters was synced before.
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

inline int OpenRetrying(const std::string& path, int flags, mode_t permissions = 0) {
  int fd;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, permissions);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

}  // namespace creneau::env
