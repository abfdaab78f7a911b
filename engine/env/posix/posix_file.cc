#include "env/posix/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/check.h"
#include "env/posix/descriptor.h"
#include "env/posix/posix_clock.h"
#include "env/posix/scan_file.h"

namespace creneau::env {
namespace {

// What one write of ZeroFill covers: large enough for near the device's full speed, small enough
// that the log's own writes, which come in between, do not wait long for one. After each it rests
// for as long as the write took, unless somebody waits. Measured with the log writing 48 KiB at a
// time: p99 of its writes 1.8 ms while a file of 64 MiB is filled, 3.0 without the rests, 32
// through the page cache with one sync at the end, which puts all of the 64 MiB before whatever the
// log writes.
constexpr size_t kZeroChunkBytes = 256 * 1024;

// While it lives, the file is written past the page cache, where the file system has that and it is
// wanted.
class PastCache {
 public:
  PastCache(int fd, bool wanted) : fd_(fd), flags_(wanted ? ::fcntl(fd, F_GETFL) : -1) {
    if (flags_ >= 0 && ::fcntl(fd, F_SETFL, flags_ | O_DIRECT) != 0) flags_ = -1;
  }
  ~PastCache() { End(); }
  PastCache(const PastCache&) = delete;
  PastCache& operator=(const PastCache&) = delete;

  bool on() const { return flags_ >= 0; }
  void End() {
    if (on()) ::fcntl(fd_, F_SETFL, flags_);
    flags_ = -1;
  }

 private:
  const int fd_;
  int flags_;
};

class PosixFile : public File {
 public:
  // How WriteAt makes bytes durable, if it does.
  enum class Durability { kOnSync, kByOpenFlags, kSyncEachWrite };

  // zeros_past_cache: how ZeroFill writes where it can; as durable files are written.
  PosixFile(Descriptor fd, std::string path, Durability durability, bool zeros_past_cache = false)
      : fd_(std::move(fd)),
        path_(std::move(path)),
        durability_(durability),
        zeros_past_cache_(zeros_past_cache) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
    size_t done = 0;
    while (done < out.size()) {
      const ssize_t n = ::pread(fd_.get(), out.data() + done, out.size() - done,
                                static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        return Failed(errno, absl::StrFormat("read %d bytes at %d in %s", out.size() - done,
                                             offset + done, path_));
      }
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

  absl::Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
    if (durability_ != Durability::kOnSync) {
      CHECK(Aligned(offset) && Aligned(bytes.size()) &&
            Aligned(reinterpret_cast<uintptr_t>(bytes.data())));
    }
    absl::Status written = WriteAll(offset, bytes);
    if (written.ok() && durability_ == Durability::kSyncEachWrite) return Sync();
    return written;
  }

  absl::Status Sync() override {
    // Not retried on EINTR either: after a failed fdatasync nobody knows what reached the disk.
    if (::fdatasync(fd_.get()) != 0) return Failed(errno, "sync " + path_);
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Size() override {
    struct stat info;
    if (::fstat(fd_.get(), &info) != 0) return Failed(errno, "ask the size of " + path_);
    return static_cast<uint64_t>(info.st_size);
  }

  absl::Status ZeroFill(uint64_t bytes) override { return Fill(bytes, /*hurry=*/nullptr); }

  absl::Status ZeroFillResting(uint64_t bytes, const std::atomic<bool>& hurry) override {
    return Fill(bytes, &hurry);
  }

 private:
  absl::Status Fill(uint64_t bytes, const std::atomic<bool>* hurry) {
    // Reserving first gives few, contiguous extents, and tells of a full disk before anything is
    // written.
    int error;
    do {
      error = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(bytes));
    } while (error == EINTR);
    if (error != 0 && error != EOPNOTSUPP && error != EINVAL) {
      return Failed(error, absl::StrFormat("reserve %d bytes for %s", bytes, path_));
    }
    const size_t chunk = static_cast<size_t>(std::min<uint64_t>(kZeroChunkBytes, bytes));
    const size_t padded = (chunk + kAlignment - 1) / kAlignment * kAlignment;
    // tidy: owned by the unique_ptr below
    auto* const memory = static_cast<uint8_t*>(std::aligned_alloc(kAlignment, padded));
    const std::unique_ptr<uint8_t, decltype(&std::free)> zeros(memory, &std::free);
    CHECK(zeros != nullptr);
    std::fill_n(zeros.get(), chunk, uint8_t{0});
    PastCache past(fd_.get(), zeros_past_cache_ && Aligned(bytes));
    for (uint64_t offset = 0; offset < bytes; offset += chunk) {
      const size_t length = static_cast<size_t>(std::min<uint64_t>(chunk, bytes - offset));
      const auto started = std::chrono::steady_clock::now();
      if (absl::Status s = WriteZeros(offset, {zeros.get(), length}, past); !s.ok()) return s;
      if (hurry != nullptr && !hurry->load(std::memory_order_relaxed))
        std::this_thread::sleep_for(std::chrono::steady_clock::now() - started);
    }
    return Sync();
  }

  // One piece. Through the page cache it is synced at once: what has gathered there is written
  // before whatever the log syncs next.
  absl::Status WriteZeros(uint64_t offset, std::span<const uint8_t> zeros, PastCache& past) {
    if (past.on()) {
      const Written written = Write(offset, zeros);
      // Some file systems take the flag and then refuse to write with it.
      if (written.error != EINVAL) return Told(written, offset, zeros.size());
      past.End();
    }
    if (absl::Status status = WriteAll(offset, zeros); !status.ok()) return status;
    return Sync();
  }

  struct Written {
    size_t bytes;
    int error;  // 0: all of them
  };

  Written Write(uint64_t offset, std::span<const uint8_t> bytes) {
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t n = ::pwrite(fd_.get(), bytes.data() + done, bytes.size() - done,
                                 static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      // A write of nothing would repeat for ever; the kernel says so only of files that are none.
      if (n <= 0) return {done, n < 0 ? errno : EIO};
      done += static_cast<size_t>(n);
    }
    return {done, 0};
  }

  absl::Status Told(const Written& written, uint64_t offset, size_t wanted) {
    if (written.error == 0) return absl::OkStatus();
    return Failed(written.error,
                  absl::StrFormat("write %d bytes at %d in %s", wanted - written.bytes,
                                  offset + written.bytes, path_));
  }

  absl::Status WriteAll(uint64_t offset, std::span<const uint8_t> bytes) {
    return Told(Write(offset, bytes), offset, bytes.size());
  }

  const Descriptor fd_;
  const std::string path_;
  const Durability durability_;
  const bool zeros_past_cache_;
};

class PosixFileLock : public FileLock {
 public:
  explicit PosixFileLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  const Descriptor fd_;
};

// Of "a/b", "a/b/" and "/b": "a", "a" and "/". Of "b": ".".
std::string ParentOf(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const size_t at = path.rfind('/');
  if (at == std::string::npos) return ".";
  return at == 0 ? "/" : path.substr(0, at);
}

int Flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::kDurable:  // OpenDurable
    case OpenMode::kScan:     // OpenScan
      break;
  }
  CHECK(false);
  return 0;
}

}  // namespace

WriteModeReport PosixFileSystem::write_mode() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

WriteMode PosixFileSystem::ModeIn(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  if (report_.mode != WriteMode::kMeasured) return report_.mode;
  report_.mode = wanted_;
  if (wanted_ == WriteMode::kMeasured) {
    PosixFileSystem direct(WriteMode::kDirect);
    PosixFileSystem buffered(WriteMode::kBuffered);
    report_ = MeasureWriteModes(direct, buffered, PosixClock(), directory);
  }
  return report_.mode;
}

absl::Status PosixFileSystem::PrepareDurable(const std::string& directory) {
  // Whatever the mode is now: the process that was killed while it measured may have had another.
  const absl::Status removed = Remove(directory + "/" + kProbeName);
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  static_cast<void>(ModeIn(directory));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<File>> PosixFileSystem::OpenDurable(const std::string& path) {
  using Durability = PosixFile::Durability;
  if (ModeIn(ParentOf(path)) == WriteMode::kDirect) {
    const int fd = OpenRetrying(path, O_RDWR | O_DIRECT | O_DSYNC);
    if (fd >= 0) {
      return std::make_unique<PosixFile>(Descriptor(fd), path, Durability::kByOpenFlags);
    }
    if (errno != EINVAL) return Failed(errno, "open " + path);
    const std::lock_guard lock(mutex_);
    report_ = {WriteMode::kBuffered, /*refused=*/true};
  }
  const int fd = OpenRetrying(path, O_RDWR);
  if (fd < 0) return Failed(errno, "open " + path);
  return std::make_unique<PosixFile>(Descriptor(fd), path, Durability::kSyncEachWrite);
}

absl::StatusOr<std::unique_ptr<File>> PosixFileSystem::Open(const std::string& path,
                                                            OpenMode mode) {
  if (mode == OpenMode::kDurable) return OpenDurable(path);
  if (mode == OpenMode::kScan) return OpenScan(path);
  // Owner only: the log is pseudonymised personal data (design 8).
  const int fd = OpenRetrying(path, Flags(mode), S_IRUSR | S_IWUSR);
  if (fd < 0) {
    return Failed(errno, (mode == OpenMode::kCreate ? "create " : "open ") + path);
  }
  if (mode == OpenMode::kRead) ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  // Not measured yet is as good as direct: zeros gain nothing from the page cache.
  const WriteModeReport now = write_mode();
  const bool buffered = wanted_ == WriteMode::kBuffered || now.mode == WriteMode::kBuffered;
  return std::make_unique<PosixFile>(Descriptor(fd), path, PosixFile::Durability::kOnSync,
                                     /*zeros_past_cache=*/!buffered);
}

absl::Status PosixFileSystem::Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return Failed(errno, "rename " + from + " to " + to);
  }
  return absl::OkStatus();
}

absl::Status PosixFileSystem::Remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return Failed(errno, "remove " + path);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> PosixFileSystem::List(const std::string& directory) {
  std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
  if (dir == nullptr) return Failed(errno, "list " + directory);
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(dir.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) return Failed(errno, "list " + directory);
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status PosixFileSystem::SyncDirectory(const std::string& directory) {
  const Descriptor fd(OpenRetrying(directory, O_RDONLY | O_DIRECTORY));
  if (fd.get() < 0) return Failed(errno, "open directory " + directory);
  if (::fsync(fd.get()) != 0) return Failed(errno, "sync directory " + directory);
  return absl::OkStatus();
}

absl::Status PosixFileSystem::CreateDirectory(const std::string& directory) {
  const std::string parent = ParentOf(directory);
  if (::mkdir(directory.c_str(), S_IRWXU) == 0) return SyncDirectory(parent);
  const int error = errno;
  struct stat info;
  if (error != EEXIST || ::stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return Failed(error, "create directory " + directory);
  }
  // A process that was killed may have made it and not come to this. A parent that may not be read
  // is not one in which we make directories.
  if (::access(parent.c_str(), R_OK) != 0) return absl::OkStatus();
  return SyncDirectory(parent);
}

absl::StatusOr<DiskSpace> PosixFileSystem::Space(const std::string& directory) {
  struct statvfs info;
  if (::statvfs(directory.c_str(), &info) != 0) {
    return Failed(errno, "ask the free space of " + directory);
  }
  return DiskSpace{uint64_t{info.f_bavail} * info.f_frsize,
                   uint64_t{info.f_blocks} * info.f_frsize};
}

absl::StatusOr<std::unique_ptr<FileLock>> PosixFileSystem::Lock(const std::string& path) {
  Descriptor fd(OpenRetrying(path, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR));
  if (fd.get() < 0) return Failed(errno, "open lock file " + path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed(errno, "lock " + path);
    return absl::UnavailableError("lock " + path +
                                  ": another process holds it; stop that one first");
  }
  return std::make_unique<PosixFileLock>(std::move(fd));
}

}  // namespace creneau::env
