// Reading that begins at a segment which a snapshot names: the segments before it may be gone, that
// one and those after it may not.

#include "tests/wal/fixture.h"
#include "wal/archive.h"
#include "wal/format.h"

namespace creneau::wal {
namespace {

// Records with their positions, from wherever reading began.
class Tail final : public RecordReader {
 public:
  absl::Status Read(Lsn lsn, Instant, std::string_view record) override {
    if (records.empty()) first = lsn;
    records.emplace_back(record);
    return absl::OkStatus();
  }
  Lsn first;
  std::vector<std::string> records;
};

// A log of several segments, and what the log said of each when it was begun.
struct Segments {
  Segments() {
    const std::string large(200'000, 'x');
    for (int run = 0; run < 2; ++run) {
      auto log = disk.Open();
      REQUIRE(log.ok());
      Waiter waiter;
      for (int i = 0; i < 25; ++i) {
        REQUIRE(waiter.Write(**log, std::to_string(run * 25 + i) + large));
        const StartPoint now = (*log)->current_segment();
        if (starts.empty() || starts.back().segment != now.segment) starts.push_back(now);
      }
    }
  }
  absl::StatusOr<Recovery> VerifyFrom(const StartPoint& start) {
    tail = Tail();
    return Verify(disk.files, kDirectory, tail, start);
  }

  Disk disk;
  std::vector<StartPoint> starts;
  Tail tail;
};

}  // namespace

TEST_CASE("reading from any segment on comes to the same end as reading from the beginning") {
  Segments log;
  REQUIRE(log.starts.size() >= 6);
  CHECK(log.starts.front() == StartPoint{});
  const auto whole = log.VerifyFrom({});
  REQUIRE(whole.ok());
  CHECK(log.tail.records.size() == 50);
  for (const StartPoint& start : log.starts) {
    INFO("segment " << start.segment);
    for (uint64_t gone = 1; gone < start.segment; ++gone)
      log.disk.files.files.erase(kDirectory + "/" + SegmentName(gone));
    const auto read = log.VerifyFrom(start);
    INFO(read.status());
    REQUIRE(read.ok());
    CHECK(read->chain == whole->chain);
    CHECK(read->last_lsn == whole->last_lsn);
    CHECK(read->last_batch == whole->last_batch);
    CHECK(read->last_segment == whole->last_segment);
    CHECK(read->epoch == whole->epoch);
    CHECK(read->last_written_at == whole->last_written_at);
    CHECK(read->records == 50 - (start.first_lsn - 1));
    CHECK(log.tail.first.value == start.first_lsn);
    CHECK(log.tail.records.front().starts_with(std::to_string(start.first_lsn - 1) + "x"));
    CHECK(log.tail.records.size() == read->records);
  }
}

TEST_CASE("a log goes on after a recovery that began at a later segment") {
  Segments log;
  const StartPoint last = log.starts.back();
  for (uint64_t gone = 1; gone < last.segment; ++gone)
    log.disk.files.files.erase(kDirectory + "/" + SegmentName(gone));
  Tail tail;
  const auto recovery = Recover(log.disk.files, kDirectory, tail, last);
  REQUIRE(recovery.ok());
  {
    auto opened = Log::Open(log.disk.files, log.disk.clock,
                            LogOptions{kDirectory, limits::kMinSegmentBytes, 5}, *recovery,
                            [](const absl::Status&) {});
    REQUIRE(opened.ok());
    Waiter waiter;
    REQUIRE(waiter.Write(**opened, "one more"));
    CHECK(waiter.lsn.value == 51);
    CHECK((*opened)->current_segment().segment == last.segment + 1);
    CHECK((*opened)->current_segment().previous_epoch == recovery->epoch);
  }
  const auto read = log.VerifyFrom(last);
  REQUIRE(read.ok());
  CHECK(log.tail.records.back() == "one more");
}

TEST_CASE("a log goes on at a later LSN in a later era, and only there") {
  for (const bool later_era : {false, true}) {
    Segments log;
    Tail tail;
    auto recovery = Recover(log.disk.files, kDirectory, tail);
    REQUIRE(recovery.ok());
    recovery->last_lsn = Lsn{5'000'000};
    if (later_era) recovery->epoch = (uint64_t{7} << kEraShift) - 1;
    auto opened = Log::Open(log.disk.files, log.disk.clock,
                            LogOptions{kDirectory, limits::kMinSegmentBytes, 5}, *recovery,
                            [](const absl::Status&) {});
    REQUIRE(opened.ok());
    Waiter waiter;
    REQUIRE(waiter.Write(**opened, "one more"));
    CHECK(waiter.lsn.value == 5'000'001);
    CHECK(EraOf((*opened)->head().epoch) == (later_era ? 7 : 0));
    opened->reset();
    const auto read = log.VerifyFrom({});
    CHECK(read.ok() == later_era);
    if (read.ok()) CHECK(read->last_lsn.value == 5'000'001);
  }
}

TEST_CASE(
    "archived segments newer than the log are refused, or left out where that was asked for") {
  Segments log;
  const uint64_t last = log.starts.back().segment;
  const std::string name = SegmentName(last);
  REQUIRE(log.disk.files.CreateDirectory("archive").ok());
  REQUIRE(ArchiveSegment(log.disk.files, kDirectory, "archive", last).ok());
  for (const ArchivedAhead ahead : {ArchivedAhead::kRefuse, ArchivedAhead::kLeaveOut}) {
    Tail tail;
    const auto read = Recover(log.disk.files, kDirectory, tail, {}, "archive", ahead);
    CHECK(read.ok() == (ahead == ArchivedAhead::kLeaveOut));
    if (read.ok()) CHECK(read->last_segment == last - 1);
  }
}

TEST_CASE("the segment that reading begins at, or one after it, is missing: refused, and named") {
  Segments log;
  const StartPoint start = log.starts[2];
  const auto before = log.disk.files.Copy();
  for (const uint64_t missing : {start.segment, start.segment + 1}) {
    const std::string name = SegmentName(missing);
    const auto kept = log.disk.files.files.extract(kDirectory + "/" + name);
    const auto read = log.VerifyFrom(start);
    CHECK(absl::IsDataLoss(read.status()));
    CHECK(std::string(read.status().message()).find(name) != std::string::npos);
    log.disk.files.files[kDirectory + "/" + name] = kept.mapped();
  }
  for (const StartPoint& each : log.starts)
    log.disk.files.files.erase(kDirectory + "/" + SegmentName(each.segment));
  CHECK(absl::IsDataLoss(log.VerifyFrom(start).status()));
  CHECK(log.VerifyFrom({}).ok());  // an empty log
}

TEST_CASE("a segment that does not continue what the start says is refused") {
  Segments log;
  const StartPoint right = log.starts[2];
  const auto wrong = [&](auto change) {
    StartPoint start = right;
    change(start);
    return absl::IsDataLoss(log.VerifyFrom(start).status());
  };
  CHECK(wrong([](StartPoint& s) { s.chain[7] ^= 1; }));
  CHECK(wrong([](StartPoint& s) { ++s.first_lsn; }));
  CHECK(wrong([](StartPoint& s) { --s.first_batch; }));
  CHECK(wrong([](StartPoint& s) { s.previous_valid_bytes += 4096; }));
  CHECK(wrong([](StartPoint& s) { s.previous_epoch += 9; }));
  CHECK(wrong([](StartPoint& s) { ++s.segment; }));
  CHECK_FALSE(wrong([](StartPoint&) {}));
}

TEST_CASE("the header of the segment that a snapshot names is not taken for a start's leftover") {
  Segments log;
  const StartPoint last = log.starts.back();
  auto& bytes = log.disk.files.At(kDirectory + "/" + SegmentName(last.segment));
  std::fill(bytes.begin(), bytes.end(), uint8_t{0});
  CHECK(absl::IsDataLoss(log.VerifyFrom(last).status()));
}

}  // namespace creneau::wal
