// A queue from the gathering to its end, as the engine sees it: one steward, one clock.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "surge/key_chain.h"
#include "tests/booking/queue_fixture.h"

namespace creneau::booking {

TEST_CASE("an opening goes from closed to gathering to open, and to the next one") {
  Queue queue;
  CHECK(queue.Status().phase == Phase::kClosed);
  const TicketAnswer early = queue.Ticket("FILE1");
  CHECK(early.outcome == Outcome::kNotOpenYet);
  CHECK(early.opens_at == kTuesdayAt830);
  queue.GoTo(8, 30);
  CHECK(queue.Status().phase == Phase::kGathering);
  CHECK(!queue.Status().state.opened_at);
  const TicketAnswer ticket = queue.Ticket("FILE1");
  REQUIRE(ticket.outcome == Outcome::kOk);
  CHECK(!ticket.admitted);
  CHECK(!ticket.rank);
  CHECK(ticket.poll_after_s > 1800);
  CHECK(ticket.poll_after_s <= 1811);
  CHECK(queue.Hold("FILE1", std::string(ticket.ticket.view())).outcome == Outcome::kNotOpenYet);
  queue.GoTo(9, 0);
  const OpeningView open = queue.Status();
  CHECK(open.phase == Phase::kOpen);
  const AgendaInfo* agenda = queue.world.engine->FindAgenda("92-naturalisation");
  CHECK(surge::BelongsToChain(open.state.k, open.times->day, agenda->rules.chain_end));
  queue.GoTo(10, 0);
  CHECK(queue.Status().phase == Phase::kClosed);
  CHECK(queue.Status().times->day == open.times->day + 1);
  CHECK(!queue.Status().state.opened_at);
}

TEST_CASE("people are let in by rank, whoever came first, and each once") {
  Queue queue(60);
  queue.GoTo(8, 30);
  std::vector<std::string> tickets;
  for (int i = 0; i < 200; ++i) tickets.push_back(queue.TicketOf(Dossier(i)));
  // To within the counter's error.
  CHECK(std::abs(static_cast<int>(queue.Status().state.gathered) - 200) <= 6);
  queue.GoTo(9, 0);
  queue.world.Pass(10);
  const OpeningView status = queue.Status();
  CHECK(status.state.served > 0);
  CHECK(status.state.served < 200);
  int held = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string& ticket = tickets[static_cast<size_t>(i)];
    const bool turn = RankIn(status, ticket).value <= status.state.served_rank;
    const ReservationAnswer answer = queue.Hold(Dossier(i), ticket);
    // Nobody has come so far, so a few more are let in than there are seats.
    if (turn) CHECK((answer.outcome == Outcome::kOk || answer.outcome == Outcome::kNothingLeft));
    if (!turn) {
      CHECK(answer.outcome == Outcome::kNotAdmitted);
      CHECK(answer.turn == Turn::kWait);
      CHECK(answer.poll_after_s > 0);
    }
    held += answer.outcome == Outcome::kOk;
  }
  CHECK(held > 0);
}

TEST_CASE("the last seats are no race: they are those of the lowest ranks, whoever asks first") {
  for (int seats = 2; seats < 10; ++seats) {
    Queue queue(seats);
    queue.GoTo(8, 30);
    std::map<std::string, std::string> tickets;
    for (int i = 0; i < 40; ++i) tickets[Dossier(i)] = queue.TicketOf(Dossier(i));
    queue.GoTo(9, 0);
    std::vector<std::pair<surge::Rank, std::string>> by_rank;
    for (const auto& [who, ticket] : tickets)
      by_rank.emplace_back(RankIn(queue.Status(), ticket), who);
    std::sort(by_rank.begin(), by_rank.end());
    std::set<std::string> served;
    // Who is last in line asks first.
    for (int s = 0; s < 60; s += 3) {
      queue.world.Pass(3);
      for (auto one = by_rank.rbegin(); one != by_rank.rend(); ++one) {
        if (served.contains(one->second)) continue;
        const ReservationAnswer answer = queue.Hold(one->second, tickets[one->second]);
        if (answer.outcome == Outcome::kOk) served.insert(one->second);
      }
    }
    CHECK(served.size() == static_cast<size_t>(seats));
    const bool by_rank_alone =
        std::all_of(by_rank.begin(), by_rank.begin() + seats,
                    [&](const auto& one) { return served.contains(one.second); });
    CHECK(by_rank_alone);
  }
}

TEST_CASE("asking again, however often, gives the same rank") {
  Queue queue;
  queue.GoTo(8, 40);
  const std::string first = queue.TicketOf("FILE1");
  for (int i = 0; i < 600; ++i) {
    if (i % 5 == 0) queue.world.Pass(1);
    REQUIRE(queue.Ticket("FILE1").outcome == Outcome::kOk);
  }
  std::set<uint64_t> ranks;
  queue.GoTo(9, 0);
  for (int i = 0; i < 400; ++i) {
    if (i % 5 == 0) queue.world.Pass(1);
    const TicketAnswer again = queue.Ticket("FILE1");
    REQUIRE(again.rank);
    ranks.insert(again.rank->value);
  }
  CHECK(ranks.size() == 1);
  CHECK(*ranks.begin() == RankIn(queue.Status(), first).value);
  // Whoever comes late as well.
  const TicketAnswer late = queue.Ticket("FILE2");
  queue.world.Pass(5);
  CHECK(queue.Ticket("FILE2").rank == late.rank);
  CHECK(late.rank > RankIn(queue.Status(), first));
}

TEST_CASE("who asks without a pause is told to wait, and only he") {
  Queue queue;
  queue.GoTo(8, 40);
  uint32_t answered = 0;
  TicketAnswer answer = queue.Ticket("FILE1");
  for (; answer.outcome == Outcome::kOk && answered < 1000; ++answered)
    answer = queue.Ticket("FILE1");
  CHECK(answer.outcome == Outcome::kRateLimited);
  CHECK(answered == limits::kAsksPerSubject);
  CHECK(answer.poll_after_s == 1);
  CHECK(queue.Ticket("FILE2").outcome == Outcome::kOk);
  queue.world.Pass(1);
  CHECK(queue.Ticket("FILE1").outcome == Outcome::kOk);
}

TEST_CASE("whoever stands in line comes before who waits, where a hold is let go") {
  for (const bool waited_for : {false, true}) {
    INFO(waited_for);
    Queue queue(1, "accept_invented = true\nwaitlist = true");
    if (waited_for) REQUIRE(queue.Join("FILE9").outcome == Outcome::kOk);
    queue.GoTo(8, 40);
    const std::string ticket = queue.TicketOf("FILE1");
    queue.GoTo(9, 0);
    const ReservationAnswer held = queue.HoldInTime("FILE1", ticket);
    REQUIRE(held.outcome == Outcome::kOk);
    REQUIRE(queue.world.Do(&Engine::Cancel, held.reservation).outcome == Outcome::kOk);
    queue.world.Pass(2);
    CHECK(queue.Status().free == 1);
    // Lapsed, and over a start.
    REQUIRE(queue.HoldInTime("FILE2", queue.TicketOf("FILE2")).outcome == Outcome::kOk);
    queue.world.Pass(305);
    CHECK(queue.Status().free == 1);
    // What was somebody's appointment is for who waits, and for nobody who watches.
    const ReservationAnswer last = queue.HoldInTime("FILE3", queue.TicketOf("FILE3"));
    REQUIRE(last.outcome == Outcome::kOk);
    REQUIRE(queue.world.Do(&Engine::Confirm, last.reservation).outcome == Outcome::kOk);
    REQUIRE(queue.world.Do(&Engine::Cancel, last.reservation).outcome == Outcome::kOk);
    queue.world.Pass(90);
    CHECK(queue.Status().free == 0);
  }
}

TEST_CASE(
    "a ticket is its applicant's, of that opening and agenda; every other one is refused alike") {
  Queue queue;
  queue.GoTo(8, 40);
  const std::string mine = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  queue.world.Pass(5);
  std::string altered = mine;
  altered[40] = altered[40] == 'A' ? 'B' : 'A';
  const std::vector<std::string> bad = {altered, mine.substr(1), "x", queue.TicketOf("FILE2")};
  for (const std::string& ticket : bad) {
    const ReservationAnswer answer = queue.Hold("FILE1", ticket);
    CHECK(answer.outcome == Outcome::kValidationFailed);
    REQUIRE(answer.problems.size() == 1);
    CHECK(answer.problems[0].pointer == "/ticket");
  }
  CHECK(queue.Hold("FILE1", "").turn == Turn::kNoTicket);
  // Of another agenda, and of yesterday.
  std::string other = QueueToml();
  other.replace(other.find("92-naturalisation"), 17, "92-autre-demarche");
  REQUIRE(queue.world.Publish("92-autre-demarche", other).outcome == Outcome::kOk);
  HoldRequest foreign;
  foreign.agenda = "92-autre-demarche";
  const std::string dossier = "FILE1";
  foreign.applicant = queue.Person(dossier);
  foreign.ticket = mine;
  queue.world.act->Begin();
  CHECK(queue.world.engine->Hold(*queue.world.act, foreign, queue.world.clock.now).outcome ==
        Outcome::kValidationFailed);
  REQUIRE(queue.world.wait.Finish(*queue.world.act));
  queue.GoTo(33, 5);
  CHECK(queue.Status().phase == Phase::kOpen);
  const ReservationAnswer yesterdays = queue.Hold("FILE1", mine);
  CHECK(yesterdays.outcome == Outcome::kValidationFailed);
  CHECK(yesterdays.problems.at(0).pointer == "/ticket");
}

TEST_CASE("the ticket's nonce makes a hold repeatable; the turn of a lapsed grant is over") {
  Queue queue;
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  const std::string missed = queue.TicketOf("FILE2");
  queue.GoTo(9, 0);
  queue.world.Pass(10);
  const ReservationAnswer held = queue.Hold("FILE1", ticket);
  REQUIRE(held.outcome == Outcome::kOk);
  CHECK(!held.existed);
  const ReservationAnswer again = queue.Hold("FILE1", ticket);
  CHECK(again.existed);
  CHECK(again.reservation.name.view() == held.reservation.name.view());
  // Another ticket of theirs has another nonce: it tells only that there is a reservation.
  CHECK(queue.Hold("FILE1", queue.TicketOf("FILE1")).outcome == Outcome::kAlreadyReserved);
  CHECK(queue.world.Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
  queue.world.Pass(140);
  const ReservationAnswer late = queue.Hold("FILE2", missed);
  CHECK(late.outcome == Outcome::kNotAdmitted);
  CHECK(late.turn == Turn::kMissed);
  // A new ticket has a new place, at the end, and its turn comes.
  const TicketAnswer anew = queue.Ticket("FILE2", missed);
  REQUIRE(anew.outcome == Outcome::kOk);
  CHECK(anew.rank->bucket().value > 0);
  queue.world.Pass(10);
  CHECK(queue.Hold("FILE2", std::string(anew.ticket.view())).outcome == Outcome::kOk);
}

TEST_CASE("a hold that lapses or is given up goes to the next in line at once, and was a turn") {
  Queue queue(1);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  REQUIRE(queue.HoldInTime("FILE1", ticket).outcome == Outcome::kOk);
  queue.world.Pass(2);
  CHECK(queue.Status().free == 0);
  CHECK(queue.Status().phase == Phase::kOpen);  // what is held may come back
  queue.world.Pass(305);
  CHECK(queue.Status().free == 1);
  // Their first turn has lapsed with the grant; a second ticket, a second turn, given up by them.
  const std::string second = queue.TicketOf("FILE1");
  const ReservationAnswer held = queue.HoldInTime("FILE1", second);
  REQUIRE(held.outcome == Outcome::kOk);
  CHECK(queue.world.Do(&Engine::Cancel, held.reservation).outcome == Outcome::kOk);
  queue.world.Pass(2);
  CHECK(queue.Status().free == 1);
  CHECK(queue.Hold("FILE1", second).turn == Turn::kUsed);
  CHECK(queue.Ticket("FILE1").turn == Turn::kUsed);
  // It is remembered across a restart.
  queue.world.Restart();
  CHECK(queue.Hold("FILE1", second).turn == Turn::kUsed);
  CHECK(queue.Ticket("FILE1").turn == Turn::kUsed);
  // Somebody else has it, and confirms: nothing is left, and nothing can come back.
  const std::string next = queue.TicketOf("FILE2");
  const ReservationAnswer last = queue.HoldInTime("FILE2", next);
  REQUIRE(last.outcome == Outcome::kOk);
  REQUIRE(queue.world.Do(&Engine::Confirm, last.reservation).outcome == Outcome::kOk);
  queue.world.Pass(2);
  CHECK(queue.Status().phase == Phase::kExhausted);
  const TicketAnswer over = queue.Ticket("FILE3");
  CHECK(over.outcome == Outcome::kNothingLeft);
  CHECK(over.opens_at == kTuesdayAt830 + 30 * kMsPerMinute + kMsPerDay);
}

TEST_CASE(
    "whoever gives a hold up again, the answer being lost, gets it though the seat is taken") {
  Queue queue(1);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  const Reservation mine = queue.HoldInTime("FILE1", ticket).reservation;
  const ReservationAnswer first = queue.world.Do(&Engine::Cancel, mine);
  REQUIRE(first.outcome == Outcome::kOk);
  queue.world.Pass(2);
  const std::string next = queue.TicketOf("FILE2");
  const Reservation theirs = queue.HoldInTime("FILE2", next).reservation;
  REQUIRE(theirs.slot == mine.slot);
  for (int i = 0; i < 2; ++i) {
    const ReservationAnswer again = queue.world.Do(&Engine::Cancel, mine);
    REQUIRE(again.outcome == Outcome::kOk);
    CHECK(again.existed);
    CHECK(again.reservation.name.view() == mine.name.view());
    CHECK(again.reservation.state == ReservationState::kCancelled);
    CHECK(again.reservation.slot == first.reservation.slot);
    CHECK(again.reservation.starts_at == first.reservation.starts_at);
    CHECK(again.reservation.moves_left == first.reservation.moves_left);
  }
  // The key is asked for as ever, nothing else is answered, and the seat is the next one's.
  Reservation wrong = mine;
  wrong.key = theirs.key;
  CHECK(queue.world.Do(&Engine::Cancel, wrong).outcome == Outcome::kUnknownReservation);
  CHECK(queue.world.Do(&Engine::Confirm, mine).outcome == Outcome::kUnknownReservation);
  CHECK(queue.world.Do(&Engine::Read, mine).outcome == Outcome::kUnknownReservation);
  CHECK(queue.world.Do(&Engine::Read, theirs).outcome == Outcome::kOk);
  // It was one turn, however often it was said: there is another one.
  CHECK(queue.Ticket("FILE1").outcome == Outcome::kOk);
  // The next day's gathering forgets it, and so does a start.
  queue.GoTo(10, 5);
  CHECK(queue.world.Do(&Engine::Cancel, mine).outcome == Outcome::kOk);
  queue.GoTo(24 + 8, 40);
  queue.TicketOf("FILE3");
  CHECK(queue.world.Do(&Engine::Cancel, mine).outcome == Outcome::kUnknownReservation);
}

// Also where its seat is not the one that it was named after.
TEST_CASE("a hold that was moved and then lapses goes to the next in line, and was a turn") {
  Queue queue(1);
  queue.PublishTwoSlots();
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  queue.world.Pass(15);
  const ReservationAnswer held = queue.Hold("FILE1", ticket);
  REQUIRE(held.outcome == Outcome::kOk);
  const bool at_nine = FormatLocalMinute(held.reservation.slot) == "2026-12-14T09:00";
  REQUIRE(queue.world.Move(held.reservation, at_nine ? "2026-12-14T09:30" : "2026-12-14T09:00")
              .outcome == Outcome::kOk);
  queue.world.Pass(2);
  CHECK(queue.Status().free == 1);  // the seat that was left is the next one's, too
  queue.world.Pass(305);
  CHECK(queue.Status().free == 2);
  // A second one, and the turns are used.
  const std::string second = queue.TicketOf("FILE1");
  const ReservationAnswer again = queue.HoldInTime("FILE1", second);
  REQUIRE(again.outcome == Outcome::kOk);
  CHECK(queue.world.Do(&Engine::Cancel, again.reservation).outcome == Outcome::kOk);
  CHECK(queue.Hold("FILE1", second).turn == Turn::kUsed);
  CHECK(queue.Ticket("FILE1").turn == Turn::kUsed);
}

// Whoever moves and lets go would take three seats out of the opening otherwise, two times.
TEST_CASE("what a hold leaves when it is moved stays in the opening, whoever waits for it") {
  const bool waited_for = GENERATE(false, true);
  Queue queue(1);
  queue.PublishTwoSlots("accept_invented = true\nwaitlist = true");
  if (waited_for) REQUIRE(queue.Join("FILE9").outcome == Outcome::kOk);
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  const Reservation held = queue.HoldInTime("FILE1", ticket).reservation;
  const std::string here = FormatLocalMinute(held.slot);
  const std::string there = here == "2026-12-14T09:00" ? "2026-12-14T09:30" : "2026-12-14T09:00";
  for (const std::string& slot : {there, here}) {
    REQUIRE(queue.world.Move(held, slot).outcome == Outcome::kOk);
    queue.world.Pass(2);
    CHECK(queue.Status().free == 1);
  }
  // One that did not move leaves no trace, also where it is repeated: what is confirmed and given
  // up later is nobody's who stands in line.
  const Reservation other = queue.HoldInTime("FILE2", queue.TicketOf("FILE2")).reservation;
  REQUIRE(FormatLocalMinute(other.slot) == there);
  CHECK(queue.world.Move(other, here).outcome == Outcome::kSlotTaken);
  CHECK(queue.world.Move(other, there).outcome == Outcome::kOk);
  REQUIRE(queue.world.Do(&Engine::Confirm, other).outcome == Outcome::kOk);
  REQUIRE(queue.world.Do(&Engine::Cancel, other).outcome == Outcome::kOk);
  queue.world.Pass(90);
  CHECK(queue.Status().free == 0);
}

TEST_CASE("a start forgets what was given up in the queue; a moved hold is known by its name") {
  Queue queue(1);
  queue.PublishTwoSlots();
  queue.GoTo(8, 40);
  const std::string ticket = queue.TicketOf("FILE1");
  queue.GoTo(9, 0);
  const Reservation mine = queue.HoldInTime("FILE1", ticket).reservation;
  const bool at_nine = FormatLocalMinute(mine.slot) == "2026-12-14T09:00";
  const ReservationAnswer moved =
      queue.world.Move(mine, at_nine ? "2026-12-14T09:30" : "2026-12-14T09:00");
  REQUIRE(moved.outcome == Outcome::kOk);
  REQUIRE(queue.world.Do(&Engine::Cancel, mine).outcome == Outcome::kOk);
  queue.world.Pass(2);
  const ReservationAnswer again = queue.world.Do(&Engine::Cancel, mine);
  REQUIRE(again.outcome == Outcome::kOk);
  CHECK(again.reservation.name.view() == mine.name.view());
  CHECK(again.reservation.slot == moved.reservation.slot);
  queue.world.Restart();
  CHECK(queue.world.Do(&Engine::Cancel, mine).outcome == Outcome::kUnknownReservation);
}

TEST_CASE("whoever comes to an open queue in which nobody waits is told to ask again at once") {
  Queue queue;
  queue.GoTo(9, 0);
  queue.world.Pass(120);  // nobody was let in within the last minute
  const TicketAnswer answer = queue.Ticket("FILE1");
  REQUIRE(answer.outcome == Outcome::kOk);
  CHECK(!answer.admitted);
  CHECK(answer.poll_after_s == 2);
  queue.world.Pass(2);
  CHECK(queue.Hold("FILE1", std::string(answer.ticket.view())).outcome == Outcome::kOk);
}

}  // namespace creneau::booking
