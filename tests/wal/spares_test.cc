// The helper that keeps spare segments, and what it does to the log's start.

#include "wal/spares.h"

#include <chrono>
#include <thread>

#include "tests/wal/fixture.h"
#include "wal/format.h"

namespace creneau::wal {
namespace {

// Memory whose zeros come only once somebody is in a hurry for them, or never: then filling fails
// after ten seconds. Notes what was asked of it first.
class LazyFiles final : public env::FileSystem {
 public:
  std::string first_call;
  MemoryFiles memory;

  absl::Status PrepareDurable(const std::string& directory) override {
    Note("prepare " + directory);
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<env::File>> Open(const std::string& path,
                                                  env::OpenMode mode) override {
    Note("open " + path);
    auto file = memory.Open(path, mode);
    if (!file.ok()) return file.status();
    return std::make_unique<LazyFile>(*std::move(file));
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return memory.Rename(from, to);
  }
  absl::Status Remove(const std::string& path) override {
    Note("remove " + path);
    return memory.Remove(path);
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    return memory.List(directory);
  }
  absl::Status SyncDirectory(const std::string& directory) override {
    return memory.SyncDirectory(directory);
  }
  absl::Status CreateDirectory(const std::string&) override { return absl::OkStatus(); }
  absl::StatusOr<env::DiskSpace> Space(const std::string& directory) override {
    return memory.Space(directory);
  }
  absl::StatusOr<std::unique_ptr<env::FileLock>> Lock(const std::string& path) override {
    return memory.Lock(path);
  }

 private:
  class LazyFile final : public env::File {
   public:
    explicit LazyFile(std::unique_ptr<env::File> file) : file_(std::move(file)) {}
    absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
      return file_->ReadAt(offset, out);
    }
    absl::Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
      return file_->WriteAt(offset, bytes);
    }
    absl::Status Sync() override { return file_->Sync(); }
    absl::StatusOr<uint64_t> Size() override { return file_->Size(); }
    absl::Status ZeroFill(uint64_t bytes) override { return file_->ZeroFill(bytes); }
    absl::Status ZeroFillResting(uint64_t bytes, const std::atomic<bool>& hurry) override {
      for (int ms = 0; ms < 10'000; ++ms) {
        if (hurry.load()) return file_->ZeroFill(bytes);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      return absl::DeadlineExceededError("nobody was in a hurry");
    }

   private:
    const std::unique_ptr<env::File> file_;
  };

  void Note(const std::string& call) {
    if (first_call.empty()) first_call = call;
  }
};

TEST_CASE("while the log waits for a spare it is filled without rests") {
  for (const bool threaded : {true, false}) {
    LazyFiles files;
    Spares spares(files, kDirectory, limits::kMinSegmentBytes, threaded);
    REQUIRE(spares.Adopt().ok());
    spares.Start();
    for (int segment = 1; segment <= 3; ++segment) {
      CHECK_FALSE(spares.ready());
      const absl::Status taken =
          spares.Take(kDirectory + "/" + SegmentName(static_cast<uint64_t>(segment)));
      INFO(taken);
      REQUIRE(taken.ok());
    }
    // The end, too, waits for the one that the helper has begun.
    spares.Stop();
    CHECK(spares.failure().ok());
  }
}

TEST_CASE("how durable files are written is learnt before anything is done to the disk") {
  LazyFiles files;
  env::PosixClock clock;
  LogOptions options{kDirectory, limits::kMinSegmentBytes, kNeverSeal};
  options.threads = false;
  const auto log = Log::Open(files, clock, options, Recovery{}, [](const absl::Status&) {});
  REQUIRE(log.ok());
  CHECK(files.first_call == "prepare " + kDirectory);
}

}  // namespace
}  // namespace creneau::wal
