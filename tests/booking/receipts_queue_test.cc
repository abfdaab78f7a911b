// Attempts in the queue of an opening, and after it.
#include <algorithm>

#include "tests/booking/receipt_fixture.h"

namespace creneau::booking {

namespace {

// Until the turn of one of these has come. How many wait is known about, so at first it may be
// nobody's.
void WaitForTurns(Queue& queue, const std::vector<std::string>& tickets) {
  const auto come = [&] {
    const OpeningView status = queue.Status();
    return std::any_of(tickets.begin(), tickets.end(), [&](const std::string& ticket) {
      return RankIn(status, ticket).value <= status.state.served_rank;
    });
  };
  for (int s = 0; s < 600 && !come(); ++s) queue.world.Pass(1);
  REQUIRE(come());
}

}  // namespace

TEST_CASE("in a queue an attempt says why") {
  Queue queue(2);
  World& world = queue.world;
  const auto ask = [&](const std::string& dossier, std::string_view ticket = "") {
    const rules::Applicant who = queue.Person(dossier);
    return Ask(world, "92-naturalisation", &who, ticket);
  };
  const auto says = [&](const AttemptAnswer& answer, const std::string& dossier,
                        const std::string& outcome, const std::string& phase) {
    INFO(outcome);
    REQUIRE(answer.outcome == Outcome::kOk);
    CHECK(answer.attempted == outcome);
    CHECK(Checked(world, ReceiptOf(world, answer.attempt), By(dossier)).phase == phase);
  };
  const TicketAnswer early = queue.Ticket("FILE1");
  REQUIRE(early.outcome == Outcome::kNotOpenYet);
  CHECK(Checked(world, ReceiptOf(world, early.attempt), By("FILE1")).outcome == "not-open-yet");
  says(ask("FILE1"), "FILE1", "not-open-yet", "closed");
  queue.GoTo(8, 30);
  std::vector<std::string> tickets;
  for (int i = 0; i < 30; ++i) tickets.push_back(queue.TicketOf(Dossier(i)));
  says(ask("FILE1", tickets[1]), "FILE1", "not-open-yet", "gathering");
  CHECK(ask("FILE1", tickets[2]).problems[0].pointer == "/ticket");
  CHECK(Checked(world, ReceiptOf(world, queue.Hold("FILE1", tickets[1]).attempt), By("FILE1"))
            .outcome == "not-open-yet");
  queue.GoTo(9, 0);
  WaitForTurns(queue, tickets);
  says(ask("FILE99"), "FILE99", "not-admitted", "open");
  int turns = 0;
  int waits = 0;
  for (int i = 0; i < 30; ++i) {
    const std::string& ticket = tickets[static_cast<size_t>(i)];
    const AttemptAnswer answer = ask(Dossier(i), ticket);
    if (RankIn(queue.Status(), ticket).value <= queue.Status().state.served_rank) {
      ++turns;
      CHECK(answer.outcome == Outcome::kSeatsLeft);
    } else if (waits++ == 0) {
      says(answer, Dossier(i), "not-admitted", "open");
    }
  }
  CHECK(turns > 0);
  CHECK(waits > 0);
  REQUIRE(queue.Order(OpeningOrder::What::kDrain).outcome == Outcome::kOk);
  says(ask("FILE99"), "FILE99", "paused", "open");
  REQUIRE(queue.Order(OpeningOrder::What::kResume).outcome == Outcome::kOk);
  // Both seats are confirmed: nothing is left, whoever asks. Ranks are served by shares in which
  // there may be nobody, each for the length of a turn, so it may take most of the hour.
  int confirmed = 0;
  for (int i = 0; i < 30 * 3'000 && confirmed < 2; ++i) {
    if (i % 30 == 29) world.Pass(1);
    const ReservationAnswer held =
        queue.Hold(Dossier(i % 30), tickets[static_cast<size_t>(i % 30)]);
    if (held.outcome == Outcome::kOk) {
      confirmed += !held.existed;
      REQUIRE(world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
    } else {
      CHECK(held.attempt.has_value() == (held.outcome == Outcome::kNotAdmitted));
    }
  }
  REQUIRE(confirmed == 2);
  for (int s = 0; s < 60 && queue.Status().phase != Phase::kExhausted; ++s) world.Pass(1);
  says(ask("FILE99"), "FILE99", "nothing-left", "exhausted");
  const TicketAnswer late = queue.Ticket("FILE99");
  REQUIRE(late.outcome == Outcome::kNothingLeft);
  CHECK(Checked(world, ReceiptOf(world, late.attempt), By("FILE99")).phase == "exhausted");
}

namespace {

// An opening in which one person's turn came and others' did not, since it was paused until it
// closed.
struct Closed {
  Closed() {
    queue.GoTo(8, 30);
    for (int i = 0; i < 40; ++i) tickets.push_back(queue.TicketOf(Dossier(i)));
    queue.GoTo(9, 0);
    WaitForTurns(queue, tickets);
    const OpeningView status = queue.Status();
    for (int i = 0; i < 40; ++i) {
      const std::string& ticket = tickets[static_cast<size_t>(i)];
      (RankIn(status, ticket).value <= status.state.served_rank ? reached : waiting) = i;
    }
    REQUIRE(reached >= 0);
    REQUIRE(waiting >= 0);
    REQUIRE(queue.Order(OpeningOrder::What::kPause).outcome == Outcome::kOk);
    // What is passed at once is an outage, by which it closes later.
    const int32_t day = queue.Status().times->day;
    queue.world.clock.now = queue.world.clock.now + 58 * kMsPerMinute;
    while (queue.Status().times->day == day) queue.world.Pass(10);
    REQUIRE(queue.Status().phase == Phase::kClosed);
  }
  std::string_view Attempted(int i) {
    const std::string dossier = Dossier(i);
    const rules::Applicant who = queue.Person(dossier);
    const AttemptAnswer answer =
        Ask(queue.world, "92-naturalisation", &who, tickets[static_cast<size_t>(i)]);
    REQUIRE(answer.outcome == Outcome::kOk);
    return answer.attempted;
  }

  Queue queue{8};
  std::vector<std::string> tickets;
  int reached = -1;
  int waiting = -1;
};

}  // namespace

TEST_CASE_METHOD(Closed, "a turn that never came is known until the opening after the next") {
  World& world = queue.world;
  CHECK(Attempted(waiting) == "not-reached");
  CHECK(Attempted(reached) == "not-open-yet");
  SECTION("a start in between forgets nothing") {
    world.Restart();
    CHECK(Attempted(waiting) == "not-reached");
    CHECK(Attempted(reached) == "not-open-yet");
  }
  SECTION("nor an order, nor who gathers for the next one") {
    REQUIRE(queue.Order(OpeningOrder::What::kResume).outcome == Outcome::kOk);
    CHECK(Attempted(waiting) == "not-reached");
    CHECK(Attempted(reached) == "not-open-yet");
    queue.GoTo(kTuesdayAt830 + kMsPerDay);
    REQUIRE(queue.Status().phase == Phase::kGathering);
    queue.TicketOf("FILE900");
    CHECK(Attempted(waiting) == "not-reached");
    queue.GoTo(kTuesdayAt830 + 2 * kMsPerDay);
    queue.TicketOf("FILE900");
    CHECK(Attempted(waiting) == "not-open-yet");
  }
}
}  // namespace creneau::booking
