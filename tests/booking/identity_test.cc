// Whose seat it is: lookups, links, corrections and notices (booking/identity_requests.cc).

#include "tests/booking/desk_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE("an agent finds whose reservation it is, and the key is nobody's to see") {
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112233"));
  const IdentityAnswer found = desk.Lookup(Person("93 0011-2233"), desk.claire);
  REQUIRE(found.reservation);
  CHECK(found.reservation->name.view() == seat.name.view());
  CHECK_FALSE(found.rekeyed);
  CHECK_FALSE(desk.Lookup(Person("9300112234"), desk.claire).reservation);
  CHECK(desk.Lookup(Person("93"), desk.claire).outcome == Outcome::kValidationFailed);
  const LogLines log = desk.Log();
  CHECK(log.Count("\"what\":\"lookup\"") == 2);
}

TEST_CASE("a mistyped digit: the seat stays, and both people can go on") {
  const bool after_a_start = GENERATE(false, true);
  const bool from_a_snapshot = GENERATE(false, true);
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112239"));  // meant ...33
  const IdentityAnswer corrected =
      desk.Correct(seat, Person("9300112233"), Person("9300112239"), desk.claire);
  REQUIRE(corrected.outcome == Outcome::kOk);
  CHECK_FALSE(corrected.act);
  if (from_a_snapshot) REQUIRE(desk.engine->TakeSnapshot().ok());
  if (after_a_start) desk.Restart();
  // Its holder's key is what it was, and so is the identity that now finds it.
  CHECK(desk.ReadWith(seat) == Outcome::kOk);
  const IdentityAnswer found = desk.Lookup(Person("9300112233"), desk.paul);
  REQUIRE(found.reservation);
  CHECK(found.reservation->name.view() == seat.name.view());
  CHECK(desk.Book(Person("9300112233"), kOtherKey).outcome == Outcome::kAlreadyReserved);
  // Whoever the mistyped number belongs to has nothing, and books.
  CHECK_FALSE(desk.Lookup(Person("9300112239"), desk.paul).reservation);
  CHECK(desk.Book(Person("9300112239"), kOtherKey).outcome == Outcome::kOk);
  // Once it is given up, its holder can book again, under the right number alone.
  REQUIRE(desk.Do(&Engine::Cancel, seat).outcome == Outcome::kOk);
  CHECK(desk.Book(Person("9300112233"), kOtherKey).outcome == Outcome::kOk);
  CHECK(desk.engine->CheckInvariants().ok());
}

TEST_CASE("a correction can be repeated, and refuses what it cannot do") {
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112239"));
  const rules::Applicant right = Person("9300112233");
  SECTION("a repeat changes nothing more") {
    REQUIRE(desk.Correct(seat, right, Person("9300112239"), desk.claire).outcome == Outcome::kOk);
    const IdentityAnswer again = desk.Correct(seat, right, Person("9300112239"), desk.claire);
    CHECK(again.outcome == Outcome::kOk);
    CHECK(again.existed);
    CHECK(desk.Log().Count("subjects-linked") == 1);
  }
  SECTION("what was booked is said wrong") {
    const IdentityAnswer answer = desk.Correct(seat, right, Person("9300112238"), desk.claire);
    CHECK(answer.outcome == Outcome::kValidationFailed);
    CHECK(answer.problems.at(0).pointer == "/booked");
  }
  SECTION("the right identity has a reservation of its own") {
    desk.Confirmed(right, kOtherKey);
    CHECK(desk.Correct(seat, right, Person("9300112239"), desk.claire).outcome ==
          Outcome::kAlreadyReserved);
    CHECK(desk.ReadWith(seat) == Outcome::kOk);
    CHECK(desk.Log().Count("subjects-linked") == 0);
  }
  SECTION("the agent is of another agenda, the name is nobody's, the seat was given up") {
    CHECK(desk.Correct(seat, right, Person("9300112239"), desk.elsewhere).outcome ==
          Outcome::kUnknownReservation);
    REQUIRE(desk.Do(&Engine::Cancel, seat).outcome == Outcome::kOk);
    CHECK(desk.Correct(seat, right, Person("9300112239"), desk.claire).outcome ==
          Outcome::kUnknownReservation);
  }
  SECTION("the reason is none") {
    const IdentityAnswer answer = desk.Asked([&] {
      return desk.engine->Correct(*desk.act, {seat.name.view(), right, std::nullopt, "because"},
                                  desk.claire, desk.clock.now);
    });
    CHECK(answer.outcome == Outcome::kValidationFailed);
    CHECK(answer.problems.at(0).pointer == "/reason");
  }
}

TEST_CASE("one field after the other is more than one field") {
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112239", "1990-05-17"));
  REQUIRE_FALSE(desk.Correct(seat, Person("9300112233"), Person("9300112239"), desk.claire).act);
  const IdentityAnswer second =
      desk.Correct(seat, Person("9300112233", "1990-05-18"), Person("9300112233"), desk.claire);
  REQUIRE(second.outcome == Outcome::kOk);
  CHECK(second.act);
  CHECK_FALSE(desk.Lookup(Person("9300112233", "1990-05-18"), desk.paul).reservation);
}

TEST_CASE("a new document is linked, and not a correction") {
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112239"));
  const IdentityAnswer answer = desk.Asked([&] {
    return desk.engine->Correct(
        *desk.act, {seat.name.view(), Passport("12AB34567"), std::nullopt, "new-document"},
        desk.claire, desk.clock.now);
  });
  CHECK(answer.outcome == Outcome::kValidationFailed);
  CHECK(answer.problems.at(0).pointer == "/reason");
}

TEST_CASE("who tries to book in somebody's name does not use up the way back") {
  Desk desk;
  desk.Confirmed(Person("9300112233"));
  for (int i = 0; i < 10; ++i) desk.Book(Person("9300112233"), kOtherKey);
  REQUIRE(desk.Recover(Person("9300112233")).outcome == Outcome::kOk);
  CHECK(desk.Log().Count("\"what\":\"recovery\"") == 1);
}

TEST_CASE("agendas of one group: an agent of one is told nothing of a seat in the other") {
  Desk desk;
  REQUIRE(desk.Publish("14-titres", AgendaToml("14-titres", "group = \"93-titres\"")).outcome ==
          Outcome::kOk);
  desk.Confirmed(Person("9300112233"));
  const auto look = [&](const Actor& actor) {
    return desk.Asked([&] {
      return desk.engine->Lookup(*desk.act, "14-titres", Person("9300112233"), actor,
                                 desk.clock.now);
    });
  };
  CHECK_FALSE(look(desk.elsewhere).reservation);
  const IdentityAnswer found = look(desk.claire);
  REQUIRE(found.reservation);
  CHECK(found.agenda->rules.name == "93-titres");
}

TEST_CASE("two documents of one person are one subject") {
  Desk desk;
  const rules::Applicant by_passport = Passport("12AB34567");
  const rules::Applicant by_dossier = Person("9300112233");
  SECTION("the reservation may be under either") {
    const bool passport_first = GENERATE(false, true);
    const Reservation seat = desk.Confirmed(passport_first ? by_passport : by_dossier);
    // Whose seat that is is said by it as well: a second person looks.
    const IdentityAnswer proposed = desk.Link(by_passport, by_dossier);
    REQUIRE(proposed.act);
    CHECK(desk.Lookup(passport_first ? by_dossier : by_passport, desk.claire).reservation ==
          std::nullopt);
    CHECK(desk.Approve(proposed.act, desk.claire).outcome == Outcome::kSecondPersonNeeded);
    REQUIRE(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kOk);
    CHECK(desk.Link(by_dossier, by_passport).existed);
    desk.Restart();
    for (const rules::Applicant& one : {by_passport, by_dossier}) {
      CHECK(desk.Book(one, kOtherKey).outcome == Outcome::kAlreadyReserved);
      const IdentityAnswer found = desk.Lookup(one, desk.claire);
      REQUIRE(found.reservation);
      CHECK(found.reservation->name.view() == seat.name.view());
    }
    // And a third one joins both.
    REQUIRE(desk.Approve(desk.Link(Passport("98ZY76543"), by_dossier).act, desk.paul).outcome ==
            Outcome::kOk);
    CHECK(desk.Book(Passport("98ZY76543"), kOtherKey).outcome == Outcome::kAlreadyReserved);
  }
  SECTION("with a reservation each, one has to go first") {
    desk.Confirmed(by_dossier);
    const Reservation second = desk.Confirmed(by_passport, kOtherKey);
    CHECK(desk.Link(by_passport, by_dossier).outcome == Outcome::kAlreadyReserved);
    REQUIRE(desk.Do(&Engine::Cancel, second).outcome == Outcome::kOk);
    CHECK(desk.Link(by_passport, by_dossier).act);
  }
  SECTION("with none, one agent says it, and it holds for what is booked later") {
    const IdentityAnswer linked = desk.Link(by_passport, by_dossier);
    REQUIRE(linked.outcome == Outcome::kOk);
    CHECK_FALSE(linked.act);
    desk.Restart();
    desk.Confirmed(by_dossier);
    CHECK(desk.Book(by_passport, kOtherKey).outcome == Outcome::kAlreadyReserved);
  }
  SECTION("a seat that was given up meanwhile, or another one's by now, is not what was approved") {
    const Reservation seat = desk.Confirmed(by_dossier);
    const IdentityAnswer proposed = desk.Link(by_passport, by_dossier);
    REQUIRE(desk.Do(&Engine::Cancel, seat).outcome == Outcome::kOk);
    CHECK(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kUnknownReservation);
    desk.Confirmed(by_passport, kOtherKey);
    CHECK(desk.Approve(proposed.act, desk.paul).outcome == Outcome::kUnknownReservation);
    CHECK_FALSE(desk.Lookup(by_dossier, desk.paul).reservation);
  }
}

TEST_CASE("whoever asks for a recovery learns nothing, and the holder hears of it, not often") {
  Desk desk;
  desk.Confirmed(Person("9300112233"));
  for (int i = 0; i < 10; ++i) {
    CHECK(desk.Recover(Person("9300112233")).outcome == Outcome::kOk);
    CHECK(desk.Recover(Person("9300112234")).outcome == Outcome::kOk);
  }
  CHECK(desk.Log().Count("\"what\":\"recovery\"") == limits::kNoticesPerHolder);
}

TEST_CASE("the holder of a confirmed seat hears that somebody books in the same name") {
  Desk desk;
  const Reservation seat = desk.Book(Person("9300112233"), kKey).reservation;
  CHECK(desk.Book(Person("9300112233"), kOtherKey).outcome == Outcome::kAlreadyReserved);
  REQUIRE(desk.Do(&Engine::Confirm, seat).outcome == Outcome::kOk);
  CHECK(desk.Book(Person("9300112233"), kKey).existed);  // the holder's own repeat
  for (int i = 0; i < 10; ++i)
    CHECK(desk.Book(Person("9300112233"), kOtherKey).outcome == Outcome::kAlreadyReserved);
  CHECK(desk.Log().Count("\"what\":\"asked-again\"") == limits::kNoticesPerHolder);
}

}  // namespace
}  // namespace creneau::booking
