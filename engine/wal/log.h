// The write-ahead log: opaque records, group-committed, checksummed, chained (FORMAT.md). It knows
// bytes only.
//
// Producers push Commits from any thread and never wait for one another. One batch is in flight at
// a time; what arrives meanwhile is the next batch. The log thread writes them, or, while the
// device is quick, one of those who would only wait (as writers do in LevelDB), whom nobody has to
// wake then. A helper thread keeps zero-filled segments ahead.
//
// Errors: any failure of write, sync, rename or preallocation poisons the log for good: waiting and
// later commits come back as not durable (outcome-unknown), and then `failed` is called once, with
// what, where and what to do. No retry of a failed sync: the kernel may have dropped the pages it
// failed to write (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/limits.h"
#include "env/clock.h"
#include "env/file.h"
#include "wal/commit.h"

namespace creneau::wal {

using Chain = std::array<uint8_t, 32>;  // SHA-256

// Where a log stands after one of its batches: nothing before it can be changed without changing
// the chain.
struct Head {
  uint64_t batch = 0;
  Lsn lsn;             // of the last record
  uint64_t epoch = 0;  // of that batch; 0: it was before the place where this process began to read
  Chain chain{};
};

// Receives the records of a log in order. A status other than OK stops the reading and is returned
// as it is. One call at a time, all but End perhaps from a thread of the reader's.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual absl::Status Read(Lsn lsn, Instant written_at, std::string_view record) = 0;
  // After the last record of each batch: what is wrong with one of them can be said here, too.
  virtual absl::Status EndRecords() { return absl::OkStatus(); }
  // After that, and after each seal.
  virtual absl::Status EndBatch(const Head&) { return absl::OkStatus(); }
  // After the last record, before anything on disk is changed: a reader that finds the whole wrong
  // says so here.
  virtual absl::Status End() { return absl::OkStatus(); }
};

// Where reading can begin: a segment, and what stood at its end of everything before it. The
// default is the beginning of the log.
struct StartPoint {
  uint64_t segment = 1;
  uint64_t first_batch = 1;
  uint64_t first_lsn = 1;
  uint64_t previous_valid_bytes = 0;
  uint64_t previous_epoch = 0;
  Chain chain{};
  Instant previous_written_at;  // of the last batch before it; 0 when there was none

  friend bool operator==(const StartPoint&, const StartPoint&) = default;
};

// What reading a log found; `batches`, `records` and `bytes` count from where it began.
struct Recovery {
  uint64_t segments = 0;
  uint64_t batches = 0;  // seals included
  uint64_t records = 0;
  uint64_t bytes = 0;             // of those batches, padding included
  Lsn last_lsn;                   // 0: an empty log
  Chain chain{};                  // after the last valid batch
  uint64_t epoch = 0;             // of the last segment
  uint64_t last_segment = 0;      // its number, 0 when there is none
  uint64_t valid_bytes = 0;       // of the last segment
  uint64_t last_batch = 0;        // its number
  uint64_t last_batch_epoch = 0;  // 0: it was not read, the start point is after it
  Instant last_written_at;        // of the last batch; 0 when there is none
  bool torn = false;              // a tail that was never acknowledged was found
  std::string torn_file;          // where it was kept aside; by Verify: the segment it is in
  uint64_t torn_offset = 0;       // where in the segment it began
};

// What to make of archived segments that are newer than the newest in the directory: they belong to
// a later state than the rest (an older backup was restored beside them).
enum class ArchivedAhead { kRefuse, kLeaveOut };

// Reads every record, and repairs a torn, never acknowledged tail as FORMAT.md says (the tail is
// kept aside as
// `.torn`, then zeroed). Corruption is absl::DataLossError naming file, offset and remedy, with
// nothing changed on disk.
//
// From `start` on, segments before it are not looked at and may be gone; that one and all after it
// must be there, and must continue what `start` says. A segment that is not in the directory is
// looked for in `archive`, where one is given.
absl::StatusOr<Recovery> Recover(env::FileSystem& files, const std::string& directory,
                                 RecordReader& reader, const StartPoint& start = {},
                                 const std::string& archive = "",
                                 ArchivedAhead ahead = ArchivedAhead::kRefuse);

// The same, read-only: changes nothing, reports a torn tail. Also for a log that another process is
// writing. An empty `directory`: all segments are in the archive, as an export has them.
absl::StatusOr<Recovery> Verify(env::FileSystem& files, const std::string& directory,
                                RecordReader& reader, const StartPoint& start = {},
                                const std::string& archive = "");

struct LogOptions {
  std::string directory;  // must exist
  uint64_t segment_bytes = limits::kDefaultSegmentBytes;
  int64_t seal_after_ms = limits::kSealAfterMs;
  // Smaller where segments are, as simulations have them.
  size_t max_batch_bytes = limits::kMaxBatchBytes;
  // False: the log has no threads, and does its work within Turn.
  bool threads = true;
};

struct LogSpace {
  uint64_t ready_bytes = 0;  // zero-filled and not yet written: this segment's rest and the spares
  bool can_grow = true;      // the file system has room for the next spare
  // What spares that are not made yet could hold; as of the last look at the disk, a second ago.
  uint64_t growable_bytes = 0;
};

// For /metrics. Monotone since Open.
struct LogStats {
  uint64_t batches = 0;
  uint64_t seals = 0;
  uint64_t records = 0;
  uint64_t record_bytes = 0;
  uint64_t written_bytes = 0;  // padding included
  // Batches by the time their write took: at most 64us << i, the last one above all.
  static constexpr int kBuckets = 16;
  std::array<uint64_t, kBuckets> by_duration{};
  uint64_t duration_us_sum = 0;
};

// Read with every record, so it shares its line with nothing that is written.
class alignas(64) Log {
 public:
  // Continues where `recovery` ended, in a new segment, which is there when this returns; the next
  // spare is made meanwhile. `failed` is called from a thread of the log.
  static absl::StatusOr<std::unique_ptr<Log>> Open(env::FileSystem& files, const Clock& clock,
                                                   LogOptions options, const Recovery& recovery,
                                                   std::function<void(const absl::Status&)> failed);
  // Drains first.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Any thread, never waits. False: the log is closed, the commit is the caller's again and will
  // not be delivered. A commit with an owner wakes the log; one without is written with the next
  // that has one, or within some 20 ms.
  [[nodiscard]] bool Push(Commit* commit);

  // The same, by a thread that would only wait for `commit`, which has an owner. Where the device
  // has been quick of late and nobody else is writing, it writes what is waiting by itself: nobody
  // has to be woken, neither now nor when it is durable. What this finishes of the same owner's is
  // not delivered to it but comes back as `*finished`, a chain as Deliver gets it; null: it will be
  // delivered. Blocks for as long as what is waiting takes to write, as far as that fits into the
  // segment: a batch mostly, which takes longer than usual where the device falters. Memory that
  // runs out ends the process, as it would on the log thread.
  [[nodiscard]] bool PushAndWrite(Commit* commit, Commit** finished) noexcept;
  // Whether it would: batches have taken half a millisecond or less, on average. A hint. Any
  // thread.
  bool quick() const;

  // Of a log without threads: what they would do now, once. All that was pushed is written and
  // delivered, a seal that is due is written, a spare made. With threads: nothing.
  void Turn();

  // Writes all that was pushed, seals it, closes the queue, ends the threads. Later pushes are
  // refused. Idempotent.
  void Drain();

  LogSpace space() const;
  LogStats stats() const;
  Lsn durable_lsn() const;
  // The segment that is being written: every record that is not in it or after it was durable
  // before this returned. Any thread.
  StartPoint current_segment() const;
  // After the last batch that is durable. Any thread.
  Head head() const;
  // How long the batch in flight has been under way; 0 when there is none.
  int64_t in_flight_ms() const;
  // Whether more is waiting than the batch in flight has taken: what is pushed now is in the second
  // batch after it at the earliest. A hint. Any thread.
  bool behind() const;
  bool poisoned() const;

 private:
  class Impl;
  explicit Log(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace creneau::wal
