// How zeros are written: as the log is, past the page cache or through it, also where a file system
// takes O_DIRECT and then refuses to write with it. This program's own pwrite stands before the
// system's, to be such a file system.

#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "catch2/catch.hpp"
#include "env/posix/posix_file.h"
#include "tests/env/page_cache.h"

namespace {

std::atomic<bool> refuse_direct{false};
std::atomic<int> refused{0};

}  // namespace

extern "C" ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  if (refuse_direct.load() && (::fcntl(fd, F_GETFL) & O_DIRECT) != 0) {
    ++refused;
    errno = EINVAL;
    return -1;
  }
  return ::syscall(SYS_pwrite64, fd, bytes, size, offset);
}

namespace creneau::env {
namespace {

constexpr size_t kBytes = 1024 * 1024;

class Scratch {
 public:
  Scratch() : path_((std::filesystem::temp_directory_path() / "creneau-env-XXXXXX").string()) {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

int64_t PagesAfterFilling(FileSystem& files, const std::string& path) {
  auto file = files.Open(path, OpenMode::kCreate);
  REQUIRE(file.ok());
  REQUIRE((*file)->ZeroFill(kBytes).ok());
  return PagesInCache(path);
}

TEST_CASE("zeros are written past the page cache or through it, as the log is told to be") {
  const Scratch scratch;
  PosixFileSystem direct(WriteMode::kDirect), buffered(WriteMode::kBuffered);
  CHECK(PagesAfterFilling(buffered, scratch / "buffered") == kBytes / kAlignment);
  const int64_t pages = PagesAfterFilling(direct, scratch / "direct");
  if (TakesDirect(scratch / "direct")) CHECK(pages == 0);
}

TEST_CASE("where O_DIRECT is taken and refused with the first write, zeros are written without") {
  const Scratch scratch;
  PosixFileSystem files(WriteMode::kDirect);
  auto file = files.Open(scratch / "a", OpenMode::kCreate);
  REQUIRE(file.ok());
  refuse_direct = true;
  const std::atomic<bool> hurry{true};
  const absl::Status filled = (*file)->ZeroFillResting(kBytes, hurry);
  refuse_direct = false;
  INFO(filled);
  REQUIRE(filled.ok());
  if (TakesDirect(scratch / "a")) CHECK(refused == 1);
  std::vector<uint8_t> bytes(kBytes + 1, 0xee);
  REQUIRE((*file)->ReadAt(0, bytes).value() == kBytes);
  CHECK(std::all_of(bytes.begin(), bytes.end() - 1, [](uint8_t byte) { return byte == 0; }));
}

TEST_CASE("and the measurement finds that the log is to be written without, too") {
  const Scratch scratch;
  PosixFileSystem files(WriteMode::kMeasured);
  refuse_direct = true;
  const absl::Status prepared = files.PrepareDurable(scratch / "");
  refuse_direct = false;
  REQUIRE(prepared.ok());
  CHECK(files.write_mode().mode == WriteMode::kBuffered);
  CHECK(files.write_mode().refused);
}

}  // namespace
}  // namespace creneau::env
