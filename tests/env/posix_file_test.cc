// The operating system's files keep what env/file.h promises, on a file system with O_DIRECT and on
// one without.

#include "env/posix/posix_file.h"

#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "catch2/catch.hpp"
#include "env/posix/posix_clock.h"
#include "env/posix/posix_entropy.h"
#include "tests/env/page_cache.h"

namespace creneau::env {
namespace {

class Scratch {
 public:
  explicit Scratch(const std::filesystem::path& parent)
      : path_((parent / "creneau-env-XXXXXX").string()) {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The usual temporary directory, and memory, which refuses O_DIRECT, where there is one.
std::vector<std::filesystem::path> Places() {
  std::vector<std::filesystem::path> places = {std::filesystem::temp_directory_path()};
  const std::filesystem::path memory = "/dev/shm";
  if (std::filesystem::is_directory(memory)) places.push_back(memory);
  return places;
}

using Page = std::unique_ptr<uint8_t, decltype(&std::free)>;

std::vector<uint8_t> Read(FileSystem& files, const std::string& path, uint64_t offset, size_t n) {
  auto file = files.Open(path, OpenMode::kRead);
  REQUIRE(file.ok());
  std::vector<uint8_t> bytes(n, 0xee);
  const auto got = (*file)->ReadAt(offset, bytes);
  REQUIRE(got.ok());
  bytes.resize(*got);
  return bytes;
}

TEST_CASE("zeros are written, then durable pages over them, wherever the file lies") {
  for (const auto& place : Places()) {
    CAPTURE(place.string());
    const Scratch scratch(place);
    PosixFileSystem files;
    const std::string path = scratch / "a";
    {
      auto file = files.Open(path, OpenMode::kCreate);
      REQUIRE(file.ok());
      REQUIRE((*file)->ZeroFill(3 * 1024 * 1024 + 4096).ok());
      CHECK((*file)->Size().value() == 3 * 1024 * 1024 + 4096);
    }
    auto file = files.Open(path, OpenMode::kDurable);
    REQUIRE(file.ok());
    void* const memory = std::aligned_alloc(kAlignment, kAlignment);  // tidy: owned by `page`
    const Page page(static_cast<uint8_t*>(memory), &std::free);
    std::fill_n(page.get(), kAlignment, uint8_t{'p'});
    REQUIRE((*file)->WriteAt(8192, {page.get(), kAlignment}).ok());
    const auto bytes = Read(files, path, 4096, 3 * 4096);
    REQUIRE(bytes.size() == 3 * 4096);
    CHECK(std::all_of(bytes.begin(), bytes.begin() + 4096, [](uint8_t b) { return b == 0; }));
    CHECK(std::all_of(bytes.begin() + 4096, bytes.begin() + 8192,
                      [](uint8_t b) { return b == 'p'; }));
    CHECK(std::all_of(bytes.begin() + 8192, bytes.end(), [](uint8_t b) { return b == 0; }));
  }
}

TEST_CASE("reading ends where the file ends; a file stays itself when it is renamed") {
  const Scratch scratch(Places().front());
  PosixFileSystem files;
  auto file = files.Open(scratch / "a", OpenMode::kCreate);
  REQUIRE(file.ok());
  const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5};
  REQUIRE((*file)->WriteAt(0, bytes).ok());
  REQUIRE(files.Rename(scratch / "a", scratch / "b").ok());
  REQUIRE((*file)->WriteAt(5, bytes).ok());
  REQUIRE((*file)->Sync().ok());
  CHECK(Read(files, scratch / "b", 3, 100) == std::vector<uint8_t>{4, 5, 1, 2, 3, 4, 5});
  CHECK(Read(files, scratch / "b", 10, 1).empty());
}

TEST_CASE("a scan reads what is there, aligned or not, to an end that is no multiple") {
  for (const auto& place : Places()) {
    CAPTURE(place.string());
    const Scratch scratch(place);
    PosixFileSystem files;
    const std::string path = scratch / "a";
    std::vector<uint8_t> bytes(3 * kAlignment + 5);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 31 >> 4);
    auto file = files.Open(path, OpenMode::kCreate);
    REQUIRE(file.ok());
    REQUIRE((*file)->WriteAt(0, bytes).ok());
    REQUIRE((*file)->Sync().ok());
    void* const memory = std::aligned_alloc(kAlignment, 8 * kAlignment);  // tidy: owned by `page`
    const Page page(static_cast<uint8_t*>(memory), &std::free);
    // In the page cache, and then, as far as the system heeds it, not there; written meanwhile.
    for (const bool cached : {true, false}) {
      REQUIRE((*file)->Sync().ok());
      if (!cached) DropFromCache(path);
      const bool past = PagesInCache(path) == 0 && TakesDirect(path);
      auto scan = files.Open(path, OpenMode::kScan);
      REQUIRE(scan.ok());
      CHECK((*scan)->Size().value() == bytes.size());
      REQUIRE((*scan)->ReadAt(0, {page.get(), 2 * kAlignment}).value() == 2 * kAlignment);
      CHECK(std::equal(page.get(), page.get() + 2 * kAlignment, bytes.begin()));
      if (past) CHECK(PagesInCache(path) == 0);
      for (const size_t shift : {size_t{0}, size_t{1}}) {
        const std::span<uint8_t> out(page.get() + shift, 6 * kAlignment);
        REQUIRE((*scan)->ReadAt(0, out).value() == bytes.size());
        CHECK(std::equal(bytes.begin(), bytes.end(), out.begin()));
        REQUIRE((*scan)->ReadAt(2 * kAlignment, out).value() == kAlignment + 5);
        CHECK(std::equal(bytes.begin() + 2 * kAlignment, bytes.end(), out.begin()));
        CHECK((*scan)->ReadAt(4 * kAlignment, out).value() == 0);
      }
      bytes[kAlignment] ^= 1;
      REQUIRE((*file)->WriteAt(kAlignment, std::span(bytes).subspan(kAlignment, 1)).ok());
      REQUIRE((*scan)->ReadAt(kAlignment, {page.get(), kAlignment}).value() == kAlignment);
      CHECK(page.get()[0] == bytes[kAlignment]);
      CHECK_FALSE((*scan)->WriteAt(0, {page.get(), kAlignment}).ok());
    }
  }
}

TEST_CASE("names: listed in order, removed once, and each error says what and where") {
  const Scratch scratch(Places().front());
  PosixFileSystem files;
  REQUIRE(files.CreateDirectory(scratch / "d").ok());
  REQUIRE(files.CreateDirectory(scratch / "d").ok());
  for (const char* name : {"d/b", "d/a", "d/c"}) {
    REQUIRE(files.Open(scratch / name, OpenMode::kCreate).ok());
  }
  CHECK(files.List(scratch / "d").value() == std::vector<std::string>{"a", "b", "c"});
  const absl::Status again = files.Open(scratch / "d/a", OpenMode::kCreate).status();
  CHECK(absl::IsAlreadyExists(again));
  CHECK(std::string(again.message()).find(scratch / "d/a") != std::string::npos);
  CHECK(files.Remove(scratch / "d/a").ok());
  const absl::Status gone = files.Remove(scratch / "d/a");
  CHECK(absl::IsNotFound(gone));
  CHECK(std::string(gone.message()).find("remove " + scratch.path()) != std::string::npos);
  CHECK(absl::IsNotFound(files.Open(scratch / "none", OpenMode::kDurable).status()));
  CHECK(absl::IsNotFound(files.List(scratch / "none").status()));
  CHECK(files.SyncDirectory(scratch / "d").ok());
  CHECK_FALSE(files.CreateDirectory(scratch / "d/b").ok());
}

TEST_CASE("a lock keeps a second holder out until the first lets go") {
  const Scratch scratch(Places().front());
  PosixFileSystem files;
  auto first = files.Lock(scratch / "LOCK");
  REQUIRE(first.ok());
  const absl::Status second = files.Lock(scratch / "LOCK").status();
  CHECK(absl::IsUnavailable(second));
  CHECK(std::string(second.message()).find(scratch / "LOCK") != std::string::npos);
  first->reset();
  CHECK(files.Lock(scratch / "LOCK").ok());
}

TEST_CASE("more zeros than the disk has are refused as no room; free space is told") {
  const Scratch scratch(Places().front());
  PosixFileSystem files;
  const auto space = files.Space(scratch.path());
  REQUIRE(space.ok());
  CHECK(space->available_bytes > 0);
  CHECK(space->available_bytes <= space->total_bytes);
  auto file = files.Open(scratch / "huge", OpenMode::kCreate);
  REQUIRE(file.ok());
  const absl::Status refused = (*file)->ZeroFill(space->total_bytes * 2);
  INFO(refused);
  CHECK((absl::IsResourceExhausted(refused) || absl::IsOutOfRange(refused) ||
         absl::IsFailedPrecondition(refused)));
}

TEST_CASE("the clock grows, the entropy differs") {
  const PosixClock clock;
  const int64_t before = clock.MonotonicNs();
  CHECK(clock.MonotonicNs() >= before);
  CHECK(clock.Now().ms > 1'700'000'000'000);
  PosixEntropy entropy;
  std::vector<uint8_t> a(32), b(32);
  entropy.Fill(a);
  entropy.Fill(b);
  CHECK(a != b);
}

}  // namespace
}  // namespace creneau::env
