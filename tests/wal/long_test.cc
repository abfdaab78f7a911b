// A log long enough that another thread passes its records on (handover.h), and in segments long
// enough that a third reads them ahead (ahead.h): nobody can tell.

#include "tests/wal/fixture.h"
#include "wal/ahead.h"
#include "wal/format.h"
#include "wal/handover.h"

namespace creneau::wal {
namespace {

// Stops at a record, by its LSN, or after its batch's records.
class Refuser final : public RecordReader {
 public:
  explicit Refuser(uint64_t refused, bool at_end = false) : refused_(refused), at_end_(at_end) {}
  absl::Status Read(Lsn lsn, Instant, std::string_view) override {
    Must(lsn.value == ++last_ && !ended_);
    return lsn.value == refused_ && !at_end_ ? absl::DataLossError("no such seat")
                                             : absl::OkStatus();
  }
  absl::Status EndRecords() override {
    return at_end_ && last_ >= refused_ ? absl::DataLossError("no such seat") : absl::OkStatus();
  }
  absl::Status EndBatch(const Head& head) override {
    Must(head.lsn.value == last_);
    return absl::OkStatus();
  }
  absl::Status End() override {
    ended_ = true;
    return absl::OkStatus();
  }
  uint64_t last() const { return last_; }
  bool ended() const { return ended_; }

 private:
  const uint64_t refused_;
  const bool at_end_;
  uint64_t last_ = 0;
  bool ended_ = false;
};

constexpr int kRecords = 60;  // a batch each, of 60 KiB: three and a half MiB in several segments
constexpr uint64_t kLongSegment = 2 * Piece::kChunkBytes + 16 * limits::kPageBytes;
constexpr uint64_t kSegmentBytes[] = {limits::kMinSegmentBytes, kLongSegment};

struct Long {
  // The second half is written after a restart, behind which a segment's rest is zeros.
  explicit Long(uint64_t segment_bytes = limits::kMinSegmentBytes) {
    for (const int half : {0, 1}) {
      auto log = disk.Open(segment_bytes);
      REQUIRE(log.ok());
      Waiter waiter;
      for (int i = half * kRecords / 2; i < (half + 1) * kRecords / 2; ++i)
        REQUIRE(waiter.Write(**log, std::string(60'000, static_cast<char>('a' + i % 26))));
    }
  }
  std::string Verdict(RecordReader& reader) {
    const auto read = Verify(disk.files, kDirectory, reader);
    return read.ok() ? "" : std::string(read.status().message());
  }
  // A byte in the middle of a segment is not what it was.
  void Damage(const std::string& path, size_t at) {
    const std::lock_guard lock(disk.files.mutex);
    disk.files.At(path)[at] ^= 1;
  }
  Disk disk;
};

TEST_CASE("a long log is read whole and in order") {
  for (const uint64_t segment_bytes : kSegmentBytes) {
    Long log(segment_bytes);
    Refuser reader(0);
    CHECK(log.Verdict(reader).empty());
    CHECK(reader.last() == kRecords);
    CHECK(reader.ended());
  }
}

TEST_CASE("of a long log, what is wrong first is told, and nothing behind it is read") {
  const uint64_t segment_bytes = GENERATE(limits::kMinSegmentBytes, kLongSegment);
  Long log(segment_bytes);
  const std::string wrong = "batch at offset ";
  for (const bool at_end : {false, true}) {
    Refuser reader(20, at_end);
    const std::string said = log.Verdict(reader);
    CHECK(said.find("log/0000000000000001.seg, " + wrong) == 0);
    CHECK(said.find("no such seat. Nothing on disk was changed.") != std::string::npos);
    CHECK(reader.last() == 20);
    CHECK(!reader.ended());
  }
  // Damage behind it changes nothing of that.
  Refuser before(20);
  const std::string said = log.Verdict(before);
  log.Damage(kSecond, 100'000);
  Refuser again(20);
  CHECK(log.Verdict(again) == said);
  // Damage alone: all before it is read, nothing behind it, and it is what is told.
  Refuser none(0);
  CHECK(log.Verdict(none).find(kSecond + ", offset ") == 0);
  CHECK(none.last() > 20);
  CHECK(none.last() < kRecords);
  CHECK(!none.ended());
  // And damage before it is told instead of it.
  log.Damage(kFirst, 100'000);
  Refuser late(20);
  CHECK(log.Verdict(late).find(kFirst + ", offset ") == 0);
  CHECK(late.last() < 20);
}

TEST_CASE("one thread and two make the same of a batch, and stop at the same one") {
  for (const size_t threads : {1u, 2u}) {
    std::vector<uint64_t> taken;
    Handover handover(
        [&](const std::string&, const CheckedBatch& batch) {
          taken.push_back(batch.offset);
          return batch.offset == 70 ? absl::DataLossError("seventy") : absl::OkStatus();
        },
        threads);
    for (uint64_t i = 0; i < 1'000; i += 3) {
      absl::StatusOr<std::unique_ptr<Piece>> piece = handover.Empty();
      if (!piece.ok()) break;
      REQUIRE((*piece)->batches.empty());
      for (uint64_t batch = i; batch < i + 3; ++batch)
        (*piece)->batches.push_back({batch, {}, (*piece)->chunk()});
      handover.Give(*std::move(piece));
    }
    CHECK(handover.Finish() == absl::DataLossError("seventy"));
    CHECK(taken.size() == 71);
    CHECK(taken.back() == 70);
    CHECK(handover.Finish() == absl::DataLossError("seventy"));
  }
}

// Each page says which one it is; nothing can be read from `bad` on.
class Numbered final : public env::File {
 public:
  Numbered(uint64_t size, uint64_t bad) : size_(size), bad_(bad) {}
  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<uint8_t> out) override {
    const size_t length = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - offset));
    if (offset + length > bad_) return absl::InternalError("simulated EIO");
    for (size_t at = 0; at < length; at += limits::kPageBytes)
      PutU64(out.data() + at, (offset + at) / limits::kPageBytes);
    return length;
  }
  absl::Status WriteAt(uint64_t, std::span<const uint8_t>) override { return absl::OkStatus(); }
  absl::Status Sync() override { return absl::OkStatus(); }
  absl::StatusOr<uint64_t> Size() override { return size_; }
  absl::Status ZeroFill(uint64_t) override { return absl::OkStatus(); }

 private:
  const uint64_t size_;
  const uint64_t bad_;
};

struct AheadFixture {
  static constexpr uint64_t kSize = 5 * Piece::kChunkBytes + 3 * limits::kPageBytes;
  std::shared_ptr<env::File> Add(uint64_t size = kSize, uint64_t bad = kSize) {
    auto file = std::make_shared<Numbered>(size, bad);
    ahead.Add(file, size);
    return file;
  }
  // Returns where it ends; 0: there is none.
  uint64_t TakeGood(const env::File& file, uint64_t offset) {
    auto chunk = ahead.Take(file, offset);
    if (!chunk) return 0;
    REQUIRE(chunk->status.ok());
    REQUIRE(chunk->offset == offset);
    for (size_t at = 0; at < chunk->length; at += limits::kPageBytes)
      REQUIRE(GetU64(chunk->piece->chunk().data() + at) == (offset + at) / limits::kPageBytes);
    pieces.Return(std::move(chunk->piece));
    return offset + chunk->length;
  }
  Handover pieces{[](const std::string&, const CheckedBatch&) { return absl::OkStatus(); }, 2};
  Ahead ahead{pieces, 2};
};

TEST_CASE("files are read ahead one behind the other, each to its end") {
  AheadFixture f;
  for (int round = 0; round < 3; ++round) {
    const auto first = f.Add();
    const auto second = f.Add();
    for (const auto& file : {first, second}) {
      uint64_t at = 0;
      while (at < AheadFixture::kSize) {
        const uint64_t end = f.TakeGood(*file, at);
        REQUIRE(end > at);
        at = end;
      }
      CHECK(at == AheadFixture::kSize);
      CHECK(f.TakeGood(*file, at) == 0);
    }
  }
}

TEST_CASE("a file that is left midway is not read on, and the one after it is") {
  AheadFixture f;
  for (int round = 0; round < 20; ++round) {
    const auto left = f.Add();
    const auto other = f.Add();
    for (uint64_t at = 0, taken = 0; taken < round % 5u; ++taken) at = f.TakeGood(*left, at);
    CHECK(f.TakeGood(*other, 0) == Piece::kChunkBytes);
    CHECK(f.TakeGood(*left, 0) == 0);
    // Another place than the next: the reader looks for itself from there on.
    CHECK(f.TakeGood(*other, 0) == 0);
    CHECK(f.TakeGood(*other, Piece::kChunkBytes) == 0);
  }
}

TEST_CASE("what cannot be read ahead is told when its turn comes; short files are left alone") {
  AheadFixture f;
  CHECK(f.ahead.mode() == env::OpenMode::kScan);
  CHECK(Ahead(f.pieces, 1).mode() == env::OpenMode::kRead);  // the system reads ahead instead
  const auto bad = f.Add(AheadFixture::kSize, 2 * Piece::kChunkBytes);
  CHECK(f.TakeGood(*bad, 0) == Piece::kChunkBytes);
  CHECK(f.TakeGood(*bad, Piece::kChunkBytes) == 2 * Piece::kChunkBytes);
  const auto chunk = f.ahead.Take(*bad, 2 * Piece::kChunkBytes);
  REQUIRE(chunk);
  CHECK(chunk->status == absl::InternalError("simulated EIO"));
  CHECK_FALSE(f.ahead.Would(Piece::kChunkBytes));
  const auto brief = f.Add(Piece::kChunkBytes, Piece::kChunkBytes);
  CHECK(f.TakeGood(*brief, 0) == 0);
}

}  // namespace
}  // namespace creneau::wal
