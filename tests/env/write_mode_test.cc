// Which way of writing is chosen, on disks whose speed the test sets.

#include "env/posix/write_mode.h"

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "catch2/catch.hpp"
#include "env/posix/posix_file.h"

namespace creneau::env {
namespace {

class SetClock final : public Clock {
 public:
  Instant Now() const override { return Instant{0}; }
  int64_t MonotonicNs() const override { return now_ns; }
  int64_t now_ns = 1;
};

// One file; each durable write takes as long as the test says. The n-th operation fails.
class SlowDisk final : public FileSystem {
 public:
  SlowDisk(SetClock& clock, int64_t write_ns) : clock_(clock), write_ns_(write_ns) {}

  int writes = 0;
  std::vector<int> removed_after;  // so many writes
  int fail_at = 0;                 // 0: never
  bool dies = false;               // the operations after that one fail as well
  int operations = 0;

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string&, OpenMode) override {
    if (absl::Status status = Count(); !status.ok()) return status;
    return std::make_unique<SlowFile>(*this);
  }
  absl::Status Remove(const std::string&) override {
    removed_after.push_back(writes);
    return Count();
  }
  absl::Status Rename(const std::string&, const std::string&) override { return Count(); }
  absl::StatusOr<std::vector<std::string>> List(const std::string&) override {
    return std::vector<std::string>();
  }
  absl::Status SyncDirectory(const std::string&) override { return Count(); }
  absl::Status CreateDirectory(const std::string&) override { return Count(); }
  absl::StatusOr<DiskSpace> Space(const std::string&) override { return DiskSpace{}; }
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string&) override {
    return std::make_unique<FileLock>();
  }

 private:
  class SlowFile final : public File {
   public:
    explicit SlowFile(SlowDisk& disk) : disk_(disk) {}
    absl::StatusOr<size_t> ReadAt(uint64_t, std::span<uint8_t>) override { return size_t{0}; }
    absl::Status WriteAt(uint64_t, std::span<const uint8_t>) override {
      ++disk_.writes;
      disk_.clock_.now_ns += disk_.write_ns_;
      return disk_.Count();
    }
    absl::Status Sync() override { return disk_.Count(); }
    absl::StatusOr<uint64_t> Size() override { return uint64_t{0}; }
    absl::Status ZeroFill(uint64_t) override { return disk_.Count(); }

   private:
    SlowDisk& disk_;
  };

  absl::Status Count() {
    const bool fails = ++operations == fail_at || (dies && fail_at != 0 && operations > fail_at);
    return fails ? absl::InternalError("simulated EIO") : absl::OkStatus();
  }

  SetClock& clock_;
  const int64_t write_ns_;
};

TEST_CASE("the faster way is chosen, and O_DIRECT where the page cache gains next to nothing") {
  struct Case {
    int64_t direct_us, buffered_us;
    WriteMode chosen;
  };
  for (const Case& one : {Case{70, 110, WriteMode::kDirect}, Case{100, 100, WriteMode::kDirect},
                          Case{100, 76, WriteMode::kDirect}, Case{100, 74, WriteMode::kBuffered},
                          Case{5'000, 2'000, WriteMode::kBuffered}}) {
    SetClock clock;
    SlowDisk direct(clock, one.direct_us * 1000), buffered(clock, one.buffered_us * 1000);
    const WriteModeReport report = MeasureWriteModes(direct, buffered, clock, "d");
    CHECK(report.mode == one.chosen);
    CHECK(report.direct_ns == 2 * one.direct_us * 1000);
    CHECK(report.buffered_ns == 2 * one.buffered_us * 1000);
    CHECK(direct.writes == buffered.writes);
  }
}

TEST_CASE("what is clear is measured for less long than what is not") {
  const auto writes = [](int64_t direct_us, int64_t buffered_us) {
    SetClock clock;
    SlowDisk direct(clock, direct_us * 1000), buffered(clock, buffered_us * 1000);
    static_cast<void>(MeasureWriteModes(direct, buffered, clock, "d"));
    return direct.writes;
  };
  const int close = writes(100, 90);
  CHECK(writes(100, 51) == close);
  CHECK(writes(100, 100) < close / 2);
  CHECK(writes(100, 49) == writes(100, 100));
}

TEST_CASE("measuring takes a tenth of a second, or one write of each kind") {
  for (const int64_t write_us : {100, 1'000, 5'000, 400'000}) {
    SetClock clock;
    SlowDisk direct(clock, write_us * 1000), buffered(clock, write_us * 500);
    CHECK(MeasureWriteModes(direct, buffered, clock, "d").mode == WriteMode::kBuffered);
    CHECK(clock.now_ns <= 100'000'000 + 3 * write_us * 1000 + 1);
    CHECK(direct.writes >= 2);
  }
}

TEST_CASE(
    "where only one way of writing works, it is the one; where none does, errors come later") {
  for (int n = 1; n <= 12; ++n) {
    CAPTURE(n);
    SetClock clock;
    SlowDisk broken(clock, 10'000), whole(clock, 100'000);
    broken.fail_at = n;
    const WriteModeReport report = MeasureWriteModes(broken, whole, clock, "d");
    CHECK(report.mode == WriteMode::kBuffered);
    CHECK(report.refused);
    CHECK(Describe(report) == "fdatasync (the file system refuses O_DIRECT)");
    SlowDisk direct(clock, 100'000), dying(clock, 10'000);
    dying.fail_at = n;
    dying.dies = true;
    CHECK(MeasureWriteModes(direct, dying, clock, "d").mode == WriteMode::kDirect);
    SlowDisk dead(clock, 100'000);
    dead.fail_at = 1;
    dead.dies = true;
    CHECK(MeasureWriteModes(dead, dead, clock, "d").mode == WriteMode::kDirect);
  }
}

TEST_CASE("the file that was measured in is removed after the last write, not among them") {
  SetClock clock;
  SlowDisk direct(clock, 100'000), buffered(clock, 100'000);
  static_cast<void>(MeasureWriteModes(direct, buffered, clock, "d"));
  CHECK(direct.removed_after.empty());
  CHECK(buffered.writes > 8);
  CHECK(buffered.removed_after == std::vector<int>{0, buffered.writes});
}

std::vector<std::filesystem::path> Places() {
  std::vector<std::filesystem::path> places = {std::filesystem::temp_directory_path()};
  if (std::filesystem::is_directory("/dev/shm")) places.emplace_back("/dev/shm");
  return places;
}

TEST_CASE("preparing measures before any durable file, and removes what a kill left") {
  for (const auto& place : Places()) {
    for (const WriteMode mode : {WriteMode::kMeasured, WriteMode::kDirect, WriteMode::kBuffered}) {
      std::string path = (place / "creneau-env-XXXXXX").string();
      REQUIRE(::mkdtemp(path.data()) != nullptr);
      PosixFileSystem files(mode);
      REQUIRE(files.Open(path + "/" + kProbeName, OpenMode::kCreate).ok());
      REQUIRE(files.PrepareDurable(path).ok());
      const WriteModeReport report = files.write_mode();
      CHECK(report.mode != WriteMode::kMeasured);
      if (mode != WriteMode::kMeasured) CHECK(report.mode == mode);
      CHECK((report.direct_ns > 0 || report.refused) == (mode == WriteMode::kMeasured));
      CHECK(files.List(path).value().empty());
      std::filesystem::remove_all(path);
    }
  }
  PosixFileSystem files;
  CHECK(files.PrepareDurable("/no/such/place").ok());  // its files will say so
}

TEST_CASE("on real file systems: each mode writes, and measuring leaves nothing behind") {
  for (const auto& place : Places()) {
    for (const WriteMode mode : {WriteMode::kMeasured, WriteMode::kDirect, WriteMode::kBuffered}) {
      std::string path = (place / "creneau-env-XXXXXX").string();
      REQUIRE(::mkdtemp(path.data()) != nullptr);
      PosixFileSystem files(mode);
      CHECK(files.write_mode().mode == WriteMode::kMeasured);
      REQUIRE((*files.Open(path + "/a", OpenMode::kCreate))->ZeroFill(2 * kAlignment).ok());
      auto file = files.Open(path + "/a", OpenMode::kDurable);
      REQUIRE(file.ok());
      alignas(kAlignment) static uint8_t page[kAlignment] = {'p'};
      CHECK((*file)->WriteAt(kAlignment, page).ok());
      const WriteModeReport report = files.write_mode();
      CHECK(report.mode != WriteMode::kMeasured);
      if (mode != WriteMode::kMeasured && !report.refused) CHECK(report.mode == mode);
      if (report.refused) CHECK(report.mode == WriteMode::kBuffered);
      CHECK(files.List(path).value() == std::vector<std::string>{"a"});
      std::filesystem::remove_all(path);
    }
  }
}

}  // namespace
}  // namespace creneau::env
