// Which way of making the log's writes durable is the faster one here: past the page cache with
// O_DIRECT|O_DSYNC, or through it with an fdatasync behind. It depends on the device, its cache and
// the file system, so it is measured where the log lies.
#pragma once

#include <cstdint>
#include <string>

#include "env/clock.h"
#include "env/file.h"

namespace creneau::env {

enum class WriteMode : uint8_t { kMeasured, kDirect, kBuffered };

// What is done, and why.
struct WriteModeReport {
  WriteMode mode = WriteMode::kMeasured;  // kMeasured: nothing was written yet
  bool refused = false;                   // O_DIRECT does not work on this file system
  // Medians of a page and of sixteen, together; 0: not measured.
  int64_t direct_ns = 0;
  int64_t buffered_ns = 0;
};

// What it is measured in, in the same directory as the segments: wal/FORMAT.md names it. Only a
// process that was killed while it measured leaves it; the next one removes it.
inline constexpr char kProbeName[] = "write.probe";

// Some writes of each kind, in turn, into a file of zeros that is made in `directory` for it and is
// removed again; a tenth of a second at most, but for a disk on which a single write takes longer.
// `direct` and `buffered` are the same file system, opening durable files in either mode. Where
// nothing can be measured, and where buffered writes are not faster by a quarter, it is kDirect;
// where direct ones fail and buffered ones do not, it is kBuffered.
WriteModeReport MeasureWriteModes(FileSystem& direct, FileSystem& buffered, const Clock& clock,
                                  const std::string& directory);

// For the diary: "O_DIRECT|O_DSYNC (measured: 190 us, with fdatasync 210 us)".
std::string Describe(const WriteModeReport& report);

}  // namespace creneau::env
