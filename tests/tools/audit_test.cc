// What is exported recounts; and whatever of it is altered, dropped, inserted or put in another's
// place, in the table or in the log, is found and named.

#include "tests/tools/audit_fixture.h"

namespace creneau::audit {
namespace {

TEST_CASE(
    "an export of an office that lived at random recounts; so does each agenda's, and a part") {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    INFO("seed " << seed);
    Office office;
    REQUIRE(office.Publish("94-titres", booking::AgendaToml("94-titres")).outcome == Outcome::kOk);
    Prng prng(seed);
    for (int day = 0; day < 3; ++day) {
      office.Live(prng, 150);
      office.Hold("OTHER" + std::to_string(day), "", "", "94-titres");
      if (day == 1) office.Snapshot();
      office.Again();
    }
    office.Snapshot();
    // Beside the engine, and its beginning archived.
    const auto exported = Export(office.files, OptionsFor(office, "export"));
    INFO(exported.status());
    REQUIRE(exported.ok());
    if (exported->finding) FAIL(exported->finding->lsn.value << ": " << exported->finding->what);
    CHECK(FirstOf(office, "export").empty());
    CHECK(FirstOf(office, "export", PublishedBy(office)).empty());
    ExportOptions options = OptionsFor(office, "94");
    options.agenda = "94-titres";
    options.to = Lsn{exported->manifest.end.lsn.value / 2};
    const auto part = Export(office.files, options);
    REQUIRE(part.ok());
    CHECK(part->manifest.lines < part->manifest.records / 4);
    CHECK(part->manifest.end.lsn >= *options.to);
    CHECK(FirstOf(office, "94").empty());
    CHECK_FALSE(Has(ReadBytes(office.directory + "/94/decisions.ndjson"), "93-titres"));
  }
}

TEST_CASE("an export of a queue with its openings, and of a roster, recounts") {
  booking::Queue queue(8, "identity_proof = \"listed\"");
  booking::World& world = queue.world;
  booking::RosterRequest roster;
  roster.agenda = "92-naturalisation";
  std::string csv = "dossier,birth_date\n";
  for (int i = 0; i < 20; ++i) csv += booking::Dossier(i) + ",1990-05-17\n";
  roster.body = csv;
  REQUIRE(world.engine->ImportRoster(roster, booking::kTester).outcome == Outcome::kOk);
  queue.GoTo(8, 40);
  std::vector<std::string> tickets;
  for (int i = 0; i < 20; ++i) tickets.push_back(queue.TicketOf(booking::Dossier(i)));
  queue.GoTo(9, 0);
  world.Pass(10);
  for (int i = 0; i < 20; ++i) {
    const auto held = queue.Hold(booking::Dossier(i), tickets[static_cast<size_t>(i)]);
    if (held.outcome == Outcome::kOk && i % 3 > 0) world.Do(&Engine::Confirm, held.reservation);
    if (held.outcome == Outcome::kOk && i % 3 == 2) world.Do(&Engine::Cancel, held.reservation);
  }
  world.Pass(400);
  const auto exported = Export(world.files, OptionsFor(world, "export"));
  INFO(exported.status());
  REQUIRE(exported.ok());
  if (exported->finding) FAIL(exported->finding->lsn.value << ": " << exported->finding->what);
  CHECK(FirstOf(world, "export").empty());
  const std::string table = ReadBytes(world.directory + "/export/decisions.ndjson");
  for (const char* what : {R"("rule":"queue")", R"("opening":"2026-12-01")", R"("what":"lapsed")",
                           R"("what":"turn-lapsed")", R"("what":"roster")", R"("subjects":20)"})
    CHECK(Has(table, what));
}

TEST_CASE("the table names nobody: not by the log's pseudonyms either") {
  Exported1 office;
  const std::string table = ReadBytes(office.In(kDecisions));
  std::set<std::string> subjects;
  for (const std::string& line : LinesOf(table)) {
    CHECK(line.find_first_not_of("0123456789abcdef") != std::string::npos);
    size_t hex = 0;
    for (const char c : line) {
      hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? hex + 1 : 0;
      CHECK(hex < 32);
    }
  }
  CHECK(Has(table, R"("subject":1)"));
  for (const char* file : {"LISEZMOI.txt", "README.txt", "keys/checkpoint.pub", "checkpoints"})
    CHECK(office.manifest.files.contains(file));
  for (const auto& entry : fs::recursive_directory_iterator(office.directory + "/export")) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = ReadBytes(entry.path().string());
    for (const char* key : {"pepper.1", "names.key", "mac.key"})
      CHECK(bytes.find(ReadBytes(office.directory + "/keys/" + key).substr(0, 64)) ==
            std::string::npos);
  }
}

TEST_CASE("a table that was changed: the line is named, with or without a manifest that agrees") {
  Exported1 office;
  const std::string table = ReadBytes(office.In(kDecisions));
  const size_t count = LinesOf(table).size();
  REQUIRE(count > 12);
  for (const Change& change : kChanges) {
    for (const size_t at : {size_t{1}, size_t{6}, count - 1}) {
      for (const bool agrees : {false, true}) {
        INFO(change.name << " at line " << at + 1);
        std::vector<std::string> lines = LinesOf(table);
        change.make(lines, at);
        std::string changed;
        for (const std::string& line : lines) changed += line + "\n";
        REQUIRE(changed != table);
        WriteBytes(office.In(kDecisions), changed);
        if (agrees) office.FixManifest();
        const std::string first = FirstOf(office, "export");
        // Of two that were swapped, the first is not where it should be.
        const size_t line = std::string(change.name) == "reordered" ? at : at + 1;
        CHECK(Has(first, "decisions.ndjson, line " + std::to_string(line)));
        CHECK(Has(first, "xpected"));
      }
    }
  }
}

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

}  // namespace
}  // namespace creneau::audit
