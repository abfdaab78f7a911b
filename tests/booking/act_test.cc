// What two persons have to do: repairs, corrections beyond one field, links of somebody who has a
// reservation (booking/act_requests.cc).

#include "tests/booking/desk_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE("more than one field, or nobody knows what was typed: a second person") {
  struct Case {
    rules::Applicant right;
    std::optional<rules::Applicant> booked;
  };
  const Case which = GENERATE(Case{Person("9300112233", "1990-05-18"), Person("9300112239")},
                              Case{Person("9300112233"), std::nullopt},
                              Case{Passport("12AB34567"), Person("9300112239")});
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112239"));
  const IdentityAnswer proposed = desk.Correct(seat, which.right, which.booked, desk.claire);
  REQUIRE(proposed.outcome == Outcome::kOk);
  REQUIRE(proposed.act);
  CHECK_FALSE(desk.Lookup(which.right, desk.claire).reservation);
  desk.Restart();
  // The same proposal again is the same act.
  const IdentityAnswer again = desk.Correct(seat, which.right, which.booked, desk.claire);
  REQUIRE(again.act);
  CHECK(again.act->proposed.act == proposed.act->proposed.act);
  CHECK(desk.engine->WaitingActs(desk.paul, desk.clock.now).size() == 1);
  CHECK(desk.engine->WaitingActs(desk.elsewhere, desk.clock.now).empty());
  // Neither of her keys makes her two persons.
  CHECK(desk.Approve(proposed.act, desk.claire).outcome == Outcome::kSecondPersonNeeded);
  CHECK(desk.Approve(proposed.act, desk.claires_other_key).outcome == Outcome::kSecondPersonNeeded);
  CHECK(desk.Approve(proposed.act, desk.elsewhere).outcome == Outcome::kUnknownAct);
  REQUIRE(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kOk);
  CHECK(desk.engine->WaitingActs(desk.paul, desk.clock.now).empty());
  const IdentityAnswer found = desk.Lookup(which.right, desk.claire);
  REQUIRE(found.reservation);
  CHECK(found.reservation->name.view() == seat.name.view());
  CHECK(desk.Book(Person("9300112239"), kOtherKey).outcome == Outcome::kOk);
  CHECK(desk.ReadWith(seat) == Outcome::kOk);
}

TEST_CASE("nothing by which a reservation was known before a correction finds it afterwards") {
  Desk desk;
  const rules::Applicant typed = Person("9300112239");
  const rules::Applicant once_right = Person("9300112233");
  const rules::Applicant right = Person("9300112233", "1990-05-18");
  const Reservation seat = desk.Confirmed(typed);
  REQUIRE_FALSE(desk.Correct(seat, once_right, typed, desk.claire).act);
  SECTION("where nobody says what was typed") {
    const IdentityAnswer proposed = desk.Correct(seat, right, std::nullopt, desk.claire);
    REQUIRE(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kOk);
  }
  SECTION("where the last one is said") {
    const IdentityAnswer proposed = desk.Correct(seat, right, once_right, desk.claire);
    REQUIRE(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kOk);
  }
  desk.Restart();
  CHECK(desk.Lookup(right, desk.paul).reservation);
  for (const rules::Applicant& before : {typed, once_right}) {
    CHECK_FALSE(desk.Lookup(before, desk.paul).reservation);
    CHECK(desk.Repair(seat, before, desk.claire).outcome == Outcome::kValidationFailed);
  }
  CHECK(desk.engine->CheckInvariants().ok());
}

TEST_CASE("a repair that was overtaken by a correction gives nobody a key") {
  Desk desk;
  const rules::Applicant typed = Person("9300112239");
  const Reservation seat = desk.Confirmed(typed);
  const IdentityAnswer first = desk.Repair(seat, typed, desk.claire);
  const IdentityAnswer second = desk.Repair(seat, typed, desk.paul);
  REQUIRE(desk.Approve(first.act, desk.paul).rekeyed);
  REQUIRE(desk.Correct(seat, Person("9300112233"), typed, desk.claire).outcome == Outcome::kOk);
  CHECK(desk.Approve(second.act, desk.claire).outcome == Outcome::kActSettled);
  CHECK(desk.Approve(first.act, desk.paul).outcome == Outcome::kActSettled);
  CHECK(desk.Log().Count("\"event\":\"rekeyed\"") == 1);
}

TEST_CASE("who asks whose a seat is stands in the log, whatever the answer") {
  Desk desk;
  const rules::Applicant ada = Person("9300112233");
  const rules::Applicant bert = Person("9300112234");
  const Reservation seat = desk.Confirmed(ada);
  desk.Confirmed(bert, kOtherKey);
  CHECK(desk.Link(ada, bert).outcome == Outcome::kAlreadyReserved);
  CHECK(desk.Link(ada, ada).existed);
  CHECK(desk.Correct(seat, ada, std::nullopt, desk.claire).existed);
  CHECK(desk.Correct(seat, Passport("12AB34567"), bert, desk.claire).outcome ==
        Outcome::kValidationFailed);
  CHECK(desk.Repair(seat, bert, desk.claire).outcome == Outcome::kValidationFailed);
  const LogLines log = desk.Log();
  CHECK(log.Count("\"what\":\"link\"") == 2);
  CHECK(log.Count("\"what\":\"correct\"") == 2);
  CHECK(log.Count("\"what\":\"repair\"") == 1);
}

TEST_CASE("a correction that was overtaken by another one is not approved any more") {
  Desk desk;
  const rules::Applicant typed = Person("9300112239", "1990-05-18");
  const Reservation seat = desk.Confirmed(typed);
  const IdentityAnswer first = desk.Correct(seat, Person("9300112233"), typed, desk.claire);
  const IdentityAnswer second = desk.Correct(seat, Person("9300112234"), typed, desk.claire);
  REQUIRE(desk.Approve(first.act, desk.paul).outcome == Outcome::kOk);
  CHECK(desk.Approve(second.act, desk.paul).outcome == Outcome::kActSettled);
  CHECK(desk.Lookup(Person("9300112233"), desk.paul).reservation);
  CHECK_FALSE(desk.Lookup(Person("9300112234"), desk.paul).reservation);
}

TEST_CASE("who has two documents that are one keeps both only if two persons correct one") {
  Desk desk;
  const rules::Applicant typed = Person("9300112239");
  REQUIRE(desk.Link(Passport("12AB34567"), typed).outcome == Outcome::kOk);
  const Reservation seat = desk.Confirmed(typed);
  const IdentityAnswer answer = desk.Correct(seat, Person("9300112233"), typed, desk.claire);
  CHECK(answer.act);
}

TEST_CASE("an act is withdrawn by whoever proposed it or might approve it") {
  const bool own = GENERATE(false, true);
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112233"));
  const IdentityAnswer proposed = desk.Repair(seat, Person("9300112233"), desk.claire);
  CHECK(desk.Withdraw(proposed.act, desk.elsewhere).outcome == Outcome::kUnknownAct);
  REQUIRE(desk.Withdraw(proposed.act, own ? desk.claire : desk.paul).outcome == Outcome::kOk);
  if (GENERATE(false, true)) REQUIRE(desk.engine->TakeSnapshot().ok());
  desk.Restart();
  CHECK(desk.engine->WaitingActs(desk.paul, desk.clock.now).empty());
  CHECK(desk.Withdraw(proposed.act, desk.paul).existed);
  CHECK(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kActSettled);
  CHECK(desk.ReadWith(seat) == Outcome::kOk);
  // It can be proposed anew, which is another act; what was approved is not withdrawn.
  const IdentityAnswer anew = desk.Repair(seat, Person("9300112233"), desk.claire);
  REQUIRE(desk.Approve(anew.act, desk.paul).outcome == Outcome::kOk);
  CHECK(desk.Withdraw(anew.act, desk.claire).outcome == Outcome::kActSettled);
}

TEST_CASE("nobody's acts take the room of the others, nor do those that are settled") {
  Acts acts;
  const Instant now{1'000};
  uint64_t name = 0;
  const auto propose = [&](const std::string& person) {
    codec::ActProposed proposed;
    proposed.act = ++name;
    proposed.person = person;
    proposed.at = now + static_cast<int64_t>(name);
    acts.Take(proposed);
  };
  for (size_t i = 0; i < limits::kPairActsOfOne; ++i) propose("c.martin");
  CHECK_FALSE(acts.HasRoom("c.martin", now));
  CHECK(acts.HasRoom("p.durand", now));
  acts.Take(codec::ActSettled{1, "p.durand", now});
  CHECK(acts.HasRoom("c.martin", now));
  for (size_t i = 0; i < limits::kPairActsKept; ++i) {
    propose("p.durand");
    acts.Take(codec::ActSettled{name, "c.martin", now});
  }
  // The oldest settled one is forgotten, and none that waits.
  CHECK_FALSE(acts.Find(1, now));
  CHECK(acts.Find(2, now));
  CHECK(acts.HasRoom("p.durand", now));
  CHECK(acts.Snapshot().size() <= 2 * limits::kPairActsKept);
}

TEST_CASE("a usurped seat comes back to its owner, and whoever took it is left with nothing") {
  const bool from_a_snapshot = GENERATE(false, true);
  Desk desk;
  const rules::Applicant owner = Person("9300112233");
  const Reservation taken = desk.Confirmed(owner, kKey);  // by somebody who knows number and date
  CHECK(desk.Book(owner, kOtherKey).outcome == Outcome::kAlreadyReserved);
  const IdentityAnswer found = desk.Lookup(owner, desk.claire);
  REQUIRE(found.reservation);
  const IdentityAnswer proposed = desk.Repair(*found.reservation, owner, desk.claire);
  REQUIRE(proposed.act);
  CHECK_FALSE(proposed.rekeyed);
  CHECK(desk.ReadWith(taken) == Outcome::kOk);  // until a second person has seen the papers
  CHECK(desk.Approve(proposed.act, desk.claire).outcome == Outcome::kSecondPersonNeeded);
  const IdentityAnswer repaired = desk.Approve(proposed.act, desk.paul);
  REQUIRE(repaired.outcome == Outcome::kOk);
  REQUIRE(repaired.rekeyed);
  if (from_a_snapshot) REQUIRE(desk.engine->TakeSnapshot().ok());
  desk.Restart();
  const Reservation& back = *repaired.reservation;
  CHECK(back.name.view() == taken.name.view());
  CHECK(back.key.view() != taken.key.view());
  CHECK(desk.ReadWith(back) == Outcome::kOk);
  CHECK(desk.ReadWith(taken) == Outcome::kUnknownReservation);
  CHECK(desk.Do(&Engine::Cancel, taken).outcome == Outcome::kUnknownReservation);
  // Nor does the request that made it give the new key.
  CHECK(desk.Book(owner, kKey).outcome == Outcome::kAlreadyReserved);
  // The answer was lost: the same person has it again, a third one has not.
  const IdentityAnswer again = desk.Approve(proposed.act, desk.paul);
  REQUIRE(again.reservation);
  CHECK(again.reservation->key.view() == back.key.view());
  const Actor third{rules::Role::kAgent, "l.bernard", "B0000001"};
  CHECK(desk.Approve(proposed.act, third).outcome == Outcome::kActSettled);
  // A second usurper's turn: another key again.
  const IdentityAnswer second = desk.Approve(desk.Repair(back, owner, desk.paul).act, desk.claire);
  REQUIRE(second.reservation);
  CHECK(second.reservation->key.view() != back.key.view());
  CHECK(desk.ReadWith(back) == Outcome::kUnknownReservation);
  // Whose key that is, the first repair does not tell again.
  CHECK(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kActSettled);
  CHECK(desk.Log().Count("\"what\":\"approve-repair\"") == 3);  // each that was shown a key
}

TEST_CASE("a repair is for whom the reservation is, and dies with it") {
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112233"));
  const IdentityAnswer other = desk.Repair(seat, Person("9300112234"), desk.claire);
  CHECK(other.outcome == Outcome::kValidationFailed);
  CHECK(other.problems.at(0).pointer == "/applicant");
  const IdentityAnswer proposed = desk.Repair(seat, Person("9300112233"), desk.claire);
  REQUIRE(desk.Do(&Engine::Cancel, seat).outcome == Outcome::kOk);
  CHECK(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kUnknownReservation);
  // A week later nobody knows the act.
  desk.clock.now = desk.clock.now + limits::kPairActLifeMs;
  CHECK(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kUnknownAct);
}

}  // namespace
}  // namespace creneau::booking
