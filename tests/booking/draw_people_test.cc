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

}  // namespace creneau::booking
