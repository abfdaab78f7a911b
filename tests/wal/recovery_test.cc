// What start-up makes of every way in which a log's end, or its middle, can be damaged (FORMAT.md).

#include "tests/wal/fixture.h"
#include "wal/format.h"

namespace creneau::wal {
namespace {

// Every byte where there are headers, every few elsewhere; sanitizers are ten times slower and look
// at fewer.
#ifdef CRENEAU_SANITIZED
constexpr size_t kFine = 31;
constexpr size_t kCoarse = 1'021;
#else
constexpr size_t kFine = 1;
constexpr size_t kCoarse = 97;
#endif

// Ten records, a batch each; with a seal behind them or, as after kill -9, without.
struct Written {
  Written(bool sealed, Disk& disk) {
    auto log = disk.Open(limits::kMinSegmentBytes, kNeverSeal);
    REQUIRE(log.ok());
    Waiter waiter;
    for (int i = 0; i < 10; ++i) {
      records.push_back(absl::StrCat("record ", i, std::string(static_cast<size_t>(i) * 700, 'x')));
      before_last = End(disk);
      REQUIRE(waiter.Write(**log, records.back()));
      unsealed = disk.files.Copy();
    }
    end = End(disk);
    log->reset();  // seals
    if (sealed) return;
    disk.files.files.clear();
    for (auto& [path, bytes] : unsealed)
      disk.files.files[path] = std::make_shared<MemoryFiles::Bytes>(bytes);
  }
  // After the last byte of the first segment that is not zero, up to the next page.
  static size_t End(Disk& disk) {
    const std::lock_guard lock(disk.files.mutex);
    const auto& bytes = disk.files.At(kFirst);
    size_t at = bytes.size();
    while (at > 0 && bytes[at - 1] == 0) --at;
    return (at + limits::kPageBytes - 1) / limits::kPageBytes * limits::kPageBytes;
  }
  std::vector<std::string> records;
  std::map<std::string, MemoryFiles::Bytes> unsealed;
  size_t before_last = 0;  // where the last record's batch begins
  size_t end = 0;          // where it ends
};

std::map<std::string, MemoryFiles::Bytes> Segments(
    const std::map<std::string, MemoryFiles::Bytes>& all) {
  std::map<std::string, MemoryFiles::Bytes> out;
  for (const auto& [path, bytes] : all) {
    if (path.ends_with(".seg")) out[path] = bytes;
  }
  return out;
}

void Restore(Disk& disk, const std::map<std::string, MemoryFiles::Bytes>& all) {
  disk.files.files.clear();
  for (const auto& [path, bytes] : all)
    disk.files.files[path] = std::make_shared<MemoryFiles::Bytes>(bytes);
}

TEST_CASE(
    "the last, unsealed batch cut at every byte: reported, kept aside, and the same answer twice "
    "more") {
  Disk disk;
  const Written written(/*sealed=*/false, disk);
  const auto all = disk.files.Copy();
  std::vector<std::string> nine(written.records.begin(), written.records.end() - 1);
  for (size_t cut = written.before_last; cut < written.end;
       cut += cut < written.before_last + 200 ? kFine : kCoarse) {
    Restore(disk, all);
    auto& bytes = disk.files.At(kFirst);
    const bool padding = std::all_of(bytes.begin() + static_cast<ptrdiff_t>(cut), bytes.end(),
                                     [](uint8_t b) { return b == 0; });
    std::fill(bytes.begin() + static_cast<ptrdiff_t>(cut), bytes.end(), uint8_t{0});
    CAPTURE(cut);
    REQUIRE(disk.Open().ok());
    const bool torn = cut > written.before_last && !padding;
    REQUIRE(disk.recovery.torn == torn);
    REQUIRE(disk.records == (padding ? written.records : nine));
    if (torn) REQUIRE(disk.recovery.torn_offset == written.before_last);
    if (torn) REQUIRE(disk.files.files.contains(kFirst + ".torn"));
    for (int again = 0; again < 2; ++again) {
      REQUIRE(disk.Open().ok());
      REQUIRE_FALSE(disk.recovery.torn);
      REQUIRE(disk.records == (padding ? written.records : nine));
    }
  }
}

TEST_CASE("one byte flipped in what was sealed: refused with file and offset, nothing changed") {
  Disk disk;
  const Written written(/*sealed=*/true, disk);
  const auto all = disk.files.Copy();
  size_t refused = 0;
  for (size_t at = 0; at < written.end; at += at % 4096 < 136 ? kFine : kCoarse) {
    Restore(disk, all);
    disk.files.At(kFirst)[at] ^= 0x40;
    const auto damaged = disk.files.Copy();
    const auto opened = disk.Open();
    CAPTURE(at);
    REQUIRE(absl::IsDataLoss(opened.status()));
    const std::string message(opened.status().message());
    REQUIRE(message.find(kFirst + ", offset ") != std::string::npos);
    REQUIRE(message.find("Restore this file") != std::string::npos);
    REQUIRE(disk.files.Copy() == damaged);
    ++refused;
  }
  CHECK(refused > 50);
}

TEST_CASE(
    "a log of several segments: each damaged, cut short, emptied, swapped or missing one is "
    "refused") {
  Disk disk;
  {
    auto log = disk.Open();
    REQUIRE(log.ok());
    Waiter waiter;
    for (int i = 0; i < 30; ++i) REQUIRE(waiter.Write(**log, std::string(200'000, 'y')));
  }
  const auto all = disk.files.Copy();
  REQUIRE(Segments(all).size() >= 3);
  const auto refused = [&](auto damage) {
    Restore(disk, all);
    damage();
    const auto damaged = Segments(disk.files.Copy());
    const auto opened = disk.Open();
    INFO(opened.status());
    CHECK(absl::IsDataLoss(opened.status()));
    CHECK(Segments(disk.files.Copy()) == damaged);
  };
  refused([&] { disk.files.At(kFirst)[500'000] ^= 1; });
  refused([&] { disk.files.At(kFirst)[20] ^= 1; });
  refused([&] { disk.files.At(kFirst).resize(limits::kMinSegmentBytes / 2); });
  refused([&] { disk.files.At(kSecond).assign(limits::kMinSegmentBytes, 0); });
  refused([&] { disk.files.files.erase(kFirst); });
  refused([&] { disk.files.files.erase(kSecond); });
  refused([&] { std::swap(disk.files.files[kFirst], disk.files.files[kSecond]); });
  refused([&] {  // a page from elsewhere, whole in itself
    auto& bytes = disk.files.At(kFirst);
    std::copy_n(disk.files.At(kSecond).begin() + 4096, 400'000, bytes.begin() + 4096);
  });
  Restore(disk, all);
  CHECK(disk.Open().ok());
}

TEST_CASE("a start that was interrupted before its segment's header was whole is taken up again") {
  Disk disk;
  const Written written(/*sealed=*/true, disk);
  for (const size_t header_bytes : {size_t{0}, size_t{50}, size_t{99}}) {
    auto all = disk.files.Copy();
    auto& unused = all["log/0000000000000002.seg"];
    unused.assign(limits::kMinSegmentBytes, 0);
    std::fill_n(unused.begin(), header_bytes, uint8_t{'C'});
    Disk other;
    Restore(other, all);
    REQUIRE(other.Open().ok());
    CHECK(other.records == written.records);
    CHECK(other.recovery.last_segment == 1);
    REQUIRE(other.Open().ok());
    CHECK(other.records == written.records);
  }
}

TEST_CASE("a start that was interrupted does not hide damage in the segment before it") {
  Disk disk;
  const Written written(/*sealed=*/true, disk);
  for (const size_t at : {size_t{4096 + 200}, written.before_last + 200}) {
    CAPTURE(at);
    auto all = disk.files.Copy();
    all["log/0000000000000002.seg"].assign(limits::kMinSegmentBytes, 0);
    all[kFirst][at] ^= 1;
    Disk other;
    Restore(other, all);
    const absl::Status refused = other.Open().status();
    CHECK(absl::IsDataLoss(refused));
    CHECK(std::string(refused.message()).find(kFirst) != std::string::npos);
    CHECK(other.files.Copy() == all);
    Collector collector;
    CHECK(absl::IsDataLoss(Verify(other.files, kDirectory, collector).status()));
  }
}

TEST_CASE("the last segment cut anywhere, or longer than it was, is refused: no crash does that") {
  Disk disk;
  const Written written(/*sealed=*/true, disk);
  const auto all = disk.files.Copy();
  const size_t whole = all.at(kFirst).size();
  // Finely where something is written; behind that there are zeros.
  constexpr size_t kEnd = 64 * 1024;
  std::vector<size_t> sizes = {whole - 512, whole + 512, whole + limits::kPageBytes};
  for (size_t size = 0; size < whole; size += size < kEnd ? 512 : kEnd) sizes.push_back(size);
  for (const size_t size : sizes) {
    CAPTURE(size);
    Restore(disk, all);
    disk.files.At(kFirst).resize(size);
    const auto cut = disk.files.Copy();
    const auto opened = disk.Open();
    REQUIRE(absl::IsDataLoss(opened.status()));
    CHECK(std::string(opened.status().message()).find(kFirst + ", offset ") != std::string::npos);
    CHECK(disk.files.Copy() == cut);
  }
}

TEST_CASE("a segment of less than a page was cut short by no crash") {
  Disk disk;
  const Written written(/*sealed=*/true, disk);
  for (const size_t size : {size_t{0}, size_t{100}, size_t{4095}}) {
    auto all = disk.files.Copy();
    all[kFirst].resize(size);
    Disk other;
    Restore(other, all);
    CHECK(absl::IsDataLoss(other.Open().status()));
    CHECK(other.files.Copy() == all);
  }
}

TEST_CASE("a reader that finds the whole wrong stops the start before anything is changed") {
  class Doubter final : public RecordReader {
   public:
    absl::Status Read(Lsn, Instant, std::string_view) override { return absl::OkStatus(); }
    absl::Status End() override { return absl::DataLossError("two owners"); }
  };
  Disk disk;
  const Written written(/*sealed=*/false, disk);
  disk.files.At(kFirst)[written.before_last + 200] ^= 1;  // a torn tail, which would be zeroed
  const auto before = disk.files.Copy();
  Doubter doubter;
  CHECK(absl::IsDataLoss(Recover(disk.files, kDirectory, doubter).status()));
  CHECK(disk.files.Copy() == before);
}

TEST_CASE("reading only changes nothing, and reports the tail") {
  Disk disk;
  const Written written(/*sealed=*/false, disk);
  disk.files.At(kFirst)[written.before_last + 200] ^= 1;
  const auto before = disk.files.Copy();
  Collector collector;
  const auto verified = Verify(disk.files, kDirectory, collector);
  REQUIRE(verified.ok());
  CHECK(verified->torn);
  CHECK(verified->torn_offset == written.before_last);
  CHECK(collector.records.size() == 9);
  CHECK(disk.files.Copy() == before);
}

}  // namespace
}  // namespace creneau::wal
