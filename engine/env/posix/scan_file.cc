#include "env/posix/scan_file.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "env/posix/descriptor.h"

namespace creneau::env {
namespace {

constexpr uint64_t kSamples = 16;

// Whether most of it lies in the page cache, as far as some pages, spread over it, tell.
bool LiesInCache(int fd, uint64_t size) {
  const uint64_t pages = size / kAlignment;
  if (pages == 0) return true;  // as good as
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return false;
  const uint64_t samples = std::min(pages, kSamples);
  uint64_t cached = 0;
  for (uint64_t i = 0; i < samples; ++i) {
    unsigned char resident = 0;
    uint8_t* const page = static_cast<uint8_t*>(memory) + i * pages / samples * kAlignment;
    if (::mincore(page, kAlignment, &resident) == 0) cached += resident & 1;
  }
  ::munmap(memory, size);
  return 2 * cached > samples;
}

class ScanFile final : public File {
 public:
  // past_cache: -1 where there is none.
  ScanFile(Descriptor fd, Descriptor past_cache, std::string path)
      : fd_(std::move(fd)), past_cache_(std::move(past_cache)), path_(std::move(path)) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
    bool past = past_cache_.get() >= 0 && Aligned(offset) && Aligned(out.size()) &&
                Aligned(reinterpret_cast<uintptr_t>(out.data()));
    size_t done = 0;
    while (done < out.size()) {
      const int fd = past ? past_cache_.get() : fd_.get();
      const ssize_t n =
          ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      // Some file systems take the flag and then refuse to read with it.
      if (n < 0 && errno == EINVAL && std::exchange(past, false)) continue;
      if (n < 0) {
        return Failed(errno, absl::StrFormat("read %d bytes at %d in %s", out.size() - done,
                                             offset + done, path_));
      }
      if (n == 0) break;
      done += static_cast<size_t>(n);
      // At the end of a file that is no multiple.
      past = past && Aligned(done);
    }
    return done;
  }

  absl::Status WriteAt(uint64_t, std::span<const uint8_t>) override { return ReadOnly(); }
  absl::Status Sync() override { return ReadOnly(); }
  absl::Status ZeroFill(uint64_t) override { return ReadOnly(); }

  absl::StatusOr<uint64_t> Size() override {
    struct stat info;
    if (::fstat(fd_.get(), &info) != 0) return Failed(errno, "ask the size of " + path_);
    return static_cast<uint64_t>(info.st_size);
  }

 private:
  absl::Status ReadOnly() const {
    return absl::FailedPreconditionError(path_ + " was opened to be read");
  }

  const Descriptor fd_;
  const Descriptor past_cache_;
  const std::string path_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<File>> OpenScan(const std::string& path) {
  Descriptor fd(OpenRetrying(path, O_RDONLY));
  if (fd.get() < 0) return Failed(errno, "open " + path);
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return Failed(errno, "ask the size of " + path);
  const bool cached = LiesInCache(fd.get(), static_cast<uint64_t>(info.st_size));
  Descriptor past_cache(cached ? -1 : OpenRetrying(path, O_RDONLY | O_DIRECT));
  // Beside an engine that starts, another file may have come to that path.
  struct stat again = info;
  if (past_cache.get() >= 0 && ::fstat(past_cache.get(), &again) != 0)
    return Failed(errno, "ask the size of " + path);
  if (again.st_dev != info.st_dev || again.st_ino != info.st_ino)
    return absl::InternalError(path + " was replaced while it was opened: try again");
  // Whoever reads it after this sees what this has seen: where a write has failed, the cache may
  // hold what the device has not.
  if (past_cache.get() >= 0) ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  return std::make_unique<ScanFile>(std::move(fd), std::move(past_cache), path);
}

}  // namespace creneau::env
