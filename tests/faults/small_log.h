// A log of several small segments, written by the engine itself, with two snapshots if wanted; and
// what every start on damaged copies of its files has to come to.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "booking/engine.h"
#include "tests/sim/machine.h"

namespace creneau::faults {

struct LogOptions {
  uint64_t segment_bytes = 5 * limits::kPageBytes;
  int segments = 2;
  bool sealed = false;  // stopped in peace; else killed, its last batch unsealed
  bool snapshots = false;
};

// The files, and what is in the log.
struct SmallLog {
  explicit SmallLog(const LogOptions& options);

  const LogOptions options;
  sim::Disk disk{7};
  sim::SimClock clock;
  std::vector<std::string> records;
  // The last batch with records, which is the last of all where the log is not sealed: all before
  // it was proven durable by what came after.
  std::string last_segment;
  uint64_t last_begin = 0;
  uint64_t last_end = 0;
  size_t records_before_last = 0;
  std::vector<std::string> segments;  // paths
  std::vector<std::string> snapshots;
  std::string state;  // digest of all of it
  std::string state_before_last;
};

// What a start said.
struct Answer {
  bool started = false;
  size_t records = 0;  // that were read; by the engine: none
  std::string state;   // by the engine
  std::string refusal;
};
enum class Kind : uint8_t { kExact, kTornTail, kRefused };

// A copy of the files to be damaged.
class Patient {
 public:
  explicit Patient(const SmallLog& log);

  void Restore();
  std::vector<uint8_t>& Bytes(const std::string& path) { return disk.Bytes(path); }
  // Two starts that read the log alone, and two of the whole engine. Each time: the state is exact,
  // or the last unsealed batch is missing and was touched, or the start is refused with file,
  // offset and remedy and has changed nothing; and the second says what the first said. Else fails
  // the test.
  Kind TryLog(bool last_batch_touched);
  Kind TryEngine(bool last_batch_touched);
  // Reads that were wrong during a first start of the engine, and are right in the second: what was
  // refused is exact then. Where the log's end was touched, and the first start has gone on from an
  // earlier place, the second is torn as well, or refused.
  Kind TryPassing(bool last_batch_touched, bool end_touched);

  Answer ReadLog();
  Answer OpenEngine();

  sim::Disk disk{7};
  bool mended = false;  // a start has changed the files

 private:
  Kind JudgeOne(const Answer& answer, bool last_batch_touched) const;
  Kind Judge(const Answer& first, const Answer& second, bool last_batch_touched) const;

  const SmallLog& log_;
};

// How many of each kind, printed in a line.
struct Figures {
  uint64_t exact = 0, torn = 0, refused = 0;
  void Add(Kind kind) {
    ++(kind == Kind::kExact ? exact : kind == Kind::kRefused ? refused : torn);
  }
  uint64_t all() const { return exact + torn + refused; }
  void Print(const std::string& what) const;
};

}  // namespace creneau::faults
