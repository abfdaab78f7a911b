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

}  // namespace creneau::booking
