// A family at the desk: all or none, confirmed at once, a letter for all.
#include "booking/desk_family.h"

#include <algorithm>

#include "booking/desk.h"
#include "tests/booking/desk_fixture.h"

namespace creneau::booking {
namespace {

class FamilyCounter : public StaffedWorld {
 public:
  explicit FamilyCounter(const std::string& more = "")
      : StaffedWorld(more, "{ web = 2, phone = 1, desk = 4 }") {}

  PartyAnswer Family(const Actor& actor, const std::vector<std::string>& dossiers,
                     std::string_view key = "", const std::string& slot = "",
                     Channel channel = Channel::kDesk) {
    std::vector<rules::Applicant> people;
    for (const std::string& dossier : dossiers) people.push_back(Person(dossier));
    DeskFamilyRequest request{.agenda = "93-titres", .channel = channel, .applicants = people};
    request.idempotency_key = key;
    request.body_hash = 7;
    if (!slot.empty()) request.slot = ParseLocalMinute(slot);
    act->Begin();
    PartyAnswer answer = BookFamilyAtDesk(*engine, *act, request, actor, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
};

const std::vector<std::string> kFamilyOfFour = {"AAAA1", "AAAA2", "AAAA3", "AAAA4"};

}  // namespace

TEST_CASE("a family gets seats of one slot, confirmed at once, and one letter for all of them") {
  FamilyCounter office;
  const PartyAnswer made = office.Family(office.claire, kFamilyOfFour, kKey);
  REQUIRE(made.about.outcome == Outcome::kOk);
  REQUIRE(made.count == 4);
  const std::string letter =
      LetterForFamily({made.reservations.data(), made.count}, Channel::kDesk);
  CHECK(std::count(letter.begin(), letter.end(), '\f') == 3);
  for (size_t i = 0; i < made.count; ++i) {
    const Reservation& one = made.reservations[i];
    CHECK(one.state == ReservationState::kConfirmed);
    CHECK(one.channel == Channel::kDesk);
    CHECK(FormatLocalMinute(one.slot) == "2026-12-01T09:00");
    CHECK(one.party->view() == made.reservations[0].party->view());
    CHECK(letter.find(one.name.view()) != std::string::npos);
    CHECK(letter.find(one.key.view()) != std::string::npos);
  }
  office.Pass(3'600);  // no deadline
  CHECK(office.CountsOf(Channel::kDesk).confirmed == 4);
  CHECK(office.CountsOf(Channel::kDesk).by_agents == 4);
  // A repeat gets the same; a part of them under the same key is another request.
  const PartyAnswer again = office.Family(office.claire, kFamilyOfFour, kKey);
  REQUIRE(again.about.outcome == Outcome::kOk);
  CHECK(again.about.existed);
  CHECK(again.reservations[3].key.view() == made.reservations[3].key.view());
  CHECK(office.Family(office.claire, {"AAAA1", "AAAA2"}, kKey).about.outcome ==
        Outcome::kIdempotencyMismatch);
  CHECK(office.Family(office.claire, kFamilyOfFour, kOtherKey).about.outcome ==
        Outcome::kAlreadyReserved);
  const LogLines log = LinesOf(office);  // and starts again
  CHECK(log.Find(R"("person":"c.martin","key":"C1A00001","what":"desk")") <
        log.Find(R"("event":"desk-note","agenda":0,"channel":"desk")"));
  CHECK(log.Count(R"("event":"desk-note")") == 4);
  CHECK(office.CountsOf(Channel::kDesk).by_agents == 4);
  // Each is its holder's own.
  REQUIRE(office.Do(&Engine::Cancel, made.reservations[1]).outcome == Outcome::kOk);
  CHECK(office.CountsOf(Channel::kDesk).confirmed == 3);
}

TEST_CASE("all or none: who does not fit, or has a seat, leaves everything as it was") {
  FamilyCounter office;
  const std::vector<std::string> five = {"AAAA1", "AAAA2", "AAAA3", "AAAA4", "AAAA5"};
  const PartyAnswer none = office.Family(office.claire, five);
  CHECK(none.about.outcome == Outcome::kNothingLeft);
  CHECK(none.about.detail.find("so many free seats of the channel") != std::string_view::npos);
  CHECK_FALSE(none.about.attempt);  // four seats are free in each slot
  CHECK(office.Family(office.claire, kFamilyOfFour, "", "", Channel::kPhone).about.outcome ==
        Outcome::kNothingLeft);
  REQUIRE(office.Family(office.claire, {"BBBB1", "BBBB2"}, "", "2026-12-01T09:00").about.outcome ==
          Outcome::kOk);
  const PartyAnswer taken = office.Family(office.claire, kFamilyOfFour, "", "2026-12-01T09:00");
  CHECK(taken.about.outcome == Outcome::kSlotTaken);
  CHECK(taken.about.alternatives.size() == 5);
  CHECK_FALSE(taken.about.attempt);
  CHECK(office.Family(office.claire, {"AAAA1", "BBBB1"}).about.outcome ==
        Outcome::kAlreadyReserved);
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"AAAA1"},
                                                {"AAAA1", "AAAA1"},
                                                std::vector<std::string>(9, "AAAA1")})
    CHECK(office.Family(office.claire, wrong).about.outcome == Outcome::kValidationFailed);
  CHECK(office.Family(office.claire, kFamilyOfFour, "", "", Channel::kWeb)
            .about.problems.at(0)
            .pointer == "/channel");
  CHECK(office.CountsOf(Channel::kDesk).confirmed == 2);
  CHECK(office.engine->CheckInvariants().ok());
}

TEST_CASE("each of a family counts for a helper's week, and each is asked for on the roster") {
  FamilyCounter office("helper_cap = 5\n");
  REQUIRE(office.Family(office.leila, kFamilyOfFour).about.outcome == Outcome::kOk);
  CHECK(office.Family(office.leila, {"BBBB1", "BBBB2"}).about.outcome == Outcome::kCapReached);
  CHECK(office.CountsOf(Channel::kDesk).by_helpers == 4);
  // What was refused has used up nothing.
  DeskRequest one{.agenda = "93-titres", .channel = Channel::kDesk, .applicant = Person("BBBB1")};
  office.act->Begin();
  CHECK(BookAtDesk(*office.engine, *office.act, one, office.leila, office.clock.now).outcome ==
        Outcome::kOk);
  REQUIRE(office.wait.Finish(*office.act));
  // More than any week has room for are told so, and not to come on Monday.
  FamilyCounter small("helper_cap = 3\n");
  const PartyAnswer four = small.Family(small.leila, kFamilyOfFour);
  CHECK(four.about.outcome == Outcome::kValidationFailed);
  REQUIRE(four.about.problems.size() == 1);
  CHECK(four.about.problems[0].pointer == "/applicants");
  FamilyCounter listed("identity_proof = \"listed\"");
  CHECK(listed.Family(listed.leila, kFamilyOfFour).about.outcome == Outcome::kNotListed);
  CHECK(LinesOf(listed).Count(R"("what":"desk")") == 1);
  CHECK(listed.Family(listed.claire, kFamilyOfFour).about.outcome == Outcome::kOk);
}

TEST_CASE("a family at the desk has proof of what is so of the first of them, and of all seats") {
  FamilyCounter listed("identity_proof = \"listed\"");
  REQUIRE(
      listed.engine->ImportRoster({"93-titres", "dossier,birth_date\nAAAA1,1990-05-17\n"}, kTester)
          .outcome == Outcome::kOk);
  const PartyAnswer second = listed.Family(listed.leila, {"AAAA1", "AAAA2"});
  CHECK(second.about.outcome == Outcome::kNotListed);
  CHECK_FALSE(second.about.attempt);
  CHECK(listed.Family(listed.leila, {"AAAA2", "AAAA1"}).about.attempt.has_value());

  FamilyCounter office;
  REQUIRE(office
              .Publish("93-titres",
                       AgendaToml("93-titres", "alternative = \"guichet\"\n", "{ court = 1 }"),
                       Displaced::kKeep)
              .outcome == Outcome::kOk);
  const PartyAnswer nothing = office.Family(office.claire, {"AAAA1", "AAAA2"});
  CHECK(nothing.about.outcome == Outcome::kNothingLeft);
  CHECK(nothing.about.attempt.has_value());
}

}  // namespace creneau::booking
