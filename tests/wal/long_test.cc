// A log long enough that another thread passes its records on (handover.h): nobody can tell.

#include "tests/wal/fixture.h"
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

constexpr int kRecords = 60;  // a batch each, of 60 KiB: three and a half MiB in two segments

struct Long {
  Long() {
    auto log = disk.Open();
    REQUIRE(log.ok());
    Waiter waiter;
    for (int i = 0; i < kRecords; ++i)
      REQUIRE(waiter.Write(**log, std::string(60'000, static_cast<char>('a' + i % 26))));
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
  Long log;
  Refuser reader(0);
  CHECK(log.Verdict(reader).empty());
  CHECK(reader.last() == kRecords);
  CHECK(reader.ended());
}

TEST_CASE("of a long log, what is wrong first is told, and nothing behind it is read") {
  Long log;
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
      (*piece)->bytes.resize(50'000);
      for (uint64_t batch = i; batch < i + 3; ++batch)
        (*piece)->batches.push_back({batch, {}, (*piece)->bytes});
      handover.Give(*std::move(piece));
    }
    CHECK(handover.Finish() == absl::DataLossError("seventy"));
    CHECK(taken.size() == 71);
    CHECK(taken.back() == 70);
    CHECK(handover.Finish() == absl::DataLossError("seventy"));
  }
}

}  // namespace
}  // namespace creneau::wal
