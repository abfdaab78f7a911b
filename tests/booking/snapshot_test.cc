// Whatever a snapshot was taken in the middle of: the engine comes back to exactly what the whole
// log says.

#include <atomic>
#include <shared_mutex>
#include <thread>

#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE("a quiet engine: its snapshot, its log and itself are the same, and it starts from it") {
  Office office;
  const auto held = office.Hold("AAAA1", "2026-12-01T09:00");
  const auto moved = office.Hold("AAAA2", "2026-12-01T09:30");
  REQUIRE(office.Move(moved.reservation, "2026-12-03T11:00").outcome == Outcome::kOk);
  const SnapshotHeader header = office.Snapshot();
  CHECK(header.number == 1);
  CHECK(header.agendas == 1);
  CHECK(header.covers == header.position);
  CHECK(header.seats == office.engine->stats().seats / limits::kSeatsPerBlock * 3);
  CHECK(fs::file_size(office.PathOf(header)) == header.bytes);
  const std::string digest = office.engine->Digest();
  office.Stop();
  CheckAgreement(office, digest);
  office.Begin();
  REQUIRE(office.engine->start_report().snapshot);
  CHECK(office.engine->start_report().snapshot->number == 1);
  CHECK(office.engine->start_report().reservations == 2);
  CHECK_FALSE(office.engine->start_report().keys_made);
  CHECK(office.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
  const auto read = office.Do(&Engine::Read, moved.reservation);
  REQUIRE(read.outcome == Outcome::kOk);
  CHECK(FormatLocalMinute(read.reservation.slot) == "2026-12-03T11:00");
}

TEST_CASE("segments behind the snapshot may be gone, and keys are still asked for") {
  Office office;
  const auto held = office.Hold("AAAA1", "2026-12-01T09:00");
  office.Again();
  office.Again();
  REQUIRE(office.Snapshot().start.segment == 3);
  office.Stop();
  fs::remove(office.Segment(1));
  fs::remove(office.Segment(2));
  fs::rename(office.directory + "/keys", office.directory + "/elsewhere");
  EngineOptions options;
  options.data = office.Data();
  options.keys = office.directory + "/keys";
  const auto without =
      Engine::Open(options, office.files, office.clock, office.entropy, [](const absl::Status&) {});
  CHECK(absl::IsFailedPrecondition(without.status()));
  fs::remove_all(office.directory + "/keys");
  fs::rename(office.directory + "/elsewhere", office.directory + "/keys");
  office.Begin();
  CHECK(office.engine->start_report().reservations == 1);
  CHECK(office.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
}

TEST_CASE("a month of random acts with snapshots and restarts between them") {
  const uint64_t seed = GENERATE(1, 2, 3);
  CAPTURE(seed);
  Prng prng(seed);
  Office office;
  for (int round = 0; round < 12; ++round) {
    office.Live(prng, static_cast<int>(prng.Below(40)));
    if (prng.Below(2) == 0) office.Snapshot();
    office.Live(prng, static_cast<int>(prng.Below(20)));
    REQUIRE(office.engine->CheckInvariants().ok());
    const std::string digest = office.engine->Digest();
    office.engine->Close();
    CheckAgreement(office, digest);
    office.Again();
  }
  CHECK(office.engine->start_report().snapshot);
}

TEST_CASE("two are kept") {
  Office office;
  for (uint64_t number = 1; number <= 4; ++number) {
    CHECK(office.Snapshot().number == number);
    office.Hold("AAAA" + std::to_string(number));
  }
  const auto numbers = ListSnapshots(office.files, office.Data());
  REQUIRE(numbers.ok());
  CHECK(*numbers == std::vector<uint64_t>{4, 3});
  // One that is damaged does not count as one of the two.
  const std::string path = SnapshotPath(office.Data(), 4);
  WriteBytes(path, ReadBytes(path).substr(0, 5'000));
  office.Snapshot();
  CHECK(*ListSnapshots(office.files, office.Data()) == std::vector<uint64_t>{5, 4, 3});
  office.Snapshot();
  CHECK(*ListSnapshots(office.files, office.Data()) == std::vector<uint64_t>{6, 5});
  CHECK(office.engine->stats().snapshots.taken == 6);
  CHECK(office.engine->stats().snapshots.failed == 0);
}

TEST_CASE("segments behind the older of two are archived, and the log is still whole") {
  Office office;
  Prng prng(11);
  for (int run = 0; run < 4; ++run) {
    office.Live(prng, 12);
    office.Snapshot();
    office.Again();
  }
  // The last two were begun in segments 3 and 4.
  CHECK(office.Has("archive/0000000000000001.seg.zst"));
  CHECK(office.Has("archive/0000000000000002.seg.zst"));
  CHECK_FALSE(office.Has("log/0000000000000002.seg"));
  CHECK_FALSE(office.Has("archive/0000000000000003.seg.zst"));
  CHECK(office.Has("log/0000000000000003.seg"));
  office.Live(prng, 12);
  const std::string digest = office.engine->Digest();
  office.Stop();
  CheckAgreement(office, digest);
  // Without any snapshot, the archive is read as well.
  fs::remove_all(office.Data() + "/snapshots");
  const Ends ends = RecoverFrom(office.files, office.Data());
  REQUIRE(ends.recovered.ok());
  CHECK(ends.digest == digest);
  // With one, it is not needed.
  office.Begin();
  office.Snapshot();
  office.Stop();
  fs::remove_all(office.Data() + "/archive");
  office.Begin();
  CHECK(office.engine->Digest() == digest);
}

TEST_CASE("snapshots taken while eight threads book") {
  Office office;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  std::atomic<int> granted{0};
  // Shared by those who have something under way: a batch during which the clock jumps would seem
  // to have taken hours.
  std::shared_mutex clock_stands;
  std::atomic<bool> to_jump{false};  // or readers would never let the writer in
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      CommitPool pool;
      Act act(pool, office.engine->log());
      BlockingWait wait;
      Prng prng(static_cast<uint64_t>(t) + 1);
      while (!stop.load()) {
        const std::string dossier = "FILE" + std::to_string(prng.Below(40));
        HoldRequest request;
        request.agenda = "93-titres";
        request.applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
        request.applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] =
            "1990-05-17";
        while (to_jump.load()) std::this_thread::yield();
        const std::shared_lock standing(clock_stands);
        act.Begin();
        const auto held = office.engine->Hold(act, request, office.clock.now);
        wait.Finish(act);
        if (held.outcome != Outcome::kOk) continue;
        granted.fetch_add(1);
        const HolderRequest holder{held.reservation.name.view(), held.reservation.key.view()};
        const LocalMinute slot = *ParseLocalMinute(std::string("2026-12-0") +
                                                   (prng.Below(2) == 0 ? "3" : "8") + "T10:30");
        act.Begin();
        office.engine->Move(act, holder, slot, office.clock.now);
        if (prng.Below(2) == 0) office.engine->Confirm(act, holder, office.clock.now);
        if (prng.Below(3) != 0) office.engine->Cancel(act, holder, office.clock.now);
        wait.Finish(act);
      }
    });
  }
  for (int i = 0; i < 40; ++i) {
    office.Snapshot();
    // Cooled seats come back, so that the office does not run dry.
    {
      to_jump.store(true);
      const std::unique_lock jumps(clock_stands);
      while (office.engine->log().in_flight_ms() != 0) std::this_thread::yield();
      office.clock.now = office.clock.now + 7 * 3'600'000;
      to_jump.store(false);
    }
    office.engine->Tick();
    if (i == 5) {
      CHECK(office.Publish("93-titres", AgendaToml("93-titres", "", "{ web = 5, desk = 1 }"))
                .outcome == Outcome::kOk);
    }
  }
  stop.store(true);
  for (std::thread& thread : threads) thread.join();
  CHECK(granted.load() > 100);
  REQUIRE(office.engine->CheckInvariants().ok());
  const std::string digest = office.engine->Digest();
  office.Stop();
  CheckAgreement(office, digest);
}

}  // namespace
}  // namespace creneau::booking
