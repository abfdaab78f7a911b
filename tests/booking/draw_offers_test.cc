// What a draw gave, and how it rolls on.
#include <algorithm>
#include <chrono>
#include <thread>

#include "base/limits_waitlist.h"
#include "booking/desk.h"
#include "booking/engine_impl.h"
#include "tests/booking/draw_fixture.h"

namespace creneau::booking {
namespace {

constexpr Actor kAgentOfDraw{rules::Role::kAgent, "c.martin", "C1A00001"};

}  // namespace

TEST_CASE("an offer that a crash kept from its entry is found again, and is not made twice") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const EntryView entry = lottery.EnterAll(EntrantsDossier(1));
  const EntryView other = lottery.EnterAll(EntrantsDossier(2));
  lottery.Draw();
  const Reservation offered = *lottery.Look(entry).reservation;
  // As if the seat's record had been the last one on the disk.
  codec::DrawEntry before;
  {
    Draws& draws = lottery.engine->inside().people_->draws;
    const Draws::Lock lock = draws.Take();
    before = draws.Latest(AgendaId{0})->entries[0];
  }
  before.state = codec::EntryState::kEntered;
  before.offer.reset();
  lottery.act->Begin();
  lottery.act->PushOwned(codec::EncodeDrawEntry(before));
  REQUIRE(lottery.wait.Finish(*lottery.act));
  lottery.Restart();
  CHECK(lottery.StateOf(entry) == "waiting");
  lottery.Pass(2);
  const EntryView again = lottery.Look(entry);
  REQUIRE(again.reservation.has_value());
  CHECK(again.reservation->name.view() == offered.name.view());
  CHECK(again.reservation->key.view() == offered.key.view());
  CHECK(NamesOfOffers(lottery, {entry, other}).size() == 2);
}

TEST_CASE("winners get an offer, which they confirm with what their entry tells them") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  rules::Wishes thursday;
  thursday.weekdays.bits = 1 << 3;
  const EntryView entry = lottery.EnterAll(EntrantsDossier(1), thursday);
  lottery.Draw();
  const EntryView won = lottery.Look(entry);
  CHECK(won.state == "offered");
  CHECK(won.rank == 1);
  REQUIRE(won.drawn.has_value());
  CHECK(FormatLocalMinute(*won.drawn) == "2026-12-10T09:00");
  REQUIRE(won.reservation.has_value());
  CHECK(won.reservation->slot == *won.drawn);
  CHECK(won.reservation->expires_at - lottery.clock.now > 59 * kMsPerMinute);
  const ReservationAnswer confirmed = lottery.Confirm(*won.reservation);
  CHECK(confirmed.outcome == Outcome::kOk);
  CHECK(confirmed.reservation.state == ReservationState::kConfirmed);
  CHECK(lottery.StateOf(entry) == "confirmed");
  lottery.Pass(1);
  CHECK(lottery.State().taken == 1);
  // What is confirmed is given up by its own name.
  CHECK(lottery.Ask(LeaveDraw, entry).outcome == Outcome::kDrawStep);
}

TEST_CASE("an offer that went back to its owner is nothing for who has the entry") {
  const bool confirmed = GENERATE(false, true);
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const std::string dossier = EntrantsDossier(1);
  const EntryView usurpers = lottery.EnterAll(dossier);
  lottery.Draw();
  const Reservation offer = *lottery.Look(usurpers).reservation;
  if (confirmed) REQUIRE(lottery.Confirm(offer).outcome == Outcome::kOk);
  const Actor paul{rules::Role::kAgent, "p.durand", "PA000001"};
  const RepairRequest repair{offer.name.view(), Lottery::Request(dossier).applicant, "usurped"};
  lottery.act->Begin();
  const IdentityAnswer proposed =
      lottery.engine->Repair(*lottery.act, repair, kAgentOfDraw, lottery.clock.now);
  REQUIRE(lottery.wait.Finish(*lottery.act));
  REQUIRE(proposed.act);
  lottery.act->Begin();
  const IdentityAnswer repaired = lottery.engine->Approve(
      *lottery.act, ActName(proposed.act->proposed.act), paul, lottery.clock.now);
  REQUIRE(lottery.wait.Finish(*lottery.act));
  REQUIRE(repaired.rekeyed);
  CHECK_FALSE(lottery.Look(usurpers).reservation.has_value());
  const EntryAnswer left = lottery.Ask(LeaveDraw, usurpers);
  CHECK(left.outcome == Outcome::kOk);
  CHECK_FALSE(left.entry.reservation.has_value());
  CHECK(lottery.Confirm(*repaired.reservation).outcome == Outcome::kOk);
}

TEST_CASE("what is declined rolls on at once, by rank, to whoever can take it") {
  Lottery lottery;
  std::vector<EntryView> entries;
  lottery.GoTo("2026-11-30T10:30");
  for (int i = 0; i < 27; ++i) entries.push_back(lottery.EnterAll(EntrantsDossier(i)));
  lottery.Draw();
  std::vector<EntryView> by_rank(27);
  for (const EntryView& entry : entries) by_rank[lottery.Look(entry).rank - 1] = entry;
  for (size_t i = 0; i < 27; ++i)
    CHECK(lottery.StateOf(by_rank[i]) == (i < 24 ? "offered" : "waiting"));
  // Who waits and wants nothing any more is passed over.
  CHECK(lottery.Ask(LeaveDraw, by_rank[24]).entry.state == "declined");
  const LocalMinute slot = lottery.Look(by_rank[7]).reservation->slot;
  for (int i = 0; i < 2; ++i) CHECK(lottery.Ask(LeaveDraw, by_rank[7]).entry.state == "passed");
  lottery.Pass(3);
  const EntryView next = lottery.Look(by_rank[25]);
  CHECK(next.state == "offered");
  CHECK(next.reservation->slot == slot);
  CHECK_FALSE(next.drawn.has_value());
  CHECK(lottery.StateOf(by_rank[24]) == "declined");
  CHECK(lottery.StateOf(by_rank[26]) == "waiting");
  // As a reservation it is declined alike.
  const Reservation third = *lottery.Look(by_rank[3]).reservation;
  CHECK(lottery.Do(&Engine::Cancel, third).outcome == Outcome::kOk);
  CHECK(lottery.StateOf(by_rank[3]) == "passed");
  lottery.Pass(limits::kPassOnMs / 1'000 + 3);
  CHECK(lottery.StateOf(by_rank[26]) == "offered");
  lottery.Restart();
  CHECK(lottery.State().offered == 24);
  CHECK(lottery.State().passed == 2);
  CHECK(lottery.engine->CheckInvariants().ok());
}

TEST_CASE(
    "what lapses rolls on, and what nobody who waits can take stays free, for nobody on the web") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  rules::Wishes tuesday;
  tuesday.weekdays.bits = 1 << 1;
  rules::Wishes thursday;
  thursday.weekdays.bits = 1 << 3;
  std::vector<EntryView> entries;
  for (int i = 0; i < 14; ++i) entries.push_back(lottery.EnterAll(EntrantsDossier(i), tuesday));
  entries.push_back(lottery.EnterAll(EntrantsDossier(20), thursday));
  lottery.Draw();
  CHECK(lottery.State().offered == 13);
  CHECK(lottery.State().waiting == 2);
  for (const EntryView& entry : entries) {
    const EntryView now = lottery.Look(entry);
    if (now.reservation && now.rank % 2 == 0) lottery.Confirm(*now.reservation);
  }
  lottery.Pass(2);
  const size_t taken = lottery.State().taken;
  CHECK(taken >= 5);
  lottery.Pass(3'600 + limits::kPassOnMs / 1'000 + 3);  // the hour that an offer lasts
  CHECK(lottery.State().waiting == 0);
  CHECK(lottery.State().offered == 2);
  CHECK(lottery.State().taken == taken);
  CHECK(lottery.State().passed == 13 - taken);
  // Thursdays are free, and a hold gets none of them.
  const ReservationAnswer hold = lottery.Hold(EntrantsDossier(99));
  CHECK(hold.outcome == Outcome::kByDraw);
  CHECK(hold.attempt.has_value());
  CHECK(lottery.engine->CheckInvariants().ok());
}

// Not in the suite; engine/booking/README.md has the figure:
//   build/release/tests/booking/booking_test "[.measure]"
TEST_CASE("how long seats that come back take among 80,000 different wishes", "[.measure]") {
  Lottery lottery(absl::StrReplaceAll(DrawToml(), {{"web = 2", "web = 40"}}));
  lottery.GoTo("2026-11-30T10:30");
  {
    // As a log would say it, since that is quicker.
    Draws& draws = lottery.engine->inside().people_->draws;
    const Draws::Lock lock = draws.Take();
    for (uint32_t number = 1; number <= 80'000; ++number) {
      rules::Wishes wishes;
      wishes.dates = {CivilDate{2026, 12, number % 2 == 0 ? 8 : 10}};
      for (uint32_t day = 0; day < 17; ++day) {
        if ((number >> day & 1) != 0) wishes.dates.push_back(CivilDate{2027, 1, int(day) + 1});
      }
      codec::DrawEntry entry;
      entry.agenda = AgendaId{0};
      entry.number = number;
      entry.name = draws.last_name() + 1;
      entry.subject = {number, 1};
      entry.wishes = rules::WishesText(wishes);
      REQUIRE(draws.Put(entry).ok());
    }
  }
  lottery.Draw();
  lottery.Pass(2);
  CHECK(lottery.State().offered == 480);
  const auto started = std::chrono::steady_clock::now();
  int64_t slowest_ms = 0;
  for (int rounds = 0; rounds < (3'600 + 70) * 4; ++rounds) {
    const auto before = std::chrono::steady_clock::now();
    lottery.Round();
    const auto took = std::chrono::steady_clock::now() - before;
    slowest_ms = std::max<int64_t>(
        slowest_ms, std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  }
  const auto took = std::chrono::steady_clock::now() - started;
  CHECK(lottery.State().passed == 480);
  CHECK(lottery.State().offered == 480);
  WARN("an hour in which 480 offers lapse: "
       << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
       << " ms, the slowest round " << slowest_ms << " ms");
}

TEST_CASE("nobody moves into seats that a draw has to give") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  std::vector<EntryView> entries;
  for (int i = 0; i < 29; ++i) entries.push_back(lottery.EnterAll(EntrantsDossier(i)));
  lottery.Draw();
  EntryView won = lottery.Look(entries[0]);
  for (const EntryView& entry : entries) {
    if (!won.reservation) won = lottery.Look(entry);
  }
  REQUIRE(won.reservation.has_value());
  lottery.Confirm(*won.reservation);
  const char* other = FormatLocalMinute(won.reservation->slot) == "2026-12-08T09:00"
                          ? "2026-12-08T09:30"
                          : "2026-12-08T09:00";
  CHECK(lottery.Move(*won.reservation, other).outcome == Outcome::kByDraw);
}

TEST_CASE("who has a reservation enters no draw, and an offer to whoever has one rolls on") {
  Lottery lottery;
  lottery.PublishGuichet();
  lottery.GoTo("2026-11-30T10:30");
  const ReservationAnswer held = lottery.Hold(EntrantsDossier(1), "", "", "93-guichet");
  REQUIRE(held.outcome == Outcome::kOk);
  CHECK(lottery.Enter(EntrantsDossier(1)).outcome == Outcome::kAlreadyReserved);
  const EntryView entry = lottery.EnterAll(EntrantsDossier(2));
  lottery.GoTo("2026-12-01T18:00");
  const ReservationAnswer meanwhile = lottery.Hold(EntrantsDossier(2), "", "", "93-guichet");
  REQUIRE(meanwhile.outcome == Outcome::kOk);
  REQUIRE(lottery.Confirm(meanwhile.reservation).outcome == Outcome::kOk);
  lottery.Draw();
  const EntryView passed = lottery.Look(entry);
  CHECK(passed.state == "passed");
  CHECK(passed.rank == 1);
  CHECK_FALSE(passed.reservation.has_value());
}

TEST_CASE("whoever was booked at the desk moves among the desk's seats, whatever the draw claims") {
  Lottery lottery;
  while (lottery.engine->stats().read_only) std::this_thread::yield();
  const std::string dossier = EntrantsDossier(1);
  DeskRequest request{.agenda = kAgendaName, .channel = Channel::kDesk};
  request.applicant = Lottery::Request(dossier).applicant;
  request.slot = ParseLocalMinute("2026-12-08T09:00");
  lottery.act->Begin();
  const ReservationAnswer booked =
      BookAtDesk(*lottery.engine, *lottery.act, request,
                 {rules::Role::kAgent, "c.martin", "C1A00001"}, lottery.clock.now);
  REQUIRE(lottery.wait.Finish(*lottery.act));
  REQUIRE(booked.outcome == Outcome::kOk);
  CHECK(lottery.Move(booked.reservation, "2026-12-08T09:30").outcome == Outcome::kOk);
}

TEST_CASE("a mistyped digit of a reservation put right brings its holder's entry no second seat") {
  Lottery lottery;
  lottery.PublishGuichet();
  lottery.GoTo("2026-11-30T10:30");
  const EntryView entry = lottery.EnterAll(EntrantsDossier(2));
  lottery.GoTo("2026-12-01T18:00");
  const ReservationAnswer seat = lottery.Hold(EntrantsDossier(2), "", "", "93-guichet");
  REQUIRE(lottery.Confirm(seat.reservation).outcome == Outcome::kOk);
  const std::string mistyped = EntrantsDossier(2);
  const std::string correct = EntrantsDossier(3);
  const CorrectionRequest right{seat.reservation.name.view(), Lottery::Request(correct).applicant,
                                Lottery::Request(mistyped).applicant, "typing-error"};
  lottery.act->Begin();
  const IdentityAnswer corrected =
      lottery.engine->Correct(*lottery.act, right, kAgentOfDraw, lottery.clock.now);
  REQUIRE(lottery.wait.Finish(*lottery.act));
  REQUIRE(corrected.outcome == Outcome::kOk);
  REQUIRE_FALSE(corrected.act);
  lottery.Draw();
  CHECK(lottery.StateOf(entry) == "passed");
}

TEST_CASE("who has become one person with somebody else sees what their entry is offered") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const EntryView entry = lottery.EnterAll(EntrantsDossier(2));
  lottery.act->Begin();
  const IdentityAnswer linked =
      lottery.engine->Link(*lottery.act,
                           {kAgendaName, Lottery::Request(EntrantsDossier(2)).applicant,
                            Lottery::Request(EntrantsDossier(3)).applicant, "new-document"},
                           kAgentOfDraw, lottery.clock.now);
  REQUIRE(lottery.wait.Finish(*lottery.act));
  REQUIRE(linked.outcome == Outcome::kOk);
  lottery.Draw();
  CHECK(lottery.StateOf(entry) == "offered");
  REQUIRE(lottery.Look(entry).reservation);
  CHECK(lottery.Confirm(*lottery.Look(entry).reservation).outcome == Outcome::kOk);
  CHECK(lottery.StateOf(entry) == "confirmed");
}

TEST_CASE("a date that cannot be drawn is a slip, and refused") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  rules::Wishes wishes;
  const auto enter = [&] { return lottery.Enter(EntrantsDossier(1), "", wishes); };
  for (const CivilDate date : {CivilDate{2026, 12, 7}, CivilDate{2026, 12, 11}}) {
    wishes.dates = {CivilDate{2026, 12, 8}, date};
    if (date < wishes.dates[0]) std::swap(wishes.dates[0], wishes.dates[1]);
    const EntryAnswer answer = enter();
    CHECK(answer.outcome == Outcome::kValidationFailed);
    REQUIRE(answer.problems.size() == 1);
    CHECK(answer.problems[0].pointer == "/dates");
  }
  wishes.dates = {CivilDate{2026, 12, 8}};  // a Tuesday
  wishes.weekdays.bits = 1 << 3;
  CHECK(enter().outcome == Outcome::kValidationFailed);
  wishes.weekdays.bits = 1 << 1;
  CHECK(enter().outcome == Outcome::kOk);
}

}  // namespace creneau::booking
