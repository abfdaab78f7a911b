// The raw disk: how long one durable append takes and how many there are a second, one in flight,
// in files filled with zeros beforehand. Two ways: O_DIRECT|O_DSYNC, and a buffered write followed
// by fdatasync. One thread.
//
//   bench_disk --dir DIR [--seconds S]     one line each: peer=disk metric=append_p50 value=72.1
//   unit=us bytes=4096 mode=...
//
// Reads back what it wrote last. Exit codes: 0, 2 usage, 5 what was read is not what was written, 7
// the disk.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace creneau::bench {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kLargest = 1 << 20;
constexpr size_t kFileBytes = 64 << 20;  // a segment of the log
using Clock = std::chrono::steady_clock;

[[noreturn]] void Failed(const std::string& what) {
  std::fprintf(stderr, "bench_disk: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(7);
}

struct Mode {
  const char* name;
  int flags;
  bool fdatasync;
};
constexpr Mode kModes[] = {{"direct_dsync", O_DIRECT | O_DSYNC, false}, {"fdatasync", 0, true}};

// A file of zeros, gone when this is.
class ZeroFile {
 public:
  explicit ZeroFile(std::string path) : path_(std::move(path)) {
    const int fd = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) Failed("cannot make " + path_);
    const std::vector<char> zeros(kLargest);
    for (size_t at = 0; at < kFileBytes; at += zeros.size()) {
      if (write(fd, zeros.data(), zeros.size()) != static_cast<ssize_t>(zeros.size())) {
        unlink(path_.c_str());
        Failed("cannot fill " + path_);
      }
    }
    if (fsync(fd) != 0) Failed("fsync of " + path_);
    close(fd);
  }
  ~ZeroFile() { unlink(path_.c_str()); }
  ZeroFile(const ZeroFile&) = delete;
  ZeroFile& operator=(const ZeroFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void Report(const char* metric, double value, const char* unit, size_t bytes, const Mode& mode) {
  std::printf("peer=disk metric=%s value=%.2f unit=%s bytes=%zu mode=%s in_flight=1\n", metric,
              value, unit, bytes, mode.name);
}

void Measure(const std::string& dir, const Mode& mode, size_t bytes, double seconds, char* block) {
  const ZeroFile file(dir + "/bench_disk." + std::to_string(getpid()));
  const int fd = open(file.path().c_str(), O_RDWR | O_CLOEXEC | mode.flags);
  if (fd < 0 && errno == EINVAL) {
    std::fprintf(stderr, "bench_disk: %s: the file system has no O_DIRECT\n", dir.c_str());
    return;
  }
  if (fd < 0) Failed("cannot open " + file.path());
  std::vector<double> us;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  size_t at = 0;
  for (auto before = begin; before < end || us.empty();) {
    if (at + bytes > kFileBytes) at = 0;
    std::memset(block, static_cast<int>('a' + us.size() % 26), bytes);
    if (pwrite(fd, block, bytes, static_cast<off_t>(at)) != static_cast<ssize_t>(bytes) ||
        (mode.fdatasync && fdatasync(fd) != 0)) {
      Failed("cannot write to " + file.path());
    }
    at += bytes;
    const auto after = Clock::now();
    us.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    before = after;
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  const std::string written(block, bytes);
  if (pread(fd, block, bytes, static_cast<off_t>(at - bytes)) != static_cast<ssize_t>(bytes) ||
      written != std::string_view(block, bytes)) {
    std::fprintf(stderr, "bench_disk: %s does not hold what was written\n", file.path().c_str());
    std::exit(5);
  }
  close(fd);
  const double rate = static_cast<double>(us.size()) / took.count();
  std::sort(us.begin(), us.end());
  Report("append_p50", us[us.size() / 2], "us", bytes, mode);
  Report("append_p99", us[us.size() * 99 / 100], "us", bytes, mode);
  Report("append_rate", rate, "1/s", bytes, mode);
}

}  // namespace
}  // namespace creneau::bench

int main(int argc, char** argv) {
  std::string dir;
  double seconds = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (flag == "--dir") dir = argv[i + 1];
    if (flag == "--seconds") seconds = std::atof(argv[i + 1]);
  }
  if (dir.empty() || seconds <= 0 || argc % 2 == 0) {
    std::fprintf(stderr, "usage: bench_disk --dir DIR [--seconds S]\n");
    return 2;
  }
  using namespace creneau::bench;
  std::vector<char> memory(kLargest + kPage);
  void* aligned = memory.data();
  size_t space = memory.size();
  auto* const block = static_cast<char*>(std::align(kPage, kLargest, aligned, space));
  for (const Mode& mode : kModes) {
    for (const size_t bytes : {kPage, size_t{64} << 10, kLargest}) {
      Measure(dir, mode, bytes, seconds, block);
    }
  }
  return 0;
}
