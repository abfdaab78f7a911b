// Families: seats of one slot for all of them or none, and what a refusal says of whom.
#include "booking/families.h"

#include <set>

#include "booking/event_feed.h"
#include "tests/booking/desk_fixture.h"
#include "tests/booking/queue_fixture.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kTheirs = "0123456789abcdefghijkl";
constexpr std::string_view kOther = "0123456789abcdefghijkX";

// Three seats on the web in each slot, four people at most together.
class Home : public World {
 public:
  explicit Home(const std::string& more = "party_max = 4\n") {
    while (engine->stats().read_only) std::this_thread::yield();
    REQUIRE(Publish("93-titres", AgendaToml("93-titres", more, "{ web = 3, desk = 1 }")).outcome ==
            Outcome::kOk);
  }

  PartyAnswer Together(const std::vector<std::string>& dossiers, std::string_view key = "",
                       const std::string& slot = "") {
    std::vector<rules::Applicant> people;
    for (const std::string& dossier : dossiers) people.push_back(Person(dossier));
    PartyRequest request{.agenda = "93-titres", .applicants = people};
    if (!slot.empty()) request.slot = ParseLocalMinute(slot);
    request.idempotency_key = key;
    request.body_hash = slot.empty() ? 1 : 2;
    act->Begin();
    PartyAnswer answer = HoldForParty(*engine, *act, request, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
};

std::string PartyText(const Reservation& reservation) {
  return reservation.party ? std::string(reservation.party->view()) : "";
}

TEST_CASE("a family gets seats of one slot, and each reservation is its holder's own") {
  Home office;
  const PartyAnswer held =
      office.Together({"AAAA1", "AAAA2", "AAAA3"}, kTheirs, "2026-12-01T10:00");
  REQUIRE(held.about.outcome == Outcome::kOk);
  REQUIRE(held.count == 3);
  CHECK_FALSE(held.about.existed);
  std::set<std::string> names;
  for (size_t i = 0; i < held.count; ++i) {
    const Reservation& one = held.reservations[i];
    names.insert(std::string(one.name.view()));
    CHECK(one.state == ReservationState::kHeld);
    CHECK(FormatLocalMinute(one.slot) == "2026-12-01T10:00");
    CHECK(PartyText(one) == PartyText(held.reservations[0]));
  }
  CHECK(names.size() == 3);
  CHECK(PartyText(held.reservations[0]).size() == 14);
  // Two of them are another family: not this one's repeat, and no way to half of it.
  CHECK(office.Together({"AAAA1", "AAAA2"}, kTheirs, "2026-12-01T10:00").about.outcome ==
        Outcome::kIdempotencyMismatch);
  CHECK(PartyText(held.reservations[0])[0] == 'F');
  CHECK(office.FreeSeats("2026-12-01T10:00") == 0);
  CHECK(office.engine->stats().live_holds == 3);

  REQUIRE(office.Do(&Engine::Confirm, held.reservations[0]).outcome == Outcome::kOk);
  REQUIRE(office.Do(&Engine::Cancel, held.reservations[1]).outcome == Outcome::kOk);
  const ReservationAnswer moved = office.Move(held.reservations[0], "2026-12-03T09:00");
  REQUIRE(moved.outcome == Outcome::kOk);
  CHECK(PartyText(moved.reservation) == PartyText(held.reservations[0]));
  office.Restart();
  office.Pass(310);
  const ReservationAnswer read = office.Do(&Engine::Read, held.reservations[0]);
  REQUIRE(read.outcome == Outcome::kOk);
  CHECK(PartyText(read.reservation) == PartyText(held.reservations[0]));
  CHECK(office.Do(&Engine::Read, held.reservations[2]).outcome == Outcome::kHoldExpired);
  CHECK(office.engine->CheckInvariants().ok());
}

TEST_CASE("whoever books alone is of no family") {
  Home office;
  for (int i = 0; i < 20; ++i) {
    const auto held =
        office.Hold("AAAA" + std::to_string(100 + i), "",
                    i % 2 == 0 ? "0123456789abcdefghi" + std::to_string(100 + i) : "");
    REQUIRE(held.outcome == Outcome::kOk);
    CHECK(PartyText(held.reservation).empty());
  }
}

TEST_CASE("a repeat has the same answer as long as all of it lives") {
  Home office;
  const PartyAnswer held = office.Together({"AAAA1", "AAAA2"}, kTheirs);
  REQUIRE(held.about.outcome == Outcome::kOk);
  REQUIRE(office.Do(&Engine::Confirm, held.reservations[1]).outcome == Outcome::kOk);
  office.Restart();
  const PartyAnswer again = office.Together({"AAAA1", "AAAA2"}, kTheirs);
  REQUIRE(again.about.outcome == Outcome::kOk);
  CHECK(again.about.existed);
  for (size_t i = 0; i < 2; ++i) {
    CHECK(again.reservations[i].name.view() == held.reservations[i].name.view());
    CHECK(again.reservations[i].key.view() == held.reservations[i].key.view());
  }
  CHECK(again.reservations[1].state == ReservationState::kConfirmed);
  // Another body, another key, none, somebody else with them, one of them alone.
  CHECK(office.Together({"AAAA1", "AAAA2"}, kTheirs, "2026-12-01T10:00").about.outcome ==
        Outcome::kIdempotencyMismatch);
  for (const std::string_view key : {kOther, std::string_view()})
    CHECK(office.Together({"AAAA1", "AAAA2"}, key).about.outcome == Outcome::kAlreadyReserved);
  CHECK(office.Together({"AAAA1", "AAAA2", "AAAA3"}, kTheirs).about.outcome ==
        Outcome::kIdempotencyMismatch);
  CHECK(office.Together({"AAAA1", "AAAA3"}, kTheirs).about.outcome == Outcome::kAlreadyReserved);
  CHECK(office.Hold("AAAA1", "", std::string(kTheirs)).outcome == Outcome::kIdempotencyMismatch);
  REQUIRE(office.Do(&Engine::Cancel, held.reservations[0]).outcome == Outcome::kOk);
  CHECK(office.Together({"AAAA1", "AAAA2"}, kTheirs).about.outcome == Outcome::kAlreadyReserved);
  CHECK(office.engine->CheckInvariants().ok());
}

TEST_CASE("once a family's holds have lapsed its request is a new one") {
  Home office;
  const PartyAnswer held = office.Together({"AAAA1", "AAAA2"}, kTheirs);
  REQUIRE(held.about.outcome == Outcome::kOk);
  office.Pass(310);
  const PartyAnswer again = office.Together({"AAAA1", "AAAA2"}, kTheirs);
  REQUIRE(again.about.outcome == Outcome::kOk);
  CHECK_FALSE(again.about.existed);
  CHECK(again.reservations[0].name.view() != held.reservations[0].name.view());
}

TEST_CASE("of who has a reservation a family learns only that somebody has") {
  Home office;
  REQUIRE(office.Hold("AAAA2").outcome == Outcome::kOk);
  const PartyAnswer first = office.Together({"AAAA1", "AAAA2", "AAAA3"}, kTheirs);
  const PartyAnswer second = office.Together({"AAAA2", "AAAA1", "AAAA3"}, kTheirs);
  for (const PartyAnswer* answer : {&first, &second}) {
    CHECK(answer->about.outcome == Outcome::kAlreadyReserved);
    CHECK(answer->about.problems.empty());
    CHECK(answer->about.alternatives.empty());
    CHECK(answer->count == 0);
  }
  CHECK(office.engine->stats().live_holds == 1);
}

TEST_CASE("what is wrong with somebody is said of them") {
  Home office;
  struct Case {
    std::vector<std::string> people;
    const char* pointer;
  };
  for (const Case& one : {Case{{"AAAA1"}, "/applicants"},
                          {{"AAAA1", "AAAA2", "AAAA3", "AAAA4", "AAAA5"}, "/applicants"},
                          {{"AAAA1", "!"}, "/applicants/1/dossier"},
                          {{"AAAA1", "AAAA2", "aaaa1"}, "/applicants/2"}}) {
    const PartyAnswer answer = office.Together(one.people);
    INFO(one.pointer);
    CHECK(answer.about.outcome == Outcome::kValidationFailed);
    REQUIRE(answer.about.problems.size() == 1);
    CHECK(answer.about.problems[0].pointer == one.pointer);
  }
  Home alone("");
  CHECK(alone.Together({"AAAA1", "AAAA2"}).about.problems.at(0).pointer == "/applicants");
}

TEST_CASE("a slot without so many seats is none, and the others that have them are named") {
  Home office;
  REQUIRE(office.Hold("AAAA9", "2026-12-01T09:00").outcome == Outcome::kOk);
  REQUIRE(office.Hold("AAAA8", "2026-12-01T09:30").outcome == Outcome::kOk);
  const PartyAnswer taken = office.Together({"AAAA1", "AAAA2", "AAAA3"}, "", "2026-12-01T09:00");
  CHECK(taken.about.outcome == Outcome::kSlotTaken);
  REQUIRE(taken.about.alternatives.size() == 5);
  CHECK(FormatLocalMinute(taken.about.alternatives[0]) == "2026-12-01T10:00");
  const PartyAnswer earliest = office.Together({"AAAA1", "AAAA2", "AAAA3"});
  REQUIRE(earliest.about.outcome == Outcome::kOk);
  CHECK(FormatLocalMinute(earliest.reservations[0].slot) == "2026-12-01T10:00");
  const PartyAnswer many = office.Together({"AAAA4", "AAAA5", "AAAA6", "AAAA7"});
  CHECK(many.about.outcome == Outcome::kNothingLeft);
  CHECK(many.about.detail.find("so many people together") != std::string_view::npos);
  CHECK(taken.about.detail.find("so many people together") != std::string_view::npos);
  // Three seats are free in each slot: nobody signs that none was.
  CHECK_FALSE(many.about.attempt);
  CHECK_FALSE(taken.about.attempt);
}

TEST_CASE("a family that finds no seat at all has proof of it") {
  Home office;
  std::string one = AgendaToml("93-titres", "party_max = 4\n", "{ web = 1, desk = 1 }");
  one.replace(one.find("2026-12-31"), 10, "2026-12-01");
  one.replace(one.find("12:00"), 5, "09:30");
  REQUIRE(office.Publish("93-titres", one, Displaced::kKeep).outcome == Outcome::kOk);
  CHECK_FALSE(office.Together({"AAAA1", "AAAA2"}).about.attempt);
  REQUIRE(office.Hold("AAAA9").outcome == Outcome::kOk);
  const PartyAnswer none = office.Together({"AAAA1", "AAAA2"});
  CHECK(none.about.outcome == Outcome::kNothingLeft);
  REQUIRE(none.about.attempt);
  const ReceiptAnswer receipt =
      office.engine->SignAttempt(none.about.attempt->view(), office.clock.now);
  REQUIRE(receipt.outcome == Outcome::kOk);
  CHECK(receipt.attempted == "nothing-left");
}

TEST_CASE("where the office has a list, all of a family are on it") {
  Home office("party_max = 4\nidentity_proof = \"listed\"\nalternative = \"guichet\"\n");
  RosterRequest roster;
  roster.agenda = "93-titres";
  roster.body = "dossier,birth_date\nAAAA1,1990-05-17\nAAAA2,1990-05-17\n";
  REQUIRE(office.engine->ImportRoster(roster, kTester).outcome == Outcome::kOk);
  const PartyAnswer refused = office.Together({"AAAA1", "AAAA3"});
  CHECK(refused.about.outcome == Outcome::kNotListed);
  CHECK(refused.about.problems.at(0).pointer == "/applicants/1");
  CHECK_FALSE(refused.about.attempt);  // what is signed is of the first, who is on the list
  const PartyAnswer first = office.Together({"AAAA3", "AAAA1"});
  CHECK(first.about.outcome == Outcome::kNotListed);
  CHECK(first.about.attempt.has_value());
  CHECK(office.Together({"AAAA1", "AAAA2"}).about.outcome == Outcome::kOk);
}

TEST_CASE("in a queue the first one's ticket counts for all of a family") {
  Queue queue(8, "accept_invented = true\nparty_max = 3");
  queue.GoTo(8, 40);
  const std::string one = Dossier(1), other = Dossier(7);
  const std::string ticket = queue.TicketOf(one);
  const std::string another = queue.TicketOf(Dossier(2));
  queue.GoTo(9, 0);
  const auto together = [&](const std::string& shown) {
    const std::vector<rules::Applicant> people = {queue.Person(one), queue.Person(other)};
    const PartyRequest request{
        .agenda = "92-naturalisation", .applicants = people, .ticket = shown};
    queue.world.act->Begin();
    PartyAnswer answer =
        HoldForParty(*queue.world.engine, *queue.world.act, request, queue.world.clock.now);
    REQUIRE(queue.world.wait.Finish(*queue.world.act));
    return answer;
  };
  CHECK(together("").about.turn == Turn::kNoTicket);
  CHECK(together(another).about.problems.at(0).pointer == "/ticket");
  PartyAnswer held = together(ticket);
  for (int s = 0; s < 400 && held.about.turn == Turn::kWait; ++s) {
    queue.world.Pass(1);
    held = together(ticket);
  }
  REQUIRE(held.about.outcome == Outcome::kOk);
  REQUIRE(held.count == 2);
  // The ticket is a key as well, as that of one who comes alone.
  const PartyAnswer again = together(ticket);
  CHECK(again.about.existed);
  CHECK(again.reservations[1].name.view() == held.reservations[1].name.view());
  CHECK(queue.world.engine->CheckInvariants().ok());
}

TEST_CASE("the events name a family's reservations together") {
  Home office;
  const uint64_t before = office.engine->Events()->newest.value;
  const PartyAnswer held = office.Together({"AAAA1", "AAAA2"}, kTheirs);
  REQUIRE(held.about.outcome == Outcome::kOk);
  CHECK(office.engine->Events()->newest.value == before + 1);  // one record
}

}  // namespace
}  // namespace creneau::booking
