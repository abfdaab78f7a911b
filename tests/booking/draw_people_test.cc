// Who enters a draw, and how often: one entry a person, whatever they are known by and whoever
// enters them.
#include "booking/engine_impl.h"
#include "tests/booking/draw_fixture.h"

namespace creneau::booking {
namespace {

constexpr Actor kAgentOfTheDraw{rules::Role::kAgent, "c.martin", "C1A00001"};

EntryAnswer EnterBy(Lottery& lottery, const Actor& actor, int number) {
  const std::string dossier = EntrantsDossier(number);
  EntryRequest request = Lottery::Request(dossier);
  request.actor = &actor;
  return lottery.Enter(request);
}

rules::Applicant WithPassport(std::string_view number) {
  rules::Applicant applicant;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kPassport)] = number;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
  return applicant;
}

EntryAnswer EnterWithPassport(Lottery& lottery, std::string_view number) {
  EntryRequest request = Lottery::Request("");
  request.applicant = WithPassport(number);
  return lottery.Enter(request);
}

void Link(Lottery& lottery, std::string_view passport, int number) {
  const std::string dossier = EntrantsDossier(number);
  lottery.act->Begin();
  const IdentityAnswer linked = lottery.engine->Link(
      *lottery.act,
      {kAgendaName, WithPassport(passport), Lottery::Request(dossier).applicant, "new-document"},
      kAgentOfTheDraw, lottery.clock.now);
  REQUIRE(lottery.wait.Finish(*lottery.act));
  REQUIRE(linked.outcome == Outcome::kOk);
}

}  // namespace

TEST_CASE("who enters and leaves without end fills no draw, and the office enters them still") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const std::string dossier = EntrantsDossier(1);
  for (uint32_t i = 0; i < limits::kDrawWithdrawals; ++i)
    CHECK(lottery.Ask(LeaveDraw, lottery.EnterAll(dossier)).entry.state == "withdrawn");
  const auto refused = [&] {
    const EntryAnswer answer = lottery.Enter(dossier);
    CHECK(answer.outcome == Outcome::kByDraw);
    CHECK(answer.detail.find("An agent of the office can still enter") != std::string_view::npos);
    CHECK(answer.attempt.has_value());
  };
  refused();
  lottery.Restart();
  refused();
  REQUIRE(lottery.engine->TakeSnapshot().ok());
  lottery.Restart();
  refused();
  CHECK(lottery.Enter(EntrantsDossier(2)).outcome == Outcome::kOk);
  const EntryAnswer seen = EnterBy(lottery, kAgentOfTheDraw, 1);
  REQUIRE(seen.outcome == Outcome::kOk);
  CHECK(lottery.State().entered == 2);
  // What was given back twice, by a repeat, is one.
  for (int i = 0; i < 2; ++i) lottery.Ask(LeaveDraw, seen.entry);
  lottery.Restart();
  refused();
}

TEST_CASE("a helper enters as often as he books in a week, and no oftener") {
  Lottery lottery(DrawToml("2026-12", "", "helper_cap = 2\n"));
  lottery.GoTo("2026-11-30T10:30");
  const Actor leila{rules::Role::kHelper, "l.benali", "HE000001"};
  REQUIRE(EnterBy(lottery, leila, 1).outcome == Outcome::kOk);
  // What was refused counts for nothing.
  CHECK(EnterBy(lottery, leila, 1).outcome == Outcome::kAlreadyEntered);
  const EntryAnswer second = EnterBy(lottery, leila, 2);
  REQUIRE(second.outcome == Outcome::kOk);
  const auto capped = [&] {
    const EntryAnswer third = EnterBy(lottery, leila, 3);
    CHECK(third.outcome == Outcome::kCapReached);
    REQUIRE(third.opens_at.has_value());
    CHECK(rules::FormatRfc3339(*third.opens_at, absl::UTCTimeZone()) ==
          "2026-12-06T23:00:00+00:00");  // Monday, in Paris
  };
  capped();
  // What is given back was made all the same.
  lottery.Ask(LeaveDraw, second.entry);
  capped();
  lottery.Restart();
  capped();
  REQUIRE(lottery.engine->TakeSnapshot().ok());
  lottery.Restart();
  capped();
  CHECK(lottery.State().entered == 1);
  // Others, and the office, are held to no such number.
  const Actor paul{rules::Role::kHelper, "p.durand", "HE000002"};
  CHECK(EnterBy(lottery, paul, 3).outcome == Outcome::kOk);
  for (int i = 4; i < 8; ++i) CHECK(EnterBy(lottery, kAgentOfTheDraw, i).outcome == Outcome::kOk);
}

TEST_CASE("two entries that are one person's by the closing are one, the earlier") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const EntryAnswer passport = EnterWithPassport(lottery, "20AA11111");
  REQUIRE(passport.outcome == Outcome::kOk);
  const EntryView dossier = lottery.EnterAll(EntrantsDossier(1));
  const EntryView other = lottery.EnterAll(EntrantsDossier(2));
  const EntryAnswer another = EnterWithPassport(lottery, "20AA22222");
  REQUIRE(another.outcome == Outcome::kOk);
  Link(lottery, "20AA11111", 1);
  const bool crash = GENERATE(false, true);
  if (crash) lottery.Restart();
  lottery.GoTo("2026-12-01T18:00");
  const DrawView closed = lottery.State();
  CHECK(closed.state.entries == 3);
  CHECK(closed.entered == 3);
  const auto check = [&](const char* first, const char* second) {
    CHECK(lottery.StateOf(passport.entry) == first);
    CHECK(lottery.StateOf(dossier) == "same-person");
    CHECK(lottery.StateOf(other) == second);
    CHECK(lottery.State().state.root == closed.state.root);
    CHECK(lottery.engine->CheckInvariants().ok());
  };
  check("committed", "committed");
  CHECK(EntryReceipt(*lottery.engine, {dossier.name, dossier.key.view()}, lottery.clock.now)
            .outcome == Outcome::kDrawStep);
  // It is nothing that its holder could leave.
  CHECK(lottery.Ask(LeaveDraw, dossier).entry.state == "same-person");
  // What is linked after the closing changes no list, and gives nobody two seats.
  Link(lottery, "20AA22222", 2);
  lottery.Restart();
  check("committed", "committed");
  REQUIRE(lottery.engine->TakeSnapshot().ok());
  lottery.Restart();
  lottery.Draw();
  lottery.Restart();
  CHECK(lottery.State().given == 3);
  CHECK(lottery.StateOf(passport.entry) == "offered");
  const std::string one = lottery.StateOf(other);
  const std::string two = lottery.StateOf(another.entry);
  CHECK((one == "offered") != (two == "offered"));
  CHECK((one == "passed") != (two == "passed"));
  check("offered", one.c_str());
}

TEST_CASE("whoever has entered has done so under all that is known to be theirs") {
  Lottery lottery;
  lottery.GoTo("2026-11-30T10:30");
  const EntryAnswer first = EnterWithPassport(lottery, "20AA11111");
  REQUIRE(first.outcome == Outcome::kOk);
  Link(lottery, "20AA11111", 1);
  CHECK(lottery.Enter(EntrantsDossier(1)).outcome == Outcome::kAlreadyEntered);
  CHECK(EnterWithPassport(lottery, "20AA11111").outcome == Outcome::kAlreadyEntered);
  // And what is taken back is counted together.
  lottery.Ask(LeaveDraw, first.entry);
  for (uint32_t i = 1; i < limits::kDrawWithdrawals; ++i)
    lottery.Ask(LeaveDraw, lottery.EnterAll(EntrantsDossier(1)));
  CHECK(EnterWithPassport(lottery, "20AA11111").outcome == Outcome::kByDraw);
}

TEST_CASE("an entry follows whoever was corrected, and leaves room for whom the slip named") {
  Lottery lottery;
  lottery.PublishGuichet();
  lottery.GoTo("2026-11-30T10:30");
  const std::string slip = EntrantsDossier(2);
  const std::string meant = EntrantsDossier(3);
  const EntryView entry = lottery.EnterAll(slip);
  const ReservationAnswer seat = lottery.Hold(slip, "", "", "93-guichet");
  REQUIRE(lottery.Confirm(seat.reservation).outcome == Outcome::kOk);
  lottery.act->Begin();
  const IdentityAnswer corrected =
      lottery.engine->Correct(*lottery.act,
                              {seat.reservation.name.view(), Lottery::Request(meant).applicant,
                               Lottery::Request(slip).applicant, "typing-error"},
                              kAgentOfTheDraw, lottery.clock.now);
  REQUIRE(lottery.wait.Finish(*lottery.act));
  REQUIRE(corrected.outcome == Outcome::kOk);
  CHECK(lottery.Enter(meant).outcome == Outcome::kAlreadyEntered);
  const EntryView others = lottery.EnterAll(slip);
  lottery.GoTo("2026-12-01T18:00");
  CHECK(lottery.State().state.entries == 2);
  CHECK(lottery.StateOf(entry) == "committed");
  CHECK(lottery.StateOf(others) == "committed");
}

}  // namespace creneau::booking
