// Archived segments: the same log, whatever form its beginning has, and whatever interrupted the
// archiving.

#include "wal/archive.h"

#include "tests/wal/fixture.h"
#include "wal/format.h"

namespace creneau::wal {
namespace {

inline const std::string kArchive = "archive";

// Four segments, of which the last is the log's end.
struct Shelf {
  Shelf() {
    const std::string large(200'000, 'x');
    auto log = disk.Open();
    REQUIRE(log.ok());
    Waiter waiter;
    for (int i = 0; i < 40; ++i) REQUIRE(waiter.Write(**log, std::to_string(i) + large));
  }
  absl::Status Archive(uint64_t segment) {
    return ArchiveSegment(disk.files, kDirectory, kArchive, segment);
  }
  bool Has(const std::string& path) { return disk.files.files.contains(path); }
  absl::StatusOr<Recovery> Read() {
    Collector collector;
    auto read = Verify(disk.files, kDirectory, collector, {}, kArchive);
    records = collector.records.size();
    return read;
  }
  Disk disk;
  size_t records = 0;
};

std::string Archived(uint64_t segment) { return kArchive + "/" + ArchivedName(segment); }

}  // namespace

TEST_CASE("a segment counts in either form, and reads the same") {
  Shelf shelf;
  const auto before = shelf.Read();
  REQUIRE(before.ok());
  REQUIRE(before->segments == 4);
  for (const uint64_t segment : {1, 2, 3}) {
    const size_t original = shelf.disk.files.At(kDirectory + "/" + SegmentName(segment)).size();
    REQUIRE(shelf.Archive(segment).ok());
    CHECK_FALSE(shelf.Has(kDirectory + "/" + SegmentName(segment)));
    CHECK(shelf.disk.files.At(Archived(segment)).size() < original / 10);
    const auto read = shelf.Read();
    INFO(read.status());
    REQUIRE(read.ok());
    CHECK(read->chain == before->chain);
    CHECK(shelf.records == 40);
  }
  // Without the archive, the log's beginning is missing.
  Collector collector;
  CHECK(absl::IsDataLoss(Verify(shelf.disk.files, kDirectory, collector).status()));
}

TEST_CASE("interrupted at any operation, the log is whole, and archiving can be done again") {
  int interrupted = 0;
  for (int at = 1;; ++at) {
    INFO("operation " << at);
    Shelf shelf;
    shelf.disk.files.operations = 0;
    shelf.disk.files.fail_at = at;
    const absl::Status status = shelf.Archive(1);
    shelf.disk.files.fail_at = 0;
    REQUIRE(shelf.Read().ok());
    REQUIRE(shelf.records == 40);
    if (status.ok()) break;
    ++interrupted;
    const absl::Status again = shelf.Archive(1);
    CHECK((again.ok() || !shelf.Has(kFirst)));
    REQUIRE(shelf.Read().ok());
    CHECK(shelf.Has(Archived(1)));
    CHECK_FALSE(shelf.Has(kFirst));
  }
  CHECK(interrupted >= 8);
}

TEST_CASE("a damaged archived segment is refused and named") {
  Shelf shelf;
  REQUIRE(shelf.Archive(1).ok());
  const auto undamaged = shelf.Read();
  REQUIRE(undamaged.ok());
  const MemoryFiles::Bytes whole = shelf.disk.files.At(Archived(1));
  int unread = 0;
  for (size_t at = 0; at < whole.size(); at += 1 + whole.size() / 200) {
    INFO("byte " << at);
    shelf.disk.files.At(Archived(1))[at] ^= 0x10;
    const auto read = shelf.Read();
    shelf.disk.files.At(Archived(1)) = whole;
    // zstd does not read every bit, one of its header's and those that fill up a block's last byte:
    // the segment's bytes are then what they were, as the log's own chain has checked.
    if (read.ok()) {
      REQUIRE(read->chain == undamaged->chain);
      ++unread;
      continue;
    }
    REQUIRE(absl::IsDataLoss(read.status()));
    CHECK(std::string(read.status().message()).find(Archived(1)) != std::string::npos);
  }
  CHECK(unread <= 3);
  shelf.disk.files.At(Archived(1)).resize(whole.size() / 2);
  CHECK(absl::IsDataLoss(shelf.Read().status()));
  // One that decompresses and is another segment: the log's own checks see it.
  shelf.disk.files.At(Archived(1)) = whole;
  REQUIRE(shelf.Archive(2).ok());
  shelf.disk.files.At(Archived(2)) = whole;
  CHECK(absl::IsDataLoss(shelf.Read().status()));
}

TEST_CASE("the original is taken where both forms are, and the last segment must be one") {
  Shelf shelf;
  const MemoryFiles::Bytes original = shelf.disk.files.At(kFirst);
  REQUIRE(shelf.Archive(1).ok());
  shelf.disk.files.files[kFirst] = std::make_shared<MemoryFiles::Bytes>(original);
  shelf.disk.files.At(Archived(1))[9] ^= 1;
  CHECK(shelf.Read().ok());
  for (const uint64_t segment : {1, 2, 3, 4}) REQUIRE(shelf.Archive(segment).ok());
  const auto read = shelf.Read();
  REQUIRE(absl::IsDataLoss(read.status()));
  CHECK(std::string(read.status().message()).find(SegmentName(5)) != std::string::npos);
}

}  // namespace creneau::wal
