// Snapshots. The input: one octet of what is done to the file, four of where, then the records: one
// octet of kind (odd: a calendar's), two of length, the record. The file is written by
// SnapshotWriter beside an empty log. Asserted: it reads back, record by record, and written again
// has the same bytes; with one octet changed or its end cut it is refused, with file and offset,
// and the start then goes by the log alone; a start from any records says the same twice.

#include <utility>

#include "booking/audit.h"
#include "tests/fuzz/framed.h"
#include "tests/fuzz/log_script.h"
#include "tests/fuzz/office.h"

namespace creneau::booking {
namespace {

using Records = std::vector<std::pair<PartKind, std::string>>;

constexpr size_t kMaxRecords = 64;

SnapshotHeader Write(wal::MemoryFiles& files, const std::string& path, const Records& records) {
  files.files.erase(path);
  auto file = files.Open(path, env::OpenMode::kCreate);
  CHECK(file.ok());
  SnapshotWriter writer(*std::move(file));
  for (const auto& [kind, record] : records) CHECK(writer.Add(kind, record).ok());
  SnapshotHeader header;
  header.number = 1;
  header.start.chain.fill(0);
  CHECK(writer.Finish(&header).ok());
  return header;
}

// As SNAPSHOT.md says of a file that is damaged.
void CheckRefused(wal::MemoryFiles& files, const std::string& path) {
  const auto read = CheckSnapshot(files, path);
  CHECK(absl::IsDataLoss(read.status()));
  CHECK(read.status().message().find(path + ", offset ") == 0);
  const fuzz::Start start = fuzz::CheckStarts(files);
  CHECK(start.status.ok() && start.keeps_invariants);
}

}  // namespace
}  // namespace creneau::booking

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  using namespace creneau::booking;
  fuzz::Source source(fuzz::Text(data, size));
  const auto what = static_cast<uint8_t>(source.Number(1));
  const uint64_t where = source.Number(4);
  Records records;
  while (!source.empty() && records.size() < kMaxRecords) {
    const PartKind kind = source.Number(1) % 2 == 1 ? PartKind::kCalendars : PartKind::kSlots;
    const size_t length = source.Number(2);
    records.emplace_back(kind, source.Take(length));
  }
  wal::MemoryFiles files;
  fuzz::LogScript script(files, LogDirectory(fuzz::kData));
  script.Segment();
  const std::string path = SnapshotPath(fuzz::kData, 1);
  const SnapshotHeader written = Write(files, path, records);
  Records read;
  const auto header = ReadSnapshot(files, path, [&](PartKind kind, std::string_view record) {
    read.emplace_back(kind, record);
    return absl::OkStatus();
  });
  CHECK(header.ok() && read == records && header->bytes == written.bytes);
  const wal::MemoryFiles::Bytes whole = files.At(path);
  Write(files, path, read);
  CHECK(files.At(path) == whole);
  if (what == 0) {
    fuzz::CheckStarts(files);
  } else if (where % 8 == 0) {
    files.At(path).resize(where / 8 % whole.size());
    CheckRefused(files, path);
  } else {
    files.At(path)[where / 8 % whole.size()] ^= what;
    CheckRefused(files, path);
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  return creneau::fuzz::MutateFramed(data, size, max_size, seed, 5, 1);
}
