// wal: Verify and Recover over a log that the input tells in lines (log_script.h). Asserted:
// - Verify changes nothing, and says what Recover says;
// - a refusal is DataLoss, names file and offset, and changes nothing;
// - after a recovery the second start reads the same records and changes nothing, and so does one
//   that finds a next segment begun;
// - a log that an engine could have written is clean and whole; with one octet changed it is
//   refused, or all is there that something later proves durable.

#include "wal/log.h"

#include "tests/fuzz/log_script.h"

namespace creneau::wal {
namespace {

const std::string kDirectory = "log";

class Collector final : public RecordReader {
 public:
  absl::Status Read(Lsn lsn, Instant, std::string_view record) override {
    CHECK(first == 0 || lsn.value == first + records.size());
    if (first == 0) first = lsn.value;
    records.emplace_back(record);
    return absl::OkStatus();
  }
  absl::Status EndBatch(const Head& head) override {
    CHECK(head.batch == ++batches);
    return absl::OkStatus();
  }
  uint64_t first = 0;
  uint64_t batches = 0;
  std::vector<std::string> records;
};

bool SameEnd(const Recovery& a, const Recovery& b) {
  return a.last_lsn == b.last_lsn && a.chain == b.chain && a.last_batch == b.last_batch &&
         a.batches == b.batches && a.records == b.records;
}

void CheckRefusal(const absl::Status& status) {
  CHECK(absl::IsDataLoss(status));
  const std::string message(status.message());
  CHECK(message.find("log/00000000000000") == 0);
  CHECK(message.find("offset ") != std::string::npos);
  CHECK(message.find("othing on disk was changed") != std::string::npos);
}

// As an engine that starts does first.
void BeginSegment(MemoryFiles& files, const Recovery& end) {
  const SegmentHeader header{2,
                             end.last_segment + 1,
                             end.epoch + 1,
                             end.last_batch + 1,
                             end.last_lsn.value + 1,
                             end.valid_bytes,
                             end.chain,
                             Instant{}};
  auto bytes = std::make_shared<MemoryFiles::Bytes>(2 * limits::kPageBytes);
  EncodeSegmentHeader(header, std::span(*bytes).first(limits::kPageBytes));
  const std::string path = kDirectory + "/" + SegmentName(header.segment);
  CHECK(!files.files.contains(path));
  files.files[path] = std::move(bytes);
}

void CheckSecondStart(MemoryFiles& files, const Recovery& first,
                      const std::vector<std::string>& records) {
  const auto before = files.Copy();
  Collector again;
  const absl::StatusOr<Recovery> second = Recover(files, kDirectory, again);
  CHECK(second.ok() && !second->torn && second->valid_bytes == first.valid_bytes);
  CHECK(SameEnd(*second, first) && again.records == records);
  CHECK(files.Copy() == before);
  BeginSegment(files, *second);
  Collector after;
  const absl::StatusOr<Recovery> third = Recover(files, kDirectory, after);
  CHECK(third.ok() && !third->torn && third->last_segment == first.last_segment + 1);
  CHECK(SameEnd(*third, first) && after.records == records);
}

void CheckHonest(const fuzz::LogScript& script, const absl::StatusOr<Recovery>& recovery,
                 const std::vector<std::string>& read) {
  if (script.changes > 1) return;
  if (script.changes == 0) {
    CHECK(recovery.ok() && !recovery->torn && read == script.records);
    return;
  }
  if (!recovery.ok()) return;
  CHECK(read.size() >= script.proven && read.size() <= script.records.size());
  CHECK(std::equal(read.begin(), read.end(), script.records.begin()));
}

}  // namespace
}  // namespace creneau::wal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  using namespace creneau::wal;
  MemoryFiles files;
  fuzz::LogScript script(files, kDirectory);
  script.Run(fuzz::Text(data, size));
  const auto before = files.Copy();
  Collector seen;
  const absl::StatusOr<Recovery> verified = Verify(files, kDirectory, seen);
  CHECK(files.Copy() == before);
  Collector read;
  const absl::StatusOr<Recovery> recovered = Recover(files, kDirectory, read);
  CHECK(verified.status() == recovered.status());
  if (script.honest) CheckHonest(script, recovered, read.records);
  if (!recovered.ok()) {
    CheckRefusal(recovered.status());
    CHECK(files.Copy() == before);
    return 0;
  }
  CHECK(seen.records == read.records && SameEnd(*verified, *recovered));
  CHECK(verified->torn == recovered->torn && verified->torn_offset == recovered->torn_offset);
  CheckSecondStart(files, *recovered, read.records);
  return 0;
}
