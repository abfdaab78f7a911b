// A disk in memory, for tests of the log. The fault model: every operation is counted; the n-th
// fails with the error given, and every one after it, as a disk that has died. Nothing is lost or
// torn by itself: tests cut and flip the bytes they want.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/clock.h"
#include "env/file.h"

namespace creneau::wal {

class MemoryFiles final : public env::FileSystem {
 public:
  using Bytes = std::vector<uint8_t>;

  // Guarded by mutex; tests touch them when no log is open.
  std::map<std::string, std::shared_ptr<Bytes>> files;
  uint64_t available_bytes = 1ull << 40;
  int fail_at = 0;  // 0: never
  int operations = 0;
  int stall_ms = 0;                         // before a write that fails, as disks do
  std::set<std::thread::id> made_segments;  // who gave a file a segment's name
  absl::Status failure = absl::UnavailableError("simulated EIO");
  std::mutex mutex;

  Bytes& At(const std::string& path) { return *files.at(path); }
  std::map<std::string, Bytes> Copy() {
    const std::lock_guard lock(mutex);
    std::map<std::string, Bytes> copy;
    for (const auto& [path, bytes] : files) copy[path] = *bytes;
    return copy;
  }

  absl::StatusOr<std::unique_ptr<env::File>> Open(const std::string& path,
                                                  env::OpenMode mode) override {
    const std::lock_guard lock(mutex);
    if (absl::Status status = Count(); !status.ok()) return status;
    const bool exists = files.contains(path);
    if (mode == env::OpenMode::kCreate) {
      if (exists) return absl::AlreadyExistsError(path);
      files[path] = std::make_shared<Bytes>();
    } else if (!exists) {
      return absl::NotFoundError(path);
    }
    return std::make_unique<MemoryFile>(*this, files[path]);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    const std::lock_guard lock(mutex);
    if (absl::Status status = Count(); !status.ok()) return status;
    if (!files.contains(from)) return absl::NotFoundError(from);
    if (to.ends_with(".seg")) made_segments.insert(std::this_thread::get_id());
    files[to] = std::move(files[from]);
    files.erase(from);
    return absl::OkStatus();
  }
  absl::Status Remove(const std::string& path) override {
    const std::lock_guard lock(mutex);
    if (absl::Status status = Count(); !status.ok()) return status;
    return files.erase(path) == 1 ? absl::OkStatus() : absl::NotFoundError(path);
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    const std::lock_guard lock(mutex);
    std::vector<std::string> names;
    for (const auto& [path, bytes] : files) {
      if (path.starts_with(directory + "/")) names.push_back(path.substr(directory.size() + 1));
    }
    return names;
  }
  absl::Status SyncDirectory(const std::string&) override {
    const std::lock_guard lock(mutex);
    return Count();
  }
  absl::Status CreateDirectory(const std::string&) override { return absl::OkStatus(); }
  absl::StatusOr<env::DiskSpace> Space(const std::string&) override {
    const std::lock_guard lock(mutex);
    return env::DiskSpace{available_bytes, available_bytes};
  }
  absl::StatusOr<std::unique_ptr<env::FileLock>> Lock(const std::string&) override {
    return std::make_unique<env::FileLock>();
  }

 private:
  class MemoryFile final : public env::File {
   public:
    MemoryFile(MemoryFiles& disk, std::shared_ptr<Bytes> bytes)
        : disk_(disk), bytes_(std::move(bytes)) {}
    absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
      const std::lock_guard lock(disk_.mutex);
      if (offset >= bytes_->size()) return size_t{0};
      const size_t length = std::min(out.size(), bytes_->size() - static_cast<size_t>(offset));
      std::copy_n(bytes_->begin() + static_cast<ptrdiff_t>(offset), length, out.begin());
      return length;
    }
    absl::Status WriteAt(uint64_t offset, std::span<const uint8_t> in) override {
      std::unique_lock lock(disk_.mutex);
      if (absl::Status status = disk_.Count(); !status.ok()) {
        const std::chrono::milliseconds stall(disk_.stall_ms);
        lock.unlock();
        std::this_thread::sleep_for(stall);
        return status;
      }
      bytes_->resize(std::max(bytes_->size(), static_cast<size_t>(offset) + in.size()));
      std::copy(in.begin(), in.end(), bytes_->begin() + static_cast<ptrdiff_t>(offset));
      return absl::OkStatus();
    }
    absl::Status Sync() override {
      const std::lock_guard lock(disk_.mutex);
      return disk_.Count();
    }
    absl::StatusOr<uint64_t> Size() override {
      const std::lock_guard lock(disk_.mutex);
      return uint64_t{bytes_->size()};
    }
    absl::Status ZeroFill(uint64_t size) override {
      const std::lock_guard lock(disk_.mutex);
      if (absl::Status status = disk_.Count(); !status.ok()) return status;
      if (size > disk_.available_bytes) return absl::ResourceExhaustedError("simulated ENOSPC");
      disk_.available_bytes -= size;
      bytes_->assign(static_cast<size_t>(size), 0);
      return absl::OkStatus();
    }

   private:
    MemoryFiles& disk_;
    const std::shared_ptr<Bytes> bytes_;
  };

  absl::Status Count() {
    ++operations;
    return fail_at != 0 && operations >= fail_at ? failure : absl::OkStatus();
  }
};

}  // namespace creneau::wal
