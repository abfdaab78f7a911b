// What an accepted loss leaves of what was told before it: attempts, the service record, events.

#include <sstream>

#include "booking/event_feed.h"
#include "tests/booking/faulty_files.h"
#include "tests/booking/loss_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE("who had nothing before a loss can still prove it, of an agenda that is what it was") {
  Lost office;  // Ada's is in the backup
  office.Restore("backup");
  office.Begin();
  for (const char* agenda : {"14-titres", "93-titres"}) {
    REQUIRE(office.Publish(agenda, AgendaToml(agenda), Displaced::kKeep).outcome == Outcome::kOk);
    REQUIRE(office.engine->Order(agenda, {OpeningOrder::What::kPause, 0, ""}, kTester).outcome ==
            Outcome::kOk);
  }
  const auto known = office.Hold("FILE1", "", "", "93-titres").attempt;
  const auto lost = office.Hold("FILE1", "", "", "14-titres").attempt;
  REQUIRE((known && lost));
  const ReceiptAnswer then = office.engine->SignAttempt(known->view(), office.clock.now);
  office.Stop();
  office.Restore("backup");
  // The start that accepts it is interrupted when the key is aside already.
  FaultyFiles dying(office.files, "/data/log");
  dying.die_at = 1;
  CHECK_FALSE(office.TryToOpen(office.Accept(office.end), &dying).ok());
  office.Stop();
  REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
  // Another agenda has the number of the one that was lost.
  REQUIRE(office.Publish("75-titres", AgendaToml("75-titres")).outcome == Outcome::kOk);
  for (const bool started_again : {false, true}) {
    if (started_again) office.Again();
    const ReceiptAnswer now = office.engine->SignAttempt(known->view(), office.clock.now);
    CHECK(now.outcome == Outcome::kOk);
    CHECK(now.receipt == then.receipt);
    CHECK(office.engine->SignAttempt(lost->view(), office.clock.now).outcome ==
          Outcome::kValidationFailed);
  }
}

TEST_CASE("what an agenda was that is lost, another one of its number is not") {
  Backups office;
  office.Stop();
  // Of a backup from before anything was published.
  fs::remove_all(office.Data());
  office.Start();
  office.Stop();
  office.Backup("empty");
  const uint64_t end = office.Audit()->log.last_lsn.value;
  office.Begin();
  REQUIRE(office.Publish("14-titres", AgendaToml("14-titres")).outcome == Outcome::kOk);
  REQUIRE(office.engine->Order("14-titres", {OpeningOrder::What::kPause, 0, ""}, kTester).outcome ==
          Outcome::kOk);
  const auto lost = office.Hold("FILE1", "", "", "14-titres").attempt;
  REQUIRE(lost);
  office.Stop();
  office.Restore("empty");
  REQUIRE(office.TryToOpen({Lsn{end}, ""}).ok());
  REQUIRE(office.Publish("75-titres", AgendaToml("75-titres")).outcome == Outcome::kOk);
  CHECK(office.engine->SignAttempt(lost->view(), office.clock.now).outcome ==
        Outcome::kValidationFailed);
}

TEST_CASE("the service record keeps nothing of what was lost, also after an interrupted start") {
  const bool interrupted = GENERATE(false, true);
  const bool synced = GENERATE(false, true);  // as far as the files said they were
  CAPTURE(interrupted, synced);
  Backups office;
  const auto look = [&office] {
    office.clock.now = office.clock.now + limits::kServiceMinuteMs;
    office.engine->Keep();
  };
  office.Hold("ADA1");
  look();
  office.Stop();
  office.Backup("backup");
  const uint64_t end = office.Audit()->log.last_lsn.value;
  office.Begin();
  office.Hold("BERT1");
  look();
  office.Hold("CLEO1");
  look();
  if (synced) office.Stop();
  // The files of the record are not restored: they are what they became.
  fs::copy(office.Data() + "/record", office.directory + "/record", fs::copy_options::recursive);
  office.Stop();
  office.Restore("backup");
  fs::remove_all(office.Data() + "/record");
  fs::copy(office.directory + "/record", office.Data() + "/record", fs::copy_options::recursive);
  REQUIRE(office.TryToOpen({Lsn{end}, ""}).ok());
  const Lsn first = office.engine->log().head().lsn;
  if (interrupted) {
    // Killed before the first look: the files are as they were, and the log has gone on.
    office.Stop();
    fs::remove_all(office.Data() + "/record");
    fs::copy(office.directory + "/record", office.Data() + "/record", fs::copy_options::recursive);
    office.Begin();
  }
  look();
  office.Stop();
  size_t lines = 0;
  for (const auto& file : fs::directory_iterator(office.Data() + "/record")) {
    std::istringstream text(ReadBytes(file.path().string()));
    for (std::string line; std::getline(text, line);) {
      const auto lsn = line.find("\"lsn\":\"");
      if (lsn == std::string::npos) continue;
      const uint64_t at = std::stoull(line.substr(lsn + 7));
      INFO(file.path().filename() << ": " << line);
      CHECK((at <= end || at >= first.value));
      ++lines;
    }
  }
  CHECK(lines >= 2);
}

TEST_CASE("who followed events into what was lost is told so, and where to go on from") {
  Lost office;
  REQUIRE(office.TryToOpen(office.Accept(office.end)).ok());
  office.Hold("DORA1", "2026-12-08T11:00");
  const uint64_t first = office.engine->start_report().loss->era * 1'000'000'000 + 1;
  for (const uint64_t at : {office.end + 1, office.end + 2, first - 1}) {
    const auto range = office.engine->Events(Lsn{at});
    REQUIRE(range.ok());
    CHECK(range->lost);
    CHECK(range->oldest == Lsn{office.end});
  }
  for (const uint64_t at : {uint64_t{0}, office.end, first}) {
    CHECK_FALSE(office.engine->Events(Lsn{at})->lost);
    CHECK(office.engine->Events(Lsn{at})->oldest == Lsn{0});
  }
  const auto feed = office.engine->EventsAfter(Lsn{office.end});
  PublicEvent event;
  for (auto step = feed->Next(&event); *step != EventFeed::Step::kEvent; step = feed->Next(&event))
    REQUIRE(*step == EventFeed::Step::kMore);
  CHECK(event.fact == PublicFact::kLossAccepted);
  CHECK(event.lsn == Lsn{first});
  CHECK(event.lost_after == Lsn{office.end});
}

}  // namespace
}  // namespace creneau::booking
