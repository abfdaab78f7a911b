// Real files, of which those whose path has a given part fail. The fault model: a process that dies
// at an operation on such a file, as far as those files can tell. The n-th one does not happen (a
// write may have done half), and none after it does; reads are not counted, as they change nothing,
// and fail after that too. Everything else, the log above all, goes on.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "env/file.h"

namespace creneau::booking {

class FaultyFiles final : public env::FileSystem {
 public:
  FaultyFiles(env::FileSystem& files, std::string part) : files_(files), part_(std::move(part)) {}

  // 0: never.
  std::atomic<int> die_at{0};
  std::atomic<int> operations{0};
  // Whether the disk says that it has no room left; writes into what is there go on.
  std::atomic<bool> is_full{false};

  absl::StatusOr<std::unique_ptr<env::File>> Open(const std::string& path,
                                                  env::OpenMode mode) override {
    if (!Concerns(path)) return files_.Open(path, mode);
    if (!Lives(mode == env::OpenMode::kCreate)) return Dead();
    auto file = files_.Open(path, mode);
    if (!file.ok()) return file.status();
    return std::make_unique<FaultyFile>(*this, *std::move(file));
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    const bool concerned = Concerns(from) || Concerns(to);
    return !concerned || Lives(true) ? files_.Rename(from, to) : Dead();
  }
  absl::Status Remove(const std::string& path) override {
    return !Concerns(path) || Lives(true) ? files_.Remove(path) : Dead();
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    return files_.List(directory);
  }
  absl::Status SyncDirectory(const std::string& directory) override {
    return !Concerns(directory) || Lives(true) ? files_.SyncDirectory(directory) : Dead();
  }
  absl::Status CreateDirectory(const std::string& directory) override {
    return files_.CreateDirectory(directory);
  }
  absl::StatusOr<env::DiskSpace> Space(const std::string& directory) override {
    if (is_full.load()) return env::DiskSpace{};
    return files_.Space(directory);
  }
  absl::StatusOr<std::unique_ptr<env::FileLock>> Lock(const std::string& path) override {
    return files_.Lock(path);
  }

 private:
  class FaultyFile final : public env::File {
   public:
    FaultyFile(FaultyFiles& disk, std::unique_ptr<env::File> file)
        : disk_(disk), file_(std::move(file)) {}
    absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
      if (!disk_.Lives(false)) return Dead();
      return file_->ReadAt(offset, out);
    }
    absl::Status WriteAt(uint64_t offset, std::span<const uint8_t> bytes) override {
      const bool alive = disk_.Lives(false);
      if (disk_.Lives(true)) return file_->WriteAt(offset, bytes);
      // Of a log, whole pages.
      size_t half = bytes.size() / 2;
      if (bytes.size() % limits::kPageBytes == 0) half -= half % limits::kPageBytes;
      if (alive && half > 0) static_cast<void>(file_->WriteAt(offset, bytes.first(half)));
      return Dead();
    }
    absl::Status Sync() override { return disk_.Lives(true) ? file_->Sync() : Dead(); }
    absl::StatusOr<uint64_t> Size() override { return file_->Size(); }
    absl::Status ZeroFill(uint64_t bytes) override { return file_->ZeroFill(bytes); }

   private:
    FaultyFiles& disk_;
    const std::unique_ptr<env::File> file_;
  };

  static absl::Status Dead() { return absl::InternalError("simulated death"); }
  bool Concerns(const std::string& path) const { return path.find(part_) != std::string::npos; }
  bool Lives(bool counts) {
    if (counts) ++operations;
    const int at = die_at.load();
    return at == 0 || operations.load() < at;
  }

  env::FileSystem& files_;
  const std::string part_;
};

}  // namespace creneau::booking
