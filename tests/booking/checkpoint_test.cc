// What was published of a log is proved of it, and of no other.

#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {
namespace {

proof::ReadCheckpoints Published(const Office& office) {
  const auto key = proof::ParsePublicKey(ReadBytes(office.directory + "/keys/checkpoint.pub"));
  REQUIRE(key);
  const auto read = proof::ReadLines(ReadBytes(CheckpointFile(office.Data())), *key);
  INFO(read.status());
  REQUIRE(read.ok());
  return *read;
}

absl::Status Prove(Office& office, const std::vector<proof::Checkpoint>& published) {
  return AuditLog(office.files, office.Data(), published).status();
}

bool Names(const absl::Status& status, const std::string& what) {
  INFO(status);
  return absl::IsDataLoss(status) && std::string(status.message()).find(what) != std::string::npos;
}

TEST_CASE("each clean stop leaves a checkpoint, and the log continues all of them") {
  Office office;
  Prng prng(5);
  for (int run = 0; run < 3; ++run) {
    office.Live(prng, 10);
    office.Again();
  }
  office.Live(prng, 10);
  const wal::Head head = [&] {
    office.engine->Close();
    return office.engine->log().head();
  }();
  office.engine->Close();  // adds nothing
  office.Stop();
  const proof::ReadCheckpoints published = Published(office);
  REQUIRE(published.checkpoints.size() == 4);
  CHECK(published.unreadable == 0);
  CHECK(published.checkpoints.back().batch == head.batch);
  CHECK(published.checkpoints.back().lsn == head.lsn);
  CHECK(published.checkpoints.back().chain == head.chain);
  CHECK(Prove(office, published.checkpoints).ok());
  // It may have gone on since, and its beginning may be archived.
  office.Begin();
  office.Snapshot();
  office.Again();
  office.Snapshot();
  office.Stop();
  REQUIRE(office.Has("archive/0000000000000001.seg.zst"));
  CHECK(Prove(office, published.checkpoints).ok());
}

TEST_CASE("a log that was cut back is whole by itself, and not what was published") {
  Office office;
  office.Hold("AAAA1");
  office.Again();
  office.Hold("AAAA2");
  office.Stop();
  const auto published = Published(office).checkpoints;
  REQUIRE(published.size() == 2);
  fs::remove(office.Segment(2));
  CHECK(Prove(office, {}).ok());
  const absl::Status cut = Prove(office, published);
  CHECK(Names(cut, "position " + std::to_string(published[1].lsn.value) + " (batch"));
  CHECK(Names(cut, "cut back"));
  CHECK(Names(cut, "Up to position " + std::to_string(published[0].lsn.value)));
}

TEST_CASE("a log that tells another story is refused where it first differs") {
  Office office;
  office.Hold("AAAA1");
  office.Stop();
  fs::copy(office.Data(), office.directory + "/before", fs::copy_options::recursive);
  office.Begin();
  office.Hold("AAAA2");
  office.Stop();
  const auto published = Published(office).checkpoints;
  REQUIRE(published.size() == 2);
  // Somebody with the keys goes on from the copy, differently.
  fs::remove_all(office.Data());
  fs::rename(office.directory + "/before", office.Data());
  office.Begin();
  office.Hold("BBBB2");
  office.Hold("BBBB3");
  office.Stop();
  CHECK(Prove(office, {}).ok());
  const absl::Status other = Prove(office, published);
  CHECK(Names(other, "it was changed"));
  CHECK(Names(other, "Up to position " + std::to_string(published[0].lsn.value)));
  CHECK(Prove(office, {published[0]}).ok());
}

TEST_CASE("a line that a crash cut short stays one, and its successors are read") {
  Office office;
  office.Stop();
  WriteBytes(CheckpointFile(office.Data()),
             ReadBytes(CheckpointFile(office.Data())) + "creneau-ch");
  office.Begin();
  office.Hold("AAAA1");
  office.Stop();
  const proof::ReadCheckpoints published = Published(office);
  CHECK(published.unreadable == 1);
  CHECK(published.checkpoints.size() == 2);
  CHECK(Prove(office, published.checkpoints).ok());
}

}  // namespace
}  // namespace creneau::booking
