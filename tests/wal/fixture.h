// Opening, filling and reading logs in a few words.
#pragma once

#include <atomic>
#include <cstdlib>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "catch2/catch.hpp"
#include "env/posix/posix_clock.h"
#include "tests/wal/memory_files.h"
#include "wal/log.h"

namespace creneau::wal {

inline const std::string kDirectory = "log";
inline const std::string kFirst = "log/0000000000000001.seg";
inline const std::string kSecond = "log/0000000000000002.seg";

// For the log's threads and other threads of tests: Catch2's own checks are for one thread.
inline void Must(bool expected) {
  if (!expected) std::abort();
}

class Collector final : public RecordReader {
 public:
  absl::Status Read(Lsn lsn, Instant, std::string_view record) override {
    CHECK(lsn.value == records.size() + 1);
    records.emplace_back(record);
    return absl::OkStatus();
  }
  std::vector<std::string> records;
};

// One waiter: pushes a record and a barrier, and waits for it.
class Waiter final : public Completions {
 public:
  void Deliver(Commit* chain) override {
    Must(chain->next == nullptr);
    durable = chain->durable;
    lsn = chain->lsn;
    done_.release();
  }
  // Whether it was acknowledged.
  bool Write(Log& log, std::string_view record) {
    Commit commit;
    commit.bytes = record;
    commit.owner = this;
    if (!log.Push(&commit)) return false;
    done_.acquire();
    return durable;
  }
  bool durable = false;
  Lsn lsn;

 private:
  std::binary_semaphore done_{0};
};

struct Disk {
  MemoryFiles files;
  env::PosixClock clock;
  std::atomic<int> failures{0};
  std::vector<std::string> records;  // as the last recovery read them

  // Recovers and opens; the recovery is in `recovery`.
  absl::StatusOr<std::unique_ptr<Log>> Open(uint64_t segment_bytes = limits::kMinSegmentBytes,
                                            int64_t seal_after_ms = 5) {
    Collector collector;
    auto recovered = Recover(files, kDirectory, collector);
    records = collector.records;
    if (!recovered.ok()) return recovered.status();
    recovery = *recovered;
    LogOptions options{kDirectory, segment_bytes, seal_after_ms};
    return Log::Open(files, clock, options, recovery, [this](const absl::Status&) { ++failures; });
  }
  Recovery recovery;
};

// After its last sealed batch, a log that was killed before the seal: 10 records, one batch each,
// the last unsealed.
inline constexpr int64_t kNeverSeal = 3'600'000;

}  // namespace creneau::wal
