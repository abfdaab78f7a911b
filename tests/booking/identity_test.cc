// Whose seat it is: lookups, links, corrections, repairs and notices
// (booking/identity_requests.cc).

#include "codec/event.h"
#include "tests/booking/fixture.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kKey = "0123456789abcdefghijkl";
constexpr std::string_view kOtherKey = "lkjihgfedcba9876543210";

rules::Applicant Person(std::string_view dossier, std::string_view born = "1990-05-17") {
  rules::Applicant applicant;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = born;
  return applicant;
}

rules::Applicant Passport(std::string_view number, std::string_view born = "1990-05-17") {
  rules::Applicant applicant;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kPassport)] = number;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = born;
  return applicant;
}

// What the log says, record by record, as `creneauctl log show --json` would.
class Lines final : public wal::RecordReader {
 public:
  absl::Status Read(Lsn, Instant, std::string_view record) override {
    lines.push_back(codec::DescribeRecord(record, /*json=*/true));
    return absl::OkStatus();
  }
  absl::Status End() override { return absl::OkStatus(); }
  size_t Count(std::string_view words) const {
    return static_cast<size_t>(std::count_if(
        lines.begin(), lines.end(),
        [words](const std::string& line) { return line.find(words) != std::string::npos; }));
  }
  std::vector<std::string> lines;
};

class Desk : public World {
 public:
  Desk() { REQUIRE(Publish("93-titres", AgendaToml()).outcome == Outcome::kOk); }

  ReservationAnswer Book(const rules::Applicant& applicant, std::string_view key) {
    HoldRequest request;
    request.agenda = "93-titres";
    request.applicant = applicant;
    request.idempotency_key = key;
    act->Begin();
    ReservationAnswer answer = engine->Hold(*act, request, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  Reservation Confirmed(const rules::Applicant& applicant, std::string_view key = kKey) {
    const ReservationAnswer held = Book(applicant, key);
    REQUIRE(held.outcome == Outcome::kOk);
    REQUIRE(Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
    return held.reservation;
  }
  Outcome ReadWith(const Reservation& reservation) {
    return Do(&Engine::Read, reservation).outcome;
  }

  template <typename Ask>
  IdentityAnswer Asked(Ask ask) {
    act->Begin();
    IdentityAnswer answer = ask();
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  IdentityAnswer Lookup(const rules::Applicant& applicant, const Actor& actor) {
    return Asked([&] { return engine->Lookup(*act, "93-titres", applicant, actor, clock.now); });
  }
  IdentityAnswer Recover(const rules::Applicant& applicant) {
    return Asked([&] { return engine->Recover(*act, "93-titres", applicant, clock.now); });
  }
  IdentityAnswer Link(const rules::Applicant& applicant, const rules::Applicant& same_as) {
    return Asked([&] {
      return engine->Link(*act, {"93-titres", applicant, same_as, "new-document"}, claire,
                          clock.now);
    });
  }
  IdentityAnswer Correct(const Reservation& reservation, const rules::Applicant& right,
                         std::optional<rules::Applicant> booked, const Actor& actor) {
    return Asked([&] {
      return engine->Correct(*act, {reservation.name.view(), right, booked, "typing-error"}, actor,
                             clock.now);
    });
  }
  IdentityAnswer Repair(const Reservation& reservation, const rules::Applicant& owner,
                        const Actor& actor) {
    return Asked([&] {
      return engine->Repair(*act, {reservation.name.view(), owner, "usurped"}, actor, clock.now);
    });
  }
  IdentityAnswer Approve(const std::optional<PairAct>& waiting, const Actor& actor) {
    REQUIRE(waiting);
    const std::string name = ActName(waiting->proposed.act);
    return Asked([&] { return engine->Approve(*act, name, actor, clock.now); });
  }

  Lines Log() {
    Stop();
    Lines lines;
    REQUIRE(wal::Verify(files, LogDirectory(directory + "/data"), lines, {},
                        ArchiveDirectory(directory + "/data"))
                .ok());
    Start();
    return lines;
  }

  const Actor claire{rules::Role::kAgent, "c.martin", "C1A00001"};
  const Actor paul{rules::Role::kAgent, "p.durand", "PA000001"};
  const Actor claires_other_key{rules::Role::kAgent, "c.martin", "C1A00002"};
  const Actor elsewhere{rules::Role::kAgent, "s.petit", "S0000001", kElsewhere};

 private:
  static inline const std::vector<std::string> kElsewhere = {"14-titres"};
};

TEST_CASE("an agent finds whose reservation it is, and the key is nobody's to see") {
  Desk desk;
  const Reservation seat = desk.Confirmed(Person("9300112233"));
  const IdentityAnswer found = desk.Lookup(Person("93 0011-2233"), desk.claire);
  REQUIRE(found.reservation);
  CHECK(found.reservation->name.view() == seat.name.view());
  CHECK_FALSE(found.rekeyed);
  CHECK_FALSE(desk.Lookup(Person("9300112234"), desk.claire).reservation);
  CHECK(desk.Lookup(Person("93"), desk.claire).outcome == Outcome::kValidationFailed);
  const Lines log = desk.Log();
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

TEST_CASE("two documents of one person are one subject") {
  Desk desk;
  const rules::Applicant by_passport = Passport("12AB34567");
  const rules::Applicant by_dossier = Person("9300112233");
  SECTION("the reservation may be under either") {
    const bool passport_first = GENERATE(false, true);
    const Reservation seat = desk.Confirmed(passport_first ? by_passport : by_dossier);
    REQUIRE(desk.Link(by_passport, by_dossier).outcome == Outcome::kOk);
    CHECK(desk.Link(by_dossier, by_passport).existed);
    desk.Restart();
    for (const rules::Applicant& one : {by_passport, by_dossier}) {
      CHECK(desk.Book(one, kOtherKey).outcome == Outcome::kAlreadyReserved);
      const IdentityAnswer found = desk.Lookup(one, desk.claire);
      REQUIRE(found.reservation);
      CHECK(found.reservation->name.view() == seat.name.view());
    }
    // And a third one joins both.
    REQUIRE(desk.Link(Passport("98ZY76543"), by_dossier).outcome == Outcome::kOk);
    CHECK(desk.Book(Passport("98ZY76543"), kOtherKey).outcome == Outcome::kAlreadyReserved);
  }
  SECTION("with a reservation each, one has to go first") {
    desk.Confirmed(by_dossier);
    const Reservation second = desk.Confirmed(by_passport, kOtherKey);
    CHECK(desk.Link(by_passport, by_dossier).outcome == Outcome::kAlreadyReserved);
    REQUIRE(desk.Do(&Engine::Cancel, second).outcome == Outcome::kOk);
    CHECK(desk.Link(by_passport, by_dossier).outcome == Outcome::kOk);
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
