// Loaded into creneaud by `creneau-bench --slow-disk X` (LD_PRELOAD): each write and sync of a file
// takes X times as long as the disk needs for it. The rest of the program runs at its speed.
//
// The two calls that the engine writes with (env/posix) are interposed; any thread.
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

double Factor() {
  static const double factor = [] {
    const char* const text = std::getenv("CRENEAU_BENCH_SLOW_DISK");
    return text == nullptr ? 1.0 : std::strtod(text, nullptr);
  }();
  return factor;
}

int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

// Whoever wants to know whether it was loaded at all finds this in the program's diary.
[[gnu::constructor]] void Tell() {
  std::fprintf(stderr, "creneau_slow_disk: writes take %g times as long\n", Factor());
}

template <typename Call>
auto Slowly(Call&& call) {
  const int64_t began_ns = NowNs();
  const auto result = call();
  const int error = errno;
  const auto extra_ns =
      static_cast<int64_t>(static_cast<double>(NowNs() - began_ns) * (Factor() - 1));
  timespec wait{extra_ns / kNsPerSecond, extra_ns % kNsPerSecond};
  while (extra_ns > 0 && nanosleep(&wait, &wait) != 0 && errno == EINTR) {
  }
  errno = error;
  return result;
}

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return Slowly([&] { return next(fd, bytes, count, offset); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite64");
  return Slowly([&] { return next(fd, bytes, count, offset); });
}

int fdatasync(int fd) {
  static const auto next = Next<int (*)(int)>("fdatasync");
  return Slowly([&] { return next(fd); });
}

}  // extern "C"
