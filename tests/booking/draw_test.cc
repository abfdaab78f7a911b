// The whole life of a draw.
#include <map>
#include <set>

#include "base/limits_draw_room.h"
#include "booking/engine_impl.h"
#include "tests/booking/draw_fixture.h"

namespace creneau::booking {
namespace {

constexpr const char* kEntryKey = "0123456789abcdefghijklmn";

}  // namespace

TEST_CASE("who comes before or after the days of entries is told so, and has proof of it") {
  Lottery lottery;
  const EntryAnswer early = lottery.Enter(EntrantsDossier(1));
  CHECK(early.outcome == Outcome::kNotOpenYet);
  REQUIRE(early.opens_at.has_value());
  CHECK(early.detail.find("takes entries from the time") != std::string_view::npos);
  CHECK(early.attempt.has_value());
  lottery.GoTo("2026-11-30T10:30");
  CHECK(lottery.Enter(EntrantsDossier(1)).outcome == Outcome::kOk);
  lottery.GoTo("2026-12-01T18:00");
  const EntryAnswer late = lottery.Enter(EntrantsDossier(2));
  CHECK(late.outcome == Outcome::kNotOpenYet);
  CHECK_FALSE(late.opens_at.has_value());
  CHECK(late.attempt.has_value());
}

// Whoever holds a seat where seats are drawn is refused; of the draw the receipt says whether it
// takes entries.
TEST_CASE("a receipt's phase is that of the entries where seats are drawn") {
  Lottery lottery;
  const auto phase_of = [&](const std::optional<AttemptText>& attempt) {
    REQUIRE(attempt);
    const ReceiptAnswer answer = lottery.engine->SignAttempt(attempt->view(), lottery.clock.now);
    REQUIRE(answer.outcome == Outcome::kOk);
    CHECK(answer.attempted == "by-draw");
    const auto receipt = proof::ReadReceipt(answer.receipt);
    REQUIRE(receipt.ok());
    return std::get<proof::AttemptReceipt>(receipt->body).phase;
  };
  const auto seen = [&] {
    return lottery.engine->Attempt({.agenda = "93-titres"}, lottery.clock.now);
  };
  CHECK(phase_of(lottery.Hold(EntrantsDossier(1)).attempt) == "closed");
  CHECK(phase_of(seen().attempt) == "closed");
  lottery.GoTo("2026-11-30T10:30");
  CHECK(phase_of(lottery.Hold(EntrantsDossier(1)).attempt) == "open");
  CHECK(seen().outcome == Outcome::kSeatsLeft);  // who can enter has found something
}

TEST_CASE(
    "one entry a person; a repeat gives the same, anybody else learns only that there is one") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const EntryAnswer first = lottery.Enter(EntrantsDossier(1), kEntryKey);
  REQUIRE(first.outcome == Outcome::kOk);
  CHECK_FALSE(first.existed);
  CHECK(first.entry.state == "entered");
  CHECK(first.entry.draw == "2026-12");
  CHECK(first.entry.wishes == "any any any");
  const EntryAnswer again = lottery.Enter(EntrantsDossier(1), kEntryKey);
  CHECK(again.outcome == Outcome::kOk);
  CHECK(again.existed);
  CHECK(again.entry.name == first.entry.name);
  CHECK(again.entry.key.view() == first.entry.key.view());
  rules::Wishes mornings;
  mornings.afternoon = false;
  CHECK(lottery.Enter(EntrantsDossier(1), kEntryKey, mornings).outcome ==
        Outcome::kIdempotencyMismatch);
  const EntryAnswer other = lottery.Enter(EntrantsDossier(1), "another-key-another-key-");
  CHECK(other.outcome == Outcome::kAlreadyEntered);
  CHECK(other.entry.name.empty());
  // A wrong key and an unknown name look alike.
  EntryView forged = first.entry;
  forged.key.text[0] = forged.key.text[0] == 'A' ? 'B' : 'A';
  CHECK(lottery.Ask(ReadEntry, forged).outcome == Outcome::kUnknownEntry);
  forged = first.entry;
  forged.name = "E0000000000000";
  CHECK(lottery.Ask(ReadEntry, forged).outcome == Outcome::kUnknownEntry);
}

TEST_CASE("who leaves before the closing takes no part, and may enter again") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const EntryView first = lottery.EnterAll(EntrantsDossier(1));
  for (int i = 0; i < 2; ++i) CHECK(lottery.Ask(LeaveDraw, first).entry.state == "withdrawn");
  const EntryView second = lottery.EnterAll(EntrantsDossier(1));
  CHECK(second.name != first.name);
  CHECK(lottery.State().entered == 1);
  lottery.GoTo("2026-12-01T18:00");
  CHECK(lottery.State().state.entries == 1);
  CHECK(lottery.StateOf(first) == "withdrawn");
  CHECK(lottery.StateOf(second) == "committed");
  CHECK(EntryReceipt(*lottery.engine, {first.name, first.key.view()}, lottery.clock.now).outcome ==
        Outcome::kDrawStep);
}

TEST_CASE("every step in its order, once, and nothing before its time") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  lottery.EnterAll(EntrantsDossier(1));
  CHECK(lottery.State().phase == "open");
  CHECK(CloseDraw(*lottery.engine, kAgendaName, kTester).outcome == Outcome::kDrawStep);
  CHECK(lottery.Seed().outcome == Outcome::kDrawStep);
  CHECK(lottery.Run().outcome == Outcome::kDrawStep);
  lottery.GoTo("2026-12-01T18:00");
  CHECK(lottery.State().phase == "closed");
  CHECK(CloseDraw(*lottery.engine, kAgendaName, kTester).existed);
  CHECK(lottery.Seed().outcome == Outcome::kDrawStep);  // the round is tomorrow
  CHECK(lottery.Run().outcome == Outcome::kDrawStep);
  lottery.GoTo("2026-12-02T12:00");
  for (const char* value : {"", "04 8", "4  8", "8 4", "seventeen"})
    CHECK(lottery.Seed(value).outcome == Outcome::kValidationFailed);
  REQUIRE(lottery.Seed().outcome == Outcome::kOk);
  CHECK(lottery.Seed().existed);
  CHECK(lottery.Seed("1 2 3").outcome == Outcome::kDrawStep);
  CHECK(lottery.State().phase == "seeded");
  REQUIRE(lottery.Run().outcome == Outcome::kOk);
  const DrawView done = lottery.State();
  CHECK(done.phase == "done");
  CHECK(done.seats == 24);
  CHECK(done.given == 1);
  const DrawAnswer again = lottery.Run();
  CHECK(again.existed);
  CHECK(again.draw->state == lottery.State().state);
}

TEST_CASE("what drand gives has 64 hexadecimal digits") {
  Lottery lottery(absl::StrReplaceAll(
      DrawToml(), {{"\"Loto\"", "\"drand quicknet\""}, {"\"1 December\"", "\"34468612\""}}));
  lottery.GoTo("2026-12-01T18:00");
  lottery.GoTo("2026-12-02T12:00");
  CHECK(lottery.Seed("4 8 15").outcome == Outcome::kValidationFailed);
  CHECK(lottery.Seed(std::string(62, 'a')).outcome == Outcome::kValidationFailed);
  CHECK(lottery.Seed(std::string(64, 'a')).outcome == Outcome::kOk);
}

TEST_CASE(
    "a draw that was not closed before its number was public is over, and is announced anew") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const EntryView entry = lottery.EnterAll(EntrantsDossier(1));
  SECTION("by the steward, after an outage over both") { lottery.GoTo("2026-12-02T12:00"); }
  SECTION("by an operator, who comes first") {
    lottery.clock.now = lottery.State().round_at;
    const DrawAnswer closed = CloseDraw(*lottery.engine, kAgendaName, kTester);
    CHECK(closed.outcome == Outcome::kDrawStep);
    CHECK(closed.problem.find("with another id and a later round") != std::string::npos);
  }
  for (int starts = 0; starts < 2; ++starts) {
    const DrawView over = lottery.State();
    CHECK(over.phase == "abandoned");
    CHECK(over.state.closed_at == Instant{});
    CHECK(lottery.StateOf(entry) == "abandoned");
    for (const DrawAnswer& answer :
         {CloseDraw(*lottery.engine, kAgendaName, kTester), lottery.Seed(), lottery.Run()}) {
      CHECK(answer.outcome == Outcome::kDrawStep);
      CHECK(answer.problem.find("with another id and a later round") != std::string::npos);
    }
    CHECK(
        EntryReceipt(*lottery.engine, {entry.name, entry.key.view()}, lottery.clock.now).outcome ==
        Outcome::kDrawStep);
    lottery.Restart();
  }
  const std::string later =
      "from = 2026-12-03T09:00:00\nuntil = 2026-12-04T18:00:00\nround_at = 2026-12-05T12:00:00\n"
      "seats_from = 2026-12-15\nseats_until = 2026-12-17\n";
  CHECK(lottery.Publish(kAgendaName, DrawToml("2027-01", later)).outcome == Outcome::kOk);
  CHECK(lottery.State().phase == "announced");
}

TEST_CASE("the seats of the closing are given, whatever is done to seats once ranks can be known") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  std::vector<EntryView> entries;
  for (int i = 0; i < 40; ++i) entries.push_back(lottery.EnterAll(EntrantsDossier(i)));
  lottery.GoTo("2026-12-01T18:00");
  const std::string seats = lottery.File(proof::DrawFile::kSeats);
  const DrawView closed = lottery.State();
  CHECK(closed.state.slots.size() == 12);
  CHECK(closed.state.seats == proof::Sha256Of(seats));
  lottery.Restart();
  CHECK(lottery.State().state == closed.state);
  lottery.GoTo("2026-12-02T12:00");
  REQUIRE(lottery.Seed().outcome == Outcome::kOk);
  const bool more = GENERATE(true, false);
  const PublishAnswer published = lottery.Publish(
      kAgendaName, absl::StrReplaceAll(DrawToml(), {{"web = 2", more ? "web = 3" : "web = 1"}}));
  REQUIRE(published.outcome == Outcome::kOk);
  REQUIRE(lottery.Run().outcome == Outcome::kOk);
  lottery.Restart();
  const DrawView done = lottery.State();
  CHECK(done.state.seats == closed.state.seats);
  CHECK(lottery.File(proof::DrawFile::kSeats) == seats);
  CHECK(done.given == 24);
  lottery.Pass(3);
  // What came later rolls on by rank; what is gone is the last's of each slot.
  CHECK(NamesOfOffers(lottery, entries).size() == (more ? 36 : 12));
  std::map<LocalMinute, uint64_t> first_kept, first_lost;
  for (const EntryView& entry : entries) {
    const EntryView now = lottery.Look(entry);
    if (!now.drawn) continue;
    if (more) CHECK((now.reservation && now.reservation->slot == *now.drawn));
    auto& first = now.reservation ? first_kept : first_lost;
    first[*now.drawn] = now.rank;
  }
  CHECK(first_kept.size() == 12);
  CHECK(first_lost.size() == (more ? 0 : 12));
  for (const auto& [slot, rank] : first_lost) CHECK(first_kept[slot] < rank);
}

TEST_CASE("a start goes on where it was at each step, and gives no other result") {
  Lottery lottery;
  std::vector<EntryView> entries;
  lottery.GoTo("2026-11-30T10:30");
  for (int i = 0; i < 30; ++i) entries.push_back(lottery.EnterAll(EntrantsDossier(i)));
  lottery.Restart();
  CHECK(lottery.State().entered == 30);
  CHECK(lottery.Enter(EntrantsDossier(3)).outcome == Outcome::kAlreadyEntered);
  CHECK(lottery.StateOf(entries[3]) == "entered");
  // The steward was not there when the window ended.
  lottery.Stop();
  std::string error;
  lottery.clock.now = lottery.clock.now + 2 * kMsPerDay;
  lottery.Start();
  CHECK(lottery.Enter(EntrantsDossier(31)).outcome == Outcome::kNotOpenYet);
  lottery.Pass(1);
  const DrawView closed = lottery.State();
  CHECK(closed.phase == "closed");
  CHECK(closed.state.entries == 30);
  const std::string list = lottery.File(proof::DrawFile::kEntries);
  REQUIRE(lottery.engine->TakeSnapshot().ok());
  lottery.Restart();
  CHECK(lottery.State().state.root == closed.state.root);
  CHECK(lottery.State().state.closed_lsn.value > 0);
  CHECK(lottery.File(proof::DrawFile::kEntries) == list);
  lottery.GoTo("2026-12-02T12:00");
  REQUIRE(lottery.Seed().outcome == Outcome::kOk);
  lottery.Restart();
  CHECK(lottery.Seed("1 2 3").outcome == Outcome::kDrawStep);
  REQUIRE(lottery.Run().outcome == Outcome::kOk);
  // Nobody has had an offer yet.
  const DrawView done = lottery.State();
  const std::string given = lottery.File(proof::DrawFile::kAllocation);
  CHECK(done.offered == 0);
  lottery.Restart();
  CHECK(lottery.State().state == done.state);
  CHECK(lottery.File(proof::DrawFile::kAllocation) == given);
  lottery.Pass(2);
  const std::set<std::string> offered = NamesOfOffers(lottery, entries);
  CHECK(offered.size() == 24);
  CHECK(lottery.State().offered == 24);
  REQUIRE(lottery.engine->TakeSnapshot().ok());
  lottery.Restart();
  lottery.Pass(2);
  CHECK(NamesOfOffers(lottery, entries) == offered);
  CHECK(lottery.State().state == done.state);
  CHECK(lottery.engine->CheckInvariants().ok());
}

TEST_CASE("an id is used once, and a draw's rules stand once entries have begun") {
  Lottery lottery;
  const auto publish = [&](const std::string& toml) {
    const PublishAnswer answer = lottery.Publish(kAgendaName, toml);
    return answer.errors.empty() ? std::string("published") : answer.errors[0].message;
  };
  const std::string later =
      "from = 2026-12-03T09:00:00\nuntil = 2026-12-04T18:00:00\nround_at = 2026-12-05T12:00:00\n"
      "seats_from = 2026-12-15\nseats_until = 2026-12-17\n";
  // Before the first entry they can still be put right.
  CHECK(publish(DrawToml("2026-12", later)) == "published");
  CHECK(publish(DrawToml()) == "published");
  lottery.GoTo("2026-11-30T10:30");
  lottery.EnterAll(EntrantsDossier(1));
  CHECK(publish(DrawToml("2026-12", later)).find("its entries have begun") != std::string::npos);
  CHECK(publish(DrawToml("2027-01", later)).find("takes entries") != std::string::npos);
  CHECK(publish(AgendaToml()).find("is under way") != std::string::npos);
  CHECK(publish(DrawToml()) == "published");  // the same, and perhaps another title
  lottery.GoTo("2026-12-01T18:00");
  CHECK(publish(AgendaToml()).find("is under way") != std::string::npos);
  lottery.GoTo("2026-12-02T12:00");
  // A rerun is another draw, and everybody sees that the first one was not run.
  CHECK(publish(DrawToml("2027-01", later)) == "published");
  const DrawAnswer both = ReadDraw(*lottery.engine, kAgendaName, lottery.clock.now);
  CHECK(both.draw->state.rules.id == "2027-01");
  CHECK(both.draw->phase == "announced");
  REQUIRE(both.earlier.size() == 1);
  CHECK(both.earlier[0].phase == "abandoned");
  CHECK(publish(DrawToml("2026-12", later)).find("an id is used once") != std::string::npos);
  lottery.Restart();
  CHECK(publish(DrawToml("2026-12", later)).find("an id is used once") != std::string::npos);
  CHECK(publish(DrawToml("2027-02", absl::StrReplaceAll(later, {{"12-03T", "11-30T"}})))
            .find("before its entries begin") != std::string::npos);
}

TEST_CASE("a group whose people are in a draw keeps its pepper") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  lottery.EnterAll(EntrantsDossier(1));
  PepperRequest request;
  request.epoch = 2;
  request.agenda = kAgendaName;
  const PepperAnswer answer = lottery.engine->RenewPepper(request, kTester);
  CHECK(answer.outcome == Outcome::kPepperInUse);
  REQUIRE(answer.stayed.size() == 1);
  CHECK(answer.stayed[0].obstacles[0].what == PepperObstacle::What::kDraw);
}

TEST_CASE("whoever enters a draw of declared people shows a proof of work") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const std::string dossier = EntrantsDossier(1);
  EntryRequest request = Lottery::Request(dossier);
  request.actor = nullptr;
  lottery.act->Begin();
  const EntryAnswer answer = EnterDraw(*lottery.engine, *lottery.act, request, lottery.clock.now);
  CHECK(answer.outcome == Outcome::kProofOfWorkRequired);
  CHECK(answer.challenge.has_value());
  CHECK(lottery.State().entered == 0);
}

TEST_CASE("a draw that is nearly full is told of, and one that is full says so for good") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  // As a log would say it, since that is quicker.
  uint32_t number = 0;
  const auto fill = [&](size_t until) {
    Draws& draws = lottery.engine->inside().people_->draws;
    const Draws::Lock lock = draws.Take();
    while (number < until) {
      codec::DrawEntry entry;
      entry.agenda = AgendaId{0};
      entry.number = ++number;
      entry.name = draws.last_name() + 1;
      entry.subject = {number, 1};
      entry.wishes = "any any any";
      REQUIRE(draws.Put(entry).ok());
    }
  };
  const auto enter = [&] {
    const EntryAnswer answer = lottery.Enter(EntrantsDossier(static_cast<int>(++number)));
    if (answer.outcome != Outcome::kOk) --number;
    return answer;
  };
  fill(limits::kDrawNearlyFull - 1);
  CHECK(enter().outcome == Outcome::kOk);
  CHECK(StatsOfDraws(*lottery.engine).crowded == 0);
  CHECK(enter().outcome == Outcome::kOk);
  CHECK(StatsOfDraws(*lottery.engine).crowded == 1);
  fill(limits::kDrawEntries);
  const EntryAnswer full = enter();
  CHECK(full.outcome == Outcome::kByDraw);
  CHECK(full.detail.find("takes no more") != std::string_view::npos);
  CHECK(full.attempt.has_value());
}

TEST_CASE("a crowd at one address is told of, and keeps nobody away") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  lottery.EnterAll(EntrantsDossier(1));
  NoteCrowd(*lottery.engine, AgendaId{0});
  NoteCrowd(*lottery.engine, AgendaId{0});
  lottery.Pass(1);
  CHECK(lottery.State().state.crowded == 2);
  CHECK(StatsOfDraws(*lottery.engine).crowded == 2);
  lottery.EnterAll(EntrantsDossier(2));
  lottery.Restart();
  CHECK(lottery.State().state.crowded == 2);
}

TEST_CASE("a result whose ranks follow an order is not published") {
  codec::DrawEntry entry;
  std::vector<codec::DrawEntry> entries;
  for (uint32_t i = 0; i < 300; ++i) {
    entry.subject = {i * 7, i};
    entry.wishes = "any any any";
    entries.push_back(entry);
  }
  const auto committed = CommitTo({}, entries, {}, nullptr);
  const auto drawn = DrawFrom(proof::Hash{}, *committed);
  CHECK(WhatIsWrong(*drawn).empty());
  DrawDrawn broken = *drawn;
  std::vector<uint32_t> places(300);
  for (uint32_t i = 0; i < 300; ++i) places[i] = i;
  broken.against_entries = rules::TestUniformity(places);
  CHECK(WhatIsWrong(broken).find("in which people entered") != std::string::npos);
  broken = *drawn;
  broken.against_tags = rules::TestUniformity(places);
  CHECK(WhatIsWrong(broken).find("of the tags") != std::string::npos);
}

}  // namespace creneau::booking
