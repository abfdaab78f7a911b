#include "tools/creneauctl/key_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "tools/creneauctl/secrets.h"

namespace creneau::ctl {
namespace {

constexpr int kTries = 100;
constexpr int kPauseMs = 50;

absl::Status IoError(const std::string& what) {
  return absl::UnknownError(what + ": " + std::strerror(errno));
}

// The directory itself is what is locked: no file is left behind that another user owns.
absl::Status Lock(int directory, const std::string& path) {
  for (int i = 0; i < kTries; ++i) {
    if (flock(directory, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
    if (errno != EWOULDBLOCK && errno != EINTR) return IoError("cannot lock " + path);
    poll(nullptr, 0, kPauseMs);
  }
  return absl::UnavailableError("somebody else is changing " + path + ": try again");
}

absl::Status WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::UnknownError(std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<KeyFile> KeyFile::Open(const std::string& keys_directory) {
  const std::string path = booking::StaffKeysFile(keys_directory);
  const int directory = open(keys_directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    return IoError("cannot open " + keys_directory +
                   " (the daemon's --keys, which its first start makes)");
  }
  KeyFile file(path, directory);
  if (const absl::Status locked = Lock(directory, path); !locked.ok()) return locked;
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) return file;
  const absl::StatusOr<std::string> text = ReadInput(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<booking::StaffKey>> keys = booking::ReadStaffKeys(*text, path);
  if (!keys.ok()) return keys.status();
  file.keys = *std::move(keys);
  return file;
}

KeyFile::KeyFile(KeyFile&& other) noexcept
    : keys(std::move(other.keys)),
      path_(std::move(other.path_)),
      directory_(std::exchange(other.directory_, -1)) {}

KeyFile::~KeyFile() {
  if (directory_ >= 0) close(directory_);
}

absl::Status KeyFile::Write() const {
  const std::string unfinished = path_ + ".new";
  if (unlink(unfinished.c_str()) != 0 && errno != ENOENT)
    return IoError("cannot remove " + unfinished);
  const int fd = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return IoError("cannot make " + unfinished);
  struct stat owner {};
  absl::Status status = WriteAll(fd, booking::WriteStaffKeys(keys));
  if (status.ok() && geteuid() == 0 &&
      (fstat(directory_, &owner) != 0 || fchown(fd, owner.st_uid, owner.st_gid) != 0))
    status = IoError("cannot give it to the directory's owner");
  if (status.ok() && fsync(fd) != 0) status = IoError("cannot sync it");
  close(fd);
  if (status.ok() && rename(unfinished.c_str(), path_.c_str()) != 0)
    status = IoError("cannot put it in place");
  if (status.ok() && fsync(directory_) != 0) status = IoError("cannot sync its directory");
  if (status.ok()) return status;
  return absl::UnknownError("cannot write " + path_ + ": " + std::string(status.message()));
}

}  // namespace creneau::ctl
