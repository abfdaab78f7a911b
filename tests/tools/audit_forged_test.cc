// What is exported recounts; and whatever of it is altered, dropped, inserted or put in another's
// place, in table and log alike, is found and named; and what else can be wrong with an export.

#include "tests/tools/audit_fixture.h"

namespace creneau::audit {
namespace {

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

TEST_CASE("the other files of an export") {
  Exported1 office;
  const auto changed = [&](const std::string& path, bool agrees) {
    const std::string kept = ReadBytes(office.In(path));
    std::string text = kept;
    text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
    WriteBytes(office.In(path), text);
    if (agrees) office.FixManifest();
    const std::string first = FirstOf(office, "export");
    WriteBytes(office.In(path), kept);
    office.FixManifest();
    return first;
  };
  for (const char* path : {"agendas.json", "totals.json"}) {
    CHECK(Has(changed(path, false), std::string(path) + ", character"));
    CHECK(Has(changed(path, true), std::string(path) + ", character"));
  }
  CHECK(Has(changed("checkpoints", true), "checkpoints"));
  CHECK(Has(changed("README.txt", false), "README.txt: manifest.json says"));
  CHECK(Has(changed("manifest.json", false), ""));
  CHECK(FirstOf(office, "export").empty());
  WriteBytes(office.In("log/more"), "");
  CHECK(Has(FirstOf(office, "export"), "log/more is there"));
  fs::remove(office.In("log/more"));
  fs::remove(office.In("totals.json"));
  CHECK(Has(FirstOf(office, "export"), "totals.json"));
  WriteBytes(office.In("manifest.json"), "{}");
  CHECK(Has(FirstOf(office, "export"), "manifest.json is no manifest"));
}

TEST_CASE("what cannot be exported is said, and nothing is overwritten") {
  Exported1 office;
  CHECK(absl::IsAlreadyExists(Export(office.files, OptionsFor(office, "export")).status()));
  ExportOptions options = OptionsFor(office, "other");
  options.agenda = "none";
  CHECK(absl::IsInvalidArgument(Export(office.files, options).status()));
  options = OptionsFor(office, "later");
  options.to = Lsn{1'000'000};
  CHECK(absl::IsInvalidArgument(Export(office.files, options).status()));
}

}  // namespace
}  // namespace creneau::audit
