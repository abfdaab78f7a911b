// Whatever becomes of a snapshot: the engine comes back to exactly what the whole log says, or does
// not start.

#include "tests/booking/faulty_files.h"
#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE("killed at any operation on its files, a snapshot counts or does not") {
  int deaths = 0;
  for (int at = 1;; ++at) {
    INFO("death at operation " << at);
    Office office;
    Prng prng(7);
    FaultyFiles faulty(office.files, "/snapshots");
    office.Stop();
    office.disk = &faulty;
    office.Begin();
    office.Live(prng, 15);
    office.Snapshot();
    office.Live(prng, 15);
    office.Snapshot();
    office.Live(prng, 15);
    faulty.operations = 0;
    faulty.die_at = at;
    const auto third = office.engine->TakeSnapshot();
    const bool died = faulty.operations >= at;
    CHECK((third.ok() || died));
    office.Live(prng, 10);
    const std::string digest = office.engine->Digest();
    office.Stop();
    faulty.die_at = 0;
    CheckAgreement(office, digest);
    const Ends ends = RecoverFrom(office.files, office.Data());
    INFO(ends.recovered.status());
    REQUIRE(ends.recovered.ok());
    CHECK(ends.recovered->snapshot->number >= 2);
    CHECK(ends.recovered->damaged.empty());
    CHECK(ends.digest == digest);
    office.Begin();
    const auto after = ListSnapshots(office.files, office.Data());
    CHECK(after->size() >= 2);
    for (const auto& entry : fs::directory_iterator(office.Data() + "/snapshots"))
      CHECK(entry.path().extension() == ".snap");
    office.Snapshot();
    office.Stop();  // before the files that it writes to its end
    if (!died) break;
    ++deaths;
  }
  CHECK(deaths >= 7);
}

TEST_CASE("a flipped byte anywhere in a snapshot: the older one serves, to the same state") {
  Office office;
  Prng prng(3);
  office.Live(prng, 30);
  office.Snapshot();
  office.Live(prng, 30);
  const SnapshotHeader newest = office.Snapshot();
  office.Live(prng, 10);
  const std::string digest = office.engine->Digest();
  office.Stop();
  const std::string path = office.PathOf(newest);
  const std::string whole = ReadBytes(path);
  REQUIRE(whole.size() > 4'300);
  const auto try_bytes = [&](const std::string& bytes) {
    WriteBytes(path, bytes);
    const Ends ends = RecoverFrom(office.files, office.Data());
    INFO(ends.recovered.status());
    REQUIRE(ends.recovered.ok());
    REQUIRE(ends.recovered->damaged.size() == 1);
    REQUIRE(ends.recovered->damaged[0].find(path) != std::string::npos);
    REQUIRE(ends.recovered->snapshot->number == newest.number - 1);
    REQUIRE(ends.digest == digest);
  };
  for (size_t at = 0; at < whole.size(); at += at < 200 ? 1 : at < 4'096 ? 997 : 23) {
    INFO("byte " << at);
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << prng.Below(8)));
    try_bytes(bytes);
  }
  for (size_t length = 0; length < whole.size(); length += 701) try_bytes(whole.substr(0, length));
  try_bytes(whole + "x");
  try_bytes(ReadBytes(SnapshotPath(office.Data(), newest.number - 1)));
}

TEST_CASE("no whole snapshot, and the log's beginning is gone: refused, and nothing changed") {
  Office office;
  office.Hold("AAAA1");
  office.Again();
  const SnapshotHeader header = office.Snapshot();
  REQUIRE(header.start.segment == 2);
  office.Hold("AAAA2");
  office.Stop();
  const std::string path = office.PathOf(header);
  std::string bytes = ReadBytes(path);
  bytes[4'200] = static_cast<char>(bytes[4'200] ^ 4);
  WriteBytes(path, bytes);
  // The whole log still does.
  CHECK(RecoverFrom(office.files, office.Data()).recovered->log.last_lsn.value > 2);
  fs::remove(office.Segment(1));
  const auto before = AllFiles(office.Data());
  const Ends ends = RecoverFrom(office.files, office.Data());
  REQUIRE(absl::IsDataLoss(ends.recovered.status()));
  const std::string message(ends.recovered.status().message());
  CHECK(message.find("0000000000000001.seg") != std::string::npos);
  CHECK(message.find("0000000000000001.snap") != std::string::npos);
  CHECK(AllFiles(office.Data()) == before);
}

TEST_CASE("a log that ends before what a snapshot was taken of is refused") {
  Office office;
  office.Hold("AAAA1");
  office.Hold("AAAA2");
  office.Snapshot();
  office.Stop();
  // As if the last pages had never been written: by itself, that log is whole.
  std::string log = ReadBytes(office.Segment(1));
  std::fill(log.begin() + 2 * 4'096, log.end(), '\0');
  WriteBytes(office.Segment(1), log);
  CHECK(AuditLog(office.files, office.Data()).ok());
  const auto before = AllFiles(office.Data());
  const Ends ends = RecoverFrom(office.files, office.Data());
  REQUIRE(absl::IsDataLoss(ends.recovered.status()));
  CHECK(std::string(ends.recovered.status().message()).find("acknowledged") != std::string::npos);
  CHECK(AllFiles(office.Data()) == before);
}

TEST_CASE("an open outage lasts through a snapshot, until its end is logged") {
  Office office;
  const SnapshotHeader taken = office.Snapshot();
  office.Stop();
  SnapshotHeader header = taken;
  header.number = 2;
  header.owed_since = Instant{1796029100123};
  auto file = office.files.Open(SnapshotPath(office.Data(), 2), env::OpenMode::kCreate);
  REQUIRE(file.ok());
  SnapshotWriter writer(*std::move(file));
  REQUIRE(ReadSnapshot(office.files, office.PathOf(taken), [&](PartKind kind, std::string_view r) {
            return writer.Add(kind, r);
          }).ok());
  REQUIRE(writer.Finish(&header).ok());
  const Ends open = RecoverFrom(office.files, office.Data());
  REQUIRE(open.recovered.ok());
  CHECK(open.recovered->snapshot->number == 2);
  CHECK(open.recovered->owed_since == header.owed_since);
  office.Begin();  // settles it
  office.Stop();
  const Ends settled = RecoverFrom(office.files, office.Data());
  REQUIRE(settled.recovered.ok());
  CHECK_FALSE(settled.recovered->owed_since);
}

}  // namespace
}  // namespace creneau::booking
