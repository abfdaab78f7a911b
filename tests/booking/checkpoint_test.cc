// What was published of a log is proved of it, and of no other.

#include <thread>

#include "base/text.h"
#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {
namespace {

proof::PublicKey CheckpointKeyOf(const Office& office) {
  const auto key = proof::ParsePublicKey(ReadBytes(office.directory + "/keys/checkpoint.pub"));
  REQUIRE(key);
  return *key;
}

proof::ReadCheckpoints Published(const Office& office) {
  const auto read =
      proof::ReadLines(ReadBytes(CheckpointFile(office.Data())), CheckpointKeyOf(office));
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
    office.Live(prng, 20);
    office.Again();
  }
  office.Live(prng, 20);
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

TEST_CASE("a checkpoint a minute, when something was logged") {
  Office office;
  const auto lines = [&] {
    const bool any = fs::exists(CheckpointFile(office.Data()));
    return any ? Published(office).checkpoints.size() : 0;
  };
  const auto later = [&](int64_t ms) {
    office.clock.now = office.clock.now + ms;
    office.engine->Keep();
    return lines();
  };
  CHECK(later(59'000) == 0);
  CHECK(later(1'000) > 0);
  later(60'000);
  // The log's thread seals what was logged, at its next look at the clock.
  while (office.engine->log().stats().seals == 0) std::this_thread::yield();
  const size_t quiet = later(60'000);
  CHECK(later(60'000) == quiet);
  office.Hold("AAAA1");
  CHECK(later(59'000) == quiet);
  CHECK(later(1'000) == quiet + 1);
}

TEST_CASE("a start that writes nothing signs what is signed already no more") {
  Office office;
  for (int start = 0; start < 3; ++start) {
    office.Again();
    office.clock.now = office.clock.now + 60'000;
  }
  office.Stop();
  const auto published = Published(office).checkpoints;
  CHECK(published.size() == 1);
  CHECK(Prove(office, published).ok());
}

TEST_CASE(
    "what a killed process has logged is signed by the next, though that one writes nothing") {
  Office office;
  office.Again();
  const auto held = office.Hold("AAAA1");
  office.Do(&Engine::Confirm, held.reservation);
  const wal::Head head = office.engine->log().head();
  // Nothing is renamed any more when the next segment is ready.
  while (!office.Has("log/spare")) std::this_thread::yield();
  fs::copy(office.Data(), office.directory + "/killed", fs::copy_options::recursive);
  office.Stop();
  fs::remove_all(office.Data());
  fs::rename(office.directory + "/killed", office.Data());
  office.Begin();
  CHECK(Published(office).checkpoints.size() == 1);
  office.Stop();
  const auto published = Published(office).checkpoints;
  REQUIRE(published.size() == 2);
  CHECK(published.back().batch == head.batch);
  CHECK(published.back().epoch == head.epoch);
  CHECK(published.back().chain == head.chain);
  CHECK(Prove(office, published).ok());
}

TEST_CASE("a line with the wrong epoch, as older versions signed, refuses no healthy log") {
  Office office;
  office.Again();
  office.Stop();
  auto published = Published(office).checkpoints;
  REQUIRE(published.size() == 1);
  ++published[0].epoch;
  const auto seed = FromHex(ReadBytes(office.directory + "/keys/checkpoint.key").substr(0, 64));
  REQUIRE(seed);
  proof::Seed key;
  std::copy(seed->begin(), seed->end(), key.begin());
  WriteBytes(CheckpointFile(office.Data()), proof::SignedLine(published[0], key));
  CHECK(Prove(office, published).ok());
  office.Begin();
  CHECK_FALSE(office.engine->start_report().unwitnessed);
}

TEST_CASE("what a stopped engine has signed is not taken for a torn tail") {
  Office office;
  office.Hold("AAAA1");
  office.Stop();
  const std::string log = ReadBytes(office.Segment(1));
  const size_t last = (log.find_last_not_of('\0') / 4096) * 4096;
  std::string damaged = log;
  damaged[last + 20] ^= 1;
  WriteBytes(office.Segment(1), damaged);
  const auto before = AllFiles(office.Data());
  for (int start = 0; start < 2; ++start) {
    const Ends ends = RecoverFrom(office.files, office.Data(), office.directory + "/keys");
    CHECK(Names(ends.recovered.status(), office.Segment(1) + ", offset " + std::to_string(last)));
    CHECK(Names(ends.recovered.status(), "checkpoints"));
    CHECK(AllFiles(office.Data()) == before);
  }
  SECTION("the public key is not needed") {
    fs::remove(office.directory + "/keys/checkpoint.pub");
    const Ends ends = RecoverFrom(office.files, office.Data(), office.directory + "/keys");
    CHECK(Names(ends.recovered.status(), "checkpoints"));
  }
  SECTION("nor is anything mended with another directory's keys") {
    fs::remove(office.directory + "/keys/pepper.1");
    const Ends ends = RecoverFrom(office.files, office.Data(), office.directory + "/none");
    CHECK(absl::IsFailedPrecondition(ends.recovered.status()));
    const std::string message(ends.recovered.status().message());
    CHECK(message.find("/none/pepper.1 is missing") != std::string::npos);
    CHECK(AllFiles(office.Data()) == before);
  }
  SECTION("what was published says so too, and of no file that it were to be moved away") {
    const auto audit = Prove(office, Published(office).checkpoints);
    CHECK(Names(audit, "Restore the log"));
    CHECK_FALSE(Names(audit, "move"));
  }
  // Without the line there is nothing that tells it from one.
  SECTION("another key's line is no witness, and the start says so") {
    fs::remove(office.directory + "/keys/checkpoint.key");
    fs::remove(office.directory + "/keys/checkpoint.pub");
    office.Begin();
    CHECK(office.engine->start_report().unwitnessed);
  }
  SECTION("nor is a file that was moved away") {
    fs::remove(CheckpointFile(office.Data()));
    office.Begin();
    CHECK_FALSE(office.engine->start_report().unwitnessed);
  }
  SECTION("and so it is mended") {
    WriteBytes(office.Segment(1), log);
    CHECK(RecoverFrom(office.files, office.Data(), office.directory + "/keys").recovered.ok());
  }
}

TEST_CASE("a key that was lost is made anew, and signs what the old one had signed") {
  Office office;
  office.Stop();
  fs::remove(office.directory + "/keys/checkpoint.key");
  for (int start = 0; start < 2; ++start) {
    office.Begin();
    CHECK_FALSE(office.engine->start_report().unwitnessed);
    office.Stop();
    const std::string lines = ReadBytes(CheckpointFile(office.Data()));
    CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
    CHECK(proof::ReadLines(lines.substr(lines.find('\n') + 1), CheckpointKeyOf(office)).ok());
  }
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
