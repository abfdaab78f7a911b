// An older backup is restored: nothing goes on silently, an operator's word is carried out wholly
// or not at all, and nothing that was lost is given to anybody else.

#include <set>

#include "tests/booking/faulty_files.h"
#include "tests/booking/loss_fixture.h"
#include "tests/booking/queue_fixture.h"
#include "wal/format.h"

namespace creneau::booking {
namespace {

bool Says(const absl::Status& status, const std::string& what) {
  INFO(status << "\nshould say: " << what);
  return std::string(status.message()).find(what) != std::string::npos;
}

TEST_CASE("an older backup is not gone on with where a newer checkpoint is known") {
  Lost office;
  const auto before = AllFiles(office.Data());
  const absl::Status given = office.TryToOpen({{}, office.Published()});
  CHECK(absl::IsDataLoss(given));
  CHECK(Says(given, "--accept-loss-after " + std::to_string(office.end) + "."));
  CHECK(AllFiles(office.Data()) == before);
  WriteBytes(CheckpointFile(office.Data()), ReadBytes(office.Published()));
  const absl::Status appended = office.TryToOpen({});
  CHECK(absl::IsDataLoss(appended));
  CHECK(Says(appended, "--accept-loss-after " + std::to_string(office.end) + "."));
}

TEST_CASE("what is accepted is where the log ends, or nothing is") {
  Lost office;
  const auto before = AllFiles(office.Data());
  for (const uint64_t wrong : {uint64_t{0}, office.end - 1, office.end + 1}) {
    const absl::Status refused = office.TryToOpen(office.Accept(wrong));
    CHECK(absl::IsFailedPrecondition(refused));
    CHECK(Says(refused, "start with --accept-loss-after " + std::to_string(office.end)));
    CHECK(AllFiles(office.Data()) == before);
  }
  CHECK(office.TryToOpen(office.Accept(office.end)).ok());
}

TEST_CASE("a file of checkpoints must be one, and signed by this engine") {
  Lost office;
  const std::string line = ReadBytes(office.Published());
  CHECK(absl::IsNotFound(office.TryToOpen({{}, office.directory + "/nowhere"})));
  WriteBytes(office.Published(), "");
  CHECK(Says(office.TryToOpen({{}, office.Published()}), "no checkpoint"));
  WriteBytes(office.Published(), proof::SignedLine({1, Lsn{1}, 1, Instant{1}, {}}, {}));
  CHECK(Says(office.TryToOpen({{}, office.Published()}), "not by this key"));
}

TEST_CASE("an accepted loss is in the log, and later starts need not be told") {
  Lost office;
  const std::string mac = ReadBytes(office.directory + "/keys/mac.key");
  const proof::Checkpoint newest = office.PublishedLines().back();
  REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
  const auto loss = office.engine->start_report().loss;
  REQUIRE(loss);
  CHECK(loss->after == Lsn{office.end});
  REQUIRE(loss->newest);
  CHECK(loss->newest->lsn == newest.lsn);
  CHECK(wal::EraOf(office.engine->log().head().epoch) == loss->era);
  CHECK(office.engine->log().head().lsn.value / 1'000'000'000 == loss->era);
  CHECK_FALSE(fs::exists(office.Data() + "/accepting-loss"));
  // Tickets are void; what attempts rest on is kept.
  CHECK(ReadBytes(office.directory + "/keys/mac.key") != mac);
  CHECK(ReadBytes(office.directory + "/keys/mac.key.lost-" + std::to_string(loss->era)) == mac);
  CHECK_FALSE(office.engine->start_report().mac_key_made);
  for (const bool told_again : {false, true}) {
    office.Stop();
    REQUIRE(office.TryToOpen(told_again ? office.Accept(office.end) : Restoring{}).ok());
    CHECK_FALSE(office.engine->start_report().loss);
    CHECK(office.engine->start_report().loss_known == told_again);
  }
  office.Stop();
  REQUIRE(office.TryToOpen({{}, office.Published()}).ok());
  office.Stop();
  const auto report = office.Audit();
  REQUIRE(report.ok());
  CHECK(report->losses == std::vector{*loss});
}

TEST_CASE("what was published of a lost state is told to be lost; what is published now is not") {
  Lost office;
  const auto old = office.PublishedLines();
  REQUIRE(old.size() == 2);
  REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
  // As many batches as were lost, and more: others have their numbers now.
  for (int i = 0; i < 6; ++i) office.Hold("NEW" + std::to_string(i));
  office.Stop();
  const auto with_old = office.Audit(old);
  INFO(with_old.status());
  REQUIRE(with_old.ok());
  REQUIRE(with_old->lost.size() == 1);
  CHECK(with_old->lost[0].batch == old[1].batch);
  office.Publish1();
  const auto with_new = office.Audit(office.PublishedLines());
  REQUIRE(with_new.ok());
  CHECK(with_new->lost.empty());
  // Of the rest nothing is forgiven.
  auto forged = old;
  forged[0].chain[0] ^= 1;
  CHECK(absl::IsDataLoss(office.Audit(forged).status()));
}

TEST_CASE("a name that was given out and is lost stands for nobody's reservation ever after") {
  Lost office;
  REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
  CHECK(office.Do(&Engine::Read, office.ada).outcome == Outcome::kOk);
  std::set<std::string> names = {std::string(office.bert.name.view()),
                                 std::string(office.cleo.name.view())};
  // Every seat that they could have had.
  for (int i = 0; i < 100; ++i) {
    const auto held = office.Hold("NEW" + std::to_string(i));
    if (held.outcome != Outcome::kOk) break;
    CHECK(names.insert(std::string(held.reservation.name.view())).second);
    CHECK(office.Do(&Engine::Read, held.reservation).outcome == Outcome::kOk);
  }
  CHECK(names.size() > 20);
  CHECK(office.Do(&Engine::Read, office.bert).outcome == Outcome::kUnknownReservation);
  CHECK(office.Do(&Engine::Cancel, office.cleo).outcome == Outcome::kUnknownReservation);
  // Bert comes again, with the key of then, and gets a reservation of his own.
  office.Do(&Engine::Cancel, office.ada);
  office.Pass(24 * 3600 / 100);
  CHECK(office.engine->CheckInvariants().ok());
}

TEST_CASE("the same backup restored twice: neither time's names come again") {
  Lost office;
  std::set<std::string> names;
  std::set<uint64_t> eras;
  for (int time = 0; time < 3; ++time) {
    office.Restore("backup");
    REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
    CHECK(eras.insert(office.engine->start_report().loss->era).second);
    for (int i = 0; i < 5; ++i) {
      const auto held = office.Hold("NEW" + std::to_string(i), "2026-12-08T10:00");
      if (held.outcome == Outcome::kOk)
        CHECK(names.insert(std::string(held.reservation.name.view())).second);
    }
    office.Stop();
  }
  CHECK(names.size() == 6);
}

TEST_CASE("a seat keeps its name through a loss, a snapshot and another loss") {
  Lost office;
  REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
  const auto dora = office.Hold("DORA1", "2026-12-08T10:00").reservation;
  office.Do(&Engine::Confirm, dora);
  office.Snapshot();
  office.Again();
  office.Snapshot();
  office.Stop();
  const uint64_t end = office.Audit()->log.last_lsn.value;
  REQUIRE(office.TryToOpen({Lsn{end}, ""}).ok());
  const auto emil = office.Hold("EMIL1", "2026-12-08T11:00").reservation;
  for (int start = 0; start < 2; ++start) {
    for (const Reservation& one : {office.ada, dora, emil})
      CHECK(office.Do(&Engine::Read, one).outcome == Outcome::kOk);
    const std::string digest = office.engine->Digest();
    office.Stop();
    CheckAgreement(office, digest);
    CHECK(office.Audit()->losses.size() == 2);
    office.Begin();
  }
}

TEST_CASE("an operator who knows it needs no checkpoint") {
  Lost office;
  REQUIRE(office.TryToOpen({Lsn{office.end}, ""}).ok());
  REQUIRE(office.engine->start_report().loss);
  CHECK_FALSE(office.engine->start_report().loss->newest);
}

TEST_CASE("snapshots and archived segments that are newer than the log are never mixed into it") {
  Backups office;
  office.Hold("ADA1");
  office.Snapshot();
  office.Stop();
  office.Backup("backup");
  const uint64_t end = office.Audit()->log.last_lsn.value;
  office.Begin();
  for (int i = 0; i < 3; ++i) {
    office.Hold("BERT" + std::to_string(i));
    office.Again();
    office.Snapshot();
  }
  office.Stop();
  office.Publish1();
  // The log is restored, and nothing beside it.
  REQUIRE(fs::exists(office.Data() + "/archive/0000000000000002.seg.zst"));
  fs::remove_all(office.Data() + "/log");
  fs::copy(office.directory + "/backup/log", office.Data() + "/log", fs::copy_options::recursive);
  fs::remove(CheckpointFile(office.Data()));
  CHECK_FALSE(office.TryToOpen({}).ok());
  REQUIRE(office.TryToOpen(office.Accept(end)).ok());
  CHECK_FALSE(office.engine->start_report().snapshot);
  CHECK(office.engine->start_report().lost_aside.size() >= 4);
  office.Hold("CLEO1");
  office.Snapshot();
  office.Again();
  office.Snapshot();
  const std::string digest = office.engine->Digest();
  office.Stop();
  CheckAgreement(office, digest);
}

TEST_CASE("an opening under way: K stays K, tickets are void, people take new ones") {
  Queue queue;
  World& world = queue.world;
  const std::string data = world.directory + "/data";
  queue.GoTo(8, 59);
  const std::string gathered = queue.TicketOf("FILE1");
  queue.GoTo(9, 1);
  const OpeningView before = queue.Status();
  REQUIRE(before.state.opened_at);
  world.Stop();
  const uint64_t end = AuditLog(world.files, data)->log.last_lsn.value;
  EngineOptions options;
  options.data = data;
  options.keys = world.directory + "/keys";
  options.segment_bytes = limits::kMinSegmentBytes;
  options.steward_thread = false;
  options.restoring.accept_loss_after = Lsn{end};
  auto opened =
      Engine::Open(options, world.files, world.clock, world.entropy, [](const absl::Status&) {});
  REQUIRE(opened.ok());
  world.engine = *std::move(opened);
  world.act = std::make_unique<Act>(world.pool, world.engine->log());
  CHECK(queue.Status().state.k == before.state.k);
  CHECK(queue.Hold("FILE1", gathered).outcome != Outcome::kOk);
  const std::string anew = queue.TicketOf("FILE1");
  CHECK(anew != gathered);
  CHECK(queue.HoldInTime("FILE1", anew).outcome == Outcome::kOk);
}

// The start dies at every operation on DATA and KEYS but the log's own; the next one is told the
// same and comes to the same.
TEST_CASE("an accepting start can be killed at each of its steps") {
  const auto digest_of = [](Lost& office) {
    const std::string digest = office.engine->Digest();
    office.Stop();
    const auto report = office.Audit();
    REQUIRE(report.ok());
    CHECK(report->losses.size() == 1);
    CHECK(report->losses[0].after == Lsn{office.end});
    CHECK_FALSE(fs::exists(office.Data() + "/accepting-loss"));
    return digest;
  };
  Lost office;
  REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
  const std::string digest = digest_of(office);
  int died = 0;
  for (const char* part : {"accepting-loss", "mac.key", "/data/log", "checkpoints"}) {
    for (int at = 1;; ++at) {
      INFO("dies at operation " << at << " on " << part);
      office.Restore("backup");
      FaultyFiles dying(office.files, part);
      dying.die_at = at;
      const absl::Status status = office.TryToOpen(office.Accept(office.end), &dying);
      const bool noted = fs::exists(office.Data() + "/accepting-loss");
      office.Stop();
      if (dying.operations < at) break;
      ++died;
      if (!status.ok() && noted) {
        // Not gone on with by somebody who does not know; or, where the log has it, brought to its
        // end.
        const absl::Status untold = office.TryToOpen({});
        CHECK((untold.ok() || absl::IsFailedPrecondition(untold)));
        office.Stop();
      }
      const absl::Status again = office.TryToOpen(office.Accept(office.end));
      INFO(again);
      REQUIRE(again.ok());
      CHECK(digest_of(office) == digest);
    }
  }
  CHECK(died > 20);
}

}  // namespace
}  // namespace creneau::booking
