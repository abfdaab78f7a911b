// A log told in lines, so that inputs are small and readable and mutations get past the checksums.
// The files lie in memory, each segment as long as what was written, and the zeros asked for.
//
//   S                 the next segment: its header, as the engine would write it
//   B one|two         a batch with these records, as the engine would write it
//   Z                 a seal
//   s BYTES, b BYTES  a segment's header, a batch of the records `left` and `right`, some octets of
//                     which are changed before checksums and chain are made to fit: pairs of
//                     offset and what to XOR; from 64 on, offsets of a batch are in its body
//   p BYTES           a page that begins with these bytes
//   0                 a page of zeros
//   x BYTES           one octet of the last segment changed: three octets of offset, one to XOR
//   t BYTES           the last segment cut: three octets of offset
//   c                 the last page once more
//   g                 a segment's number is left out
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fuzz.h"
#include "tests/wal/memory_files.h"
#include "wal/format.h"

namespace creneau::fuzz {

class LogScript {
 public:
  LogScript(wal::MemoryFiles& files, std::string directory);

  // Lines beyond this many are left aside: an input costs time by its lines.
  static constexpr size_t kMaxLines = 24;
  void Run(std::string_view text);

  void Segment(std::string_view patches = "");
  void Batch(const std::vector<std::string_view>& records, bool seal,
             std::string_view patches = "");

  // What an engine would have written so far, and been told by its disk.
  std::vector<std::string> records;
  size_t proven = 0;   // how many of them something later says were durable
  int changes = 0;     // octets that really changed
  bool honest = true;  // an engine could have written it, but for the changes

 private:
  void Page(std::string_view bytes);
  void Damage(char kind, Source bytes);
  wal::MemoryFiles::Bytes* last();

  wal::MemoryFiles& files_;
  const std::string directory_;
  std::string path_;    // of the last segment; empty: none yet
  bool zeros_ = false;  // the last segment ends with pages of zeros
  uint64_t segment_ = 0;
  uint64_t epoch_ = 0;
  uint64_t batch_ = 0;
  uint64_t lsn_ = 0;
  uint64_t valid_bytes_ = 0;
  wal::Chain chain_{};
  wal::ChainHash hash_;
};

}  // namespace creneau::fuzz
