// Whatever is altered, dropped, inserted or put in another's place in the log of an export, or in
// log and table alike, is found and named: by the chain, by a rule, by numbers that do not follow,
// or by what was published.

#include "tests/tools/audit_fixture.h"
#include "wal/archive.h"
#include "wal/format.h"

namespace creneau::audit {
namespace {

// A batch of a segment, taken apart.
struct Batch {
  wal::BatchHeader header;
  uint64_t offset = 0;
  std::vector<std::string> records;
};
std::vector<Batch> BatchesOf(const std::vector<uint8_t>& segment) {
  std::vector<Batch> batches;
  for (uint64_t at = limits::kPageBytes; at + wal::kBatchHeaderBytes <= segment.size();) {
    const auto header = wal::DecodeBatchHeader(std::span(segment).subspan(at, 128));
    if (!header) break;
    Batch batch{*header, at, {}};
    for (uint64_t record = at + 128; record < at + 128 + header->body_bytes;) {
      const uint32_t bytes = wal::GetU32(segment.data() + record);
      batch.records.emplace_back(segment.begin() + static_cast<long>(record) + 4,
                                 segment.begin() + static_cast<long>(record) + 4 + bytes);
      record += 4 + bytes;
    }
    at += header->padded_bytes();
    batches.push_back(std::move(batch));
  }
  return batches;
}

// Writes one batch anew where it stood, with checksums that fit, and a chain that fits to what is
// before it.
void Rewrite(std::vector<uint8_t>& segment, const std::vector<Batch>& batches, size_t which) {
  Batch batch = batches[which];
  std::vector<uint8_t> body;
  for (const std::string& record : batch.records) {
    body.resize(body.size() + 4);
    wal::PutU32(body.data() + body.size() - 4, static_cast<uint32_t>(record.size()));
    body.insert(body.end(), record.begin(), record.end());
  }
  REQUIRE(wal::BatchHeader::PaddedBytes(body.size()) == batch.header.padded_bytes());
  std::fill_n(segment.begin() + static_cast<long>(batch.offset),
              static_cast<long>(batch.header.padded_bytes()), uint8_t{0});
  batch.header.records = static_cast<uint32_t>(batch.records.size());
  batch.header.body_bytes = static_cast<uint32_t>(body.size());
  wal::ChainHash hash;
  const wal::Chain before = which == 0 ? wal::Chain{} : batches[which - 1].header.chain;
  wal::EncodeBatchHeader(batch.header, before, body, std::span(segment).subspan(batch.offset, 128),
                         hash);
  std::copy(body.begin(), body.end(), segment.begin() + static_cast<long>(batch.offset) + 128);
}

TEST_CASE("a log that was changed in the export: the place is named") {
  Exported1 office;
  const std::string path = office.In("log/0000000000000002.seg.zst");
  const std::string kept = ReadBytes(path);
  const auto segment = ReadWhole(**wal::OpenArchived(office.files, path));
  REQUIRE(segment.ok());
  const std::vector<Batch> batches = BatchesOf(*segment);
  REQUIRE(batches.size() > 4);
  const auto put = [&](const std::vector<uint8_t>& bytes) {
    fs::remove(path);
    REQUIRE(wal::WriteArchived(office.files, path, bytes).ok());
    office.FixManifest();
    return FirstOf(office, "export");
  };
  CHECK(put(*segment).empty());
  SECTION("one bit, anywhere in a batch") {
    for (const uint64_t at : {uint64_t{3}, uint64_t{30}, uint64_t{70}, uint64_t{130}}) {
      std::vector<uint8_t> flipped = *segment;
      flipped[batches[1].offset + at] ^= 1;
      CHECK(Has(put(flipped),
                "0000000000000002.seg.zst, offset " + std::to_string(batches[1].offset)));
    }
  }
  SECTION("a batch's records, with checksums that fit: the next one does not continue it") {
    for (const Change& change : kChanges) {
      INFO(change.name);
      std::vector<uint8_t> forged = *segment;
      std::vector<Batch> changed = batches;
      auto& records = changed[1].records;
      if (records.size() < 2) records.push_back(records[0]);
      if (std::string(change.name) == "reordered" && records[0] == records[1]) Alter(records[0]);
      change.make(records, 1);
      if (records == batches[1].records) continue;
      Rewrite(forged, changed, 1);
      const std::string first = put(forged);
      // What the records say may be told before it.
      CHECK((first.find("0000000000000002.seg.zst, offset") != std::string::npos ||
             first.find("position ") != std::string::npos));
    }
  }
  SECTION("the last batch, which none continues") {
    std::vector<uint8_t> cut = *segment;
    std::fill(cut.begin() + static_cast<long>(batches.back().offset), cut.end(), uint8_t{0});
    CHECK(Has(put(cut), "it was cut back"));
  }
  SECTION("a segment is missing") {
    fs::remove(path);
    CHECK(!FirstOf(office, "export").empty());
  }
  SECTION("and put right again") {
    WriteBytes(path, kept);
    office.FixManifest();
    CHECK(FirstOf(office, "export").empty());
  }
}

// All records of a log, as one that nobody forged has them.
class Records final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    all.emplace_back(record);
    return absl::OkStatus();
  }
  std::vector<std::string> all;
};

// A whole log anew, of these records, with everything that fits; and its export.
void Forge(Exported1& office, const std::vector<std::string>& records) {
  const std::string log = office.directory + "/data/log";
  fs::remove_all(log);
  fs::create_directories(log);
  wal::LogOptions options;
  options.directory = log;
  options.segment_bytes = limits::kMinSegmentBytes;
  options.threads = false;
  auto opened = wal::Log::Open(office.files, office.clock, options, {}, [](const absl::Status&) {});
  REQUIRE(opened.ok());
  booking::CommitPool pool;
  for (const std::string& record : records) {
    booking::Act act(pool, **opened);
    booking::BlockingWait wait;
    act.PushBytes(record);
    REQUIRE(wait.Finish(act));
  }
  (*opened)->Drain();
  fs::remove(office.directory + "/data/checkpoints");
}

TEST_CASE("log and table forged alike: a rule, the numbers, or what was published tells") {
  Exported1 office;
  const std::vector<proof::Checkpoint> published = PublishedBy(office);
  Records records;
  REQUIRE(wal::Verify(office.files, office.directory + "/data/log", records).ok());
  const size_t last = records.all.size() - 1;
  for (const Change& change : kChanges) {
    for (const size_t at : {size_t{3}, last / 2, last}) {
      INFO(change.name << " at record " << at + 1);
      std::vector<std::string> forged = records.all;
      change.make(forged, at);
      if (forged == records.all) continue;
      Forge(office, forged);
      fs::remove_all(office.directory + "/export");
      const auto exported = Export(office.files, OptionsFor(office, "export"));
      // One that is no record any more is not even exported.
      if (!exported.ok()) {
        CHECK(absl::IsDataLoss(exported.status()));
        continue;
      }
      const std::string first = FirstOf(office, "export", published);
      CHECK((Has(first, "position ")));
    }
  }
  // The same records, written anew: nothing is wrong with them but what was published.
  Forge(office, records.all);
  office.Export1("export");
  CHECK(FirstOf(office, "export").empty());
  const std::string first = FirstOf(office, "export", published);
  CHECK(Has(first, "was signed, and the log has something else there: it was changed"));
  CHECK(Has(first, "(batch " + std::to_string(published[0].batch) + ")"));
}

TEST_CASE("an export that ends before what was published says so, or was cut back") {
  Exported1 office;
  const std::vector<proof::Checkpoint> published = PublishedBy(office);
  Records records;
  REQUIRE(wal::Verify(office.files, office.directory + "/data/log", records).ok());
  ExportOptions options = OptionsFor(office, "part");
  options.to = Lsn{records.all.size() / 2};
  REQUIRE(Export(office.files, options).ok());
  CHECK(FirstOf(office, "part", published).empty());
  records.all.resize(records.all.size() / 2);
  Forge(office, records.all);
  office.clock.now = office.clock.now + 1'000;
  office.Export1("export");
  CHECK(FirstOf(office, "export").empty());
  CHECK(!FirstOf(office, "export", published).empty());
}

}  // namespace
}  // namespace creneau::audit
