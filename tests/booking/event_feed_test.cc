// What the public is told of the log, and that whoever goes on from any place misses nothing and is
// told nothing twice.
#include "booking/event_feed.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "tests/booking/snapshot_fixture.h"

namespace creneau::booking {
namespace {

std::string Name(const PublicEvent& event) { return std::string(PublicFactName(event.fact)); }

// One line of all that there is to say of an event.
std::string Line(const PublicEvent& event) {
  std::string line = absl::StrCat(event.lsn.value, " ", Name(event));
  if (event.agenda != nullptr) absl::StrAppend(&line, " ", event.agenda->name);
  if (event.reservation) {
    absl::StrAppend(&line, " ", std::string(event.reservation->view()), " ",
                    FormatLocalMinute(event.seat.slot));
    if (event.expires_at) absl::StrAppend(&line, " until ", event.expires_at->ms);
  }
  if (event.fact == PublicFact::kMoved)
    absl::StrAppend(&line, " from ", FormatLocalMinute(event.from.slot), " ", event.moves);
  if (event.confirmed) absl::StrAppend(&line, " confirmed");
  if (event.by_holder) absl::StrAppend(&line, " by its holder");
  if (event.version != 0) absl::StrAppend(&line, " version ", event.version);
  return line;
}

// All that is told after that LSN, as lines; `last`: the position it ends at.
std::vector<std::string> After(const Engine& engine, uint64_t lsn, uint64_t* last = nullptr) {
  std::vector<std::string> lines;
  const auto feed = engine.EventsAfter(Lsn{lsn});
  for (;;) {
    PublicEvent event;
    const auto step = feed->Next(&event);
    INFO(step.status());
    REQUIRE(step.ok());
    if (*step == EventFeed::Step::kCaughtUp) break;
    if (*step == EventFeed::Step::kEvent) lines.push_back(Line(event));
  }
  if (last != nullptr) *last = feed->position().value;
  return lines;
}

// The same without LSNs.
std::vector<std::string> Told(const Engine& engine, uint64_t lsn = 0) {
  std::vector<std::string> lines = After(engine, lsn);
  for (std::string& line : lines) line.erase(0, line.find(' ') + 1);
  return lines;
}

// Whoever comes back with any LSN is told the rest, exactly.
void CheckEveryPlace(const Engine& engine) {
  uint64_t last = 0;
  const std::vector<std::string> all = After(engine, 0, &last);
  REQUIRE(last == engine.Events()->newest.value);
  for (uint64_t lsn = 0; lsn <= last; ++lsn) {
    std::vector<std::string> rest;
    for (const std::string& line : all) {
      if (std::stoull(line) > lsn) rest.push_back(line);
    }
    INFO("after " << lsn);
    REQUIRE(After(engine, lsn) == rest);
  }
}

}  // namespace

TEST_CASE("a reservation's story is told as it went, by its name") {
  Office office;
  const auto ada = office.Hold("ADA1", "2026-12-08T09:00");
  const std::string name(ada.reservation.name.view());
  REQUIRE(office.Do(&Engine::Extend, ada.reservation).outcome == Outcome::kOk);
  REQUIRE(office.Do(&Engine::Confirm, ada.reservation).outcome == Outcome::kOk);
  REQUIRE(office.Do(&Engine::Confirm, ada.reservation).outcome == Outcome::kOk);  // a repeat
  REQUIRE(office.Move(ada.reservation, "2026-12-10T10:00").outcome == Outcome::kOk);
  REQUIRE(office.Do(&Engine::Cancel, ada.reservation).outcome == Outcome::kOk);
  const auto bert = office.Hold("BERT1", "2026-12-08T09:30");
  const std::string other(bert.reservation.name.view());
  office.Pass(310);

  const int64_t until = ada.reservation.expires_at.ms;
  const std::string seat = "93-titres " + name + " 2026-12-08T09:00";
  CHECK(Told(*office.engine) ==
        std::vector<std::string>{
            "staff-act 93-titres", "published 93-titres version 1",
            absl::StrCat("held ", seat, " until ", until),
            absl::StrCat("extended ", seat, " until ", until + 300'000, " by its holder"),
            "confirmed " + seat,
            "moved 93-titres " + name + " 2026-12-10T10:00 from 2026-12-08T09:00 1 confirmed",
            "cancelled 93-titres " + name + " 2026-12-10T10:00 confirmed",
            absl::StrCat("held 93-titres ", other, " 2026-12-08T09:30 until ",
                         bert.reservation.expires_at.ms),
            "expired 93-titres " + other + " 2026-12-08T09:30"});
  CheckEveryPlace(*office.engine);
}

TEST_CASE("a publication that marks seats says nothing of them; an outage lengthens a hold") {
  Office office;
  const auto ada = office.Hold("ADA1", "2026-12-08T09:00");
  REQUIRE(office.Do(&Engine::Confirm, ada.reservation).outcome == Outcome::kOk);
  const auto bert = office.Hold("BERT1", "2026-12-08T09:00");
  const uint64_t before = office.engine->Events()->newest.value;
  // Marks both seats as the last of theirs: nothing that anybody should have a mail about.
  REQUIRE(office
              .Publish("93-titres", AgendaToml("93-titres", "", "{ web = 0, desk = 1 }"),
                       Displaced::kKeep)
              .outcome == Outcome::kOk);
  CHECK(Told(*office.engine, before) ==
        std::vector<std::string>{"staff-act 93-titres", "published 93-titres version 2"});
  // The engine is away for a minute: the hold is longer by that, and nobody asked for it.
  const uint64_t away = office.engine->Events()->newest.value;
  office.Stop();
  office.clock.now = office.clock.now + 60'000;
  office.Begin();
  const std::vector<std::string> told = Told(*office.engine, away);
  REQUIRE(told.size() == 1);
  CHECK(told[0].rfind("extended 93-titres " + std::string(bert.reservation.name.view()), 0) == 0);
  CHECK(told[0].find("by its holder") == std::string::npos);
  CheckEveryPlace(*office.engine);
}

TEST_CASE("a record that the log has twice is told once, however late it comes again") {
  Office office;
  const auto ada = office.Hold("ADA1", "2026-12-08T09:00");
  REQUIRE(office.Do(&Engine::Confirm, ada.reservation).outcome == Outcome::kOk);
  REQUIRE(office.Move(ada.reservation, "2026-12-10T10:00").outcome == Outcome::kOk);
  REQUIRE(office.Do(&Engine::Cancel, ada.reservation).outcome == Outcome::kOk);
  const std::vector<std::string> told = Told(*office.engine);
  // As threads that were stopped between their decision and its record would, all of them now.
  const std::string log = LogDirectory(office.Data());
  wal::Follow follow(office.files, log, ArchiveDirectory(office.Data()));
  REQUIRE(follow.Seek(Lsn{1}).ok());
  std::vector<std::string> records;
  for (;;) {
    wal::Follow::Record record;
    const auto step = follow.Next(office.engine->log().durable_lsn(), &record);
    REQUIRE(step.ok());
    if (*step == wal::Follow::Step::kCaughtUp) break;
    ledger::Event event;
    const bool seat =
        *step == wal::Follow::Step::kRecord && codec::DecodeSeatEvent(record.bytes, &event);
    if (seat) records.emplace_back(record.bytes);
  }
  REQUIRE(records.size() == 4);
  for (const std::string& record : records) office.act->PushBytes(record);
  REQUIRE(office.wait.Finish(*office.act));
  CHECK(Told(*office.engine) == told);
  CheckEveryPlace(*office.engine);
}

TEST_CASE("an opening's orders are told, and not each time somebody is let in") {
  codec::OpeningState opening;
  opening.day = 20'424;
  Office office;
  const uint64_t before = office.engine->Events()->newest.value;
  const auto push = [&] {
    const std::string record = codec::EncodeOpening(opening);
    office.act->PushBytes(record);
    REQUIRE(office.wait.Finish(*office.act));
  };
  opening.opened_at = office.clock.now;
  push();
  opening.served_rank = 7;
  opening.served = 3;
  push();
  opening.paused = true;
  push();
  opening.paused = false;
  opening.rate_cap_per_min = 60;
  push();
  opening.rate_cap_per_min = 0;
  push();
  opening.draining = true;
  push();
  CHECK(Told(*office.engine, before) ==
        std::vector<std::string>{"opening-opened 93-titres", "opening-paused 93-titres",
                                 "opening-resumed 93-titres", "opening-changed 93-titres",
                                 "opening-draining 93-titres"});
  CheckEveryPlace(*office.engine);
}

TEST_CASE("at random: restarts, snapshots, archived segments, and every place to go on from") {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    INFO("seed " << seed);
    Prng prng(seed);
    Office office;
    uint64_t covers = 0;
    for (int life = 0; life < 4; ++life) {
      office.Live(prng, 40);
      if (life > 0) covers = office.Snapshot().covers.value;
      office.Again();
    }
    office.Live(prng, 20);
    REQUIRE(office.Has("archive/0000000000000001.seg.zst"));
    CheckEveryPlace(*office.engine);
    CHECK(office.engine->Events()->oldest == Lsn{0});
    // An operator removed what the law no longer asks for.
    const uint64_t newest = office.engine->Events()->newest.value;
    const std::vector<std::string> all = After(*office.engine, 0);
    fs::remove(office.Data() + "/archive/0000000000000001.seg.zst");
    const uint64_t oldest = office.engine->Events()->oldest.value;
    REQUIRE(oldest > 0);
    PublicEvent event;
    CHECK(absl::IsNotFound(office.engine->EventsAfter(Lsn{oldest - 1})->Next(&event).status()));
    CHECK(After(*office.engine, newest).empty());
    // From a snapshot on it is as exact as before.
    const auto from = std::find_if(all.begin(), all.end(), [&](const std::string& line) {
      return std::stoull(line) > covers;
    });
    REQUIRE(from != all.end());
    CHECK(After(*office.engine, covers) == std::vector<std::string>(from, all.end()));
  }
}

}  // namespace creneau::booking
