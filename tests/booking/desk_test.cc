// What the staff books for others: who may, in which channel, how often, and that it lasts.
#include "booking/desk.h"

#include "tests/booking/desk_fixture.h"

namespace creneau::booking {
namespace {

constexpr const char* kOnlyHere = "alternative = \"guichet\"\n";
constexpr const char* kSeats = "{ web = 1, phone = 1, desk = 1, post = 1, court = 1 }";

class Counter : public StaffedWorld {
 public:
  explicit Counter(const std::string& more = "") : StaffedWorld(more, kSeats) {}

  ReservationAnswer Book(const Actor& actor, Channel channel, const rules::Applicant& applicant,
                         std::string_view key = "", const std::string& slot = "") {
    DeskRequest request{.agenda = "93-titres", .channel = channel, .applicant = applicant};
    request.idempotency_key = key;
    request.body_hash = static_cast<uint64_t>(channel) + 1;
    if (!slot.empty()) request.slot = ParseLocalMinute(slot);
    act->Begin();
    ReservationAnswer answer = BookAtDesk(*engine, *act, request, actor, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
};

TEST_CASE("an agent books phone, desk and post; a helper phone and desk; web and court nobody") {
  Counter office;
  struct Case {
    Channel channel;
    bool agent;
    bool helper;
  };
  int number = 0;
  for (const Case& one : {Case{Channel::kWeb, false, false}, Case{Channel::kPhone, true, true},
                          Case{Channel::kDesk, true, true}, Case{Channel::kPost, true, false},
                          Case{Channel::kCourt, false, false}}) {
    for (const auto& [actor, may] :
         {std::pair(&office.claire, one.agent), {&office.leila, one.helper}}) {
      const std::string dossier = "AAAA" + std::to_string(++number);
      const ReservationAnswer answer = office.Book(*actor, one.channel, Person(dossier));
      INFO(ChannelName(one.channel) << " by " << rules::RoleName(actor->role));
      CHECK(answer.outcome == (may ? Outcome::kOk : Outcome::kValidationFailed));
      if (!may) CHECK(answer.problems.at(0).pointer == "/channel");
    }
  }
  CHECK(office.engine->CheckInvariants().ok());
}

TEST_CASE("what is booked at the desk is confirmed at once, counted, and its holder's for good") {
  Counter office;
  const auto made = office.Book(office.claire, Channel::kPhone, Person("AAAA1"), kKey);
  REQUIRE(made.outcome == Outcome::kOk);
  CHECK(made.reservation.state == ReservationState::kConfirmed);
  CHECK(made.reservation.channel == Channel::kPhone);
  CHECK(FormatLocalMinute(made.reservation.slot) == "2026-12-01T09:00");
  CHECK(office.FreeSeats("2026-12-01T09:00") == 1);  // web's, which it left alone
  office.Pass(3'600);                                // no deadline
  CHECK(office.Do(&Engine::Read, made.reservation).outcome == Outcome::kOk);
  CHECK(office.CountsOf(Channel::kPhone).confirmed == 1);
  CHECK(office.CountsOf(Channel::kPhone).by_agents == 1);

  const LogLines log = LinesOf(office);  // and starts again
  const size_t act = log.Find(R"("person":"c.martin","key":"C1A00001","what":"desk")");
  CHECK(act < log.Find(R"("channel":"phone","state":"confirmed")"));
  CHECK(log.Find(R"("channel":"phone","state":"confirmed")") <
        log.Find(R"("event":"desk-note","agenda":0,"channel":"phone")"));
  CHECK(office.CountsOf(Channel::kPhone).by_agents == 1);
  CHECK(office.Do(&Engine::Read, made.reservation).outcome == Outcome::kOk);
  CHECK(office.Do(&Engine::Cancel, made.reservation).outcome == Outcome::kOk);
  CHECK(office.CountsOf(Channel::kPhone).by_agents == 1);
}

TEST_CASE(
    "a repeat gets the same reservation, and whoever has another key learns that there is one") {
  Counter office;
  const auto made = office.Book(office.claire, Channel::kDesk, Person("AAAA1"), kKey);
  REQUIRE(made.outcome == Outcome::kOk);
  const auto again = office.Book(office.claire, Channel::kDesk, Person("AAAA1"), kKey);
  CHECK(again.outcome == Outcome::kOk);
  CHECK(again.existed);
  CHECK(again.reservation.name.view() == made.reservation.name.view());
  CHECK(again.reservation.key.view() == made.reservation.key.view());
  CHECK(office.Book(office.claire, Channel::kPhone, Person("AAAA1"), kKey).outcome ==
        Outcome::kIdempotencyMismatch);
  CHECK(office.Book(office.leila, Channel::kDesk, Person("AAAA1"), kOtherKey).outcome ==
        Outcome::kAlreadyReserved);
  CHECK(office.Book(office.claire, Channel::kDesk, Person("AAAA1")).outcome ==
        Outcome::kAlreadyReserved);
  CHECK(office.CountsOf(Channel::kDesk).by_agents == 1);
  // Whoever asked whether somebody has one stands in the log.
  CHECK(LinesOf(office).Count(R"("what":"desk")") == 3);
}

TEST_CASE("a helper books so often in a week, by the office's calendar, and no oftener") {
  Counter office("helper_cap = 2");
  const auto book = [&](const Actor& helper, const std::string& dossier) {
    return office.Book(helper, Channel::kDesk, Person(dossier));
  };
  const auto first = book(office.leila, "AAAA1");
  REQUIRE(first.outcome == Outcome::kOk);
  // Who finds nothing has used up nothing.
  CHECK(
      office.Book(office.leila, Channel::kDesk, Person("AAAA9"), "", "2026-12-01T09:00").outcome ==
      Outcome::kSlotTaken);
  office.Again();
  REQUIRE(office.engine->TakeSnapshot().ok());
  REQUIRE(book(office.leila, "AAAA2").outcome == Outcome::kOk);
  office.Again();  // from the snapshot, and what came after it
  const auto refused = book(office.leila, "AAAA3");
  CHECK(refused.outcome == Outcome::kCapReached);
  CHECK(refused.opens_at == Instant{1'796'598'000'000});  // 2026-12-07, 0:00 in Paris
  // To give one up gives nothing back: seats are not to be turned over.
  REQUIRE(office.Do(&Engine::Cancel, first.reservation).outcome == Outcome::kOk);
  CHECK(book(office.leila, "AAAA3").outcome == Outcome::kCapReached);
  CHECK(book(office.omar, "AAAA3").outcome == Outcome::kOk);
  CHECK(book(office.claire, "AAAA4").outcome == Outcome::kOk);
  office.clock.now = Instant{1'796'598'000'000 - 1'000};
  CHECK(book(office.leila, "AAAA5").outcome == Outcome::kCapReached);
  office.clock.now = office.clock.now + 1'000;
  CHECK(book(office.leila, "AAAA5").outcome == Outcome::kOk);
  CHECK(office.CountsOf(Channel::kDesk).by_helpers == 4);
  CHECK(office.CountsOf(Channel::kDesk).by_agents == 1);
}

TEST_CASE("an agent sees papers; a helper says what anybody says") {
  Counter listed("identity_proof = \"listed\"");
  CHECK(listed.Book(listed.leila, Channel::kDesk, Person("AAAA1")).outcome == Outcome::kNotListed);
  CHECK(listed.Book(listed.claire, Channel::kDesk, Person("AAAA1")).outcome == Outcome::kOk);
  // Whoever asked whether somebody is on the roster stands in the log, as who books does.
  CHECK(LinesOf(listed).Count(R"("what":"desk")") == 2);
  Counter asserted("identity_proof = \"asserted\"");
  const auto refused = asserted.Book(asserted.leila, Channel::kDesk, Person("AAAA1"));
  CHECK(refused.outcome == Outcome::kValidationFailed);
  CHECK(refused.problems.at(0).pointer == "/applicant");
  CHECK(asserted.Book(asserted.claire, Channel::kDesk, Person("AAAA1")).outcome == Outcome::kOk);
}

TEST_CASE("openings do not bind the desk, the window of bookable slots does") {
  // It is Monday, 10:00; seats are given out on Fridays.
  Counter office("[opening]\nweekdays = [\"fri\"]\nopen = \"09:00\"\nclose = \"10:00\"\n");
  CHECK(office.Hold("AAAA1").outcome == Outcome::kNotOpenYet);
  CHECK(office.Book(office.claire, Channel::kDesk, Person("AAAA1")).outcome == Outcome::kOk);
  REQUIRE(office.engine->Order("93-titres", {OpeningOrder::What::kPause}, kTester).outcome ==
          Outcome::kOk);
  CHECK(office.Book(office.claire, Channel::kDesk, Person("AAAA2")).outcome == Outcome::kOk);
  // Twenty days ahead, and not Friday's opening behind that.
  const auto early =
      office.Book(office.claire, Channel::kDesk, Person("AAAA3"), "", "2026-12-29T09:00");
  CHECK(early.outcome == Outcome::kNotOpenYet);
  CHECK(early.opens_at == Instant{1'796'803'200'000});  // 2026-12-09, 9:00 in Paris
  CHECK(!early.attempt);                                // the desk is open
  CHECK(
      office.Book(office.claire, Channel::kDesk, Person("AAAA3"), "", "2026-12-02T09:00").outcome ==
      Outcome::kValidationFailed);
}

TEST_CASE("whoever was booked at the desk moves as the letter says, whatever binds the web") {
  Counter office("[opening]\nweekdays = [\"fri\"]\nopen = \"09:00\"\nclose = \"10:00\"\n");
  const std::string nine = "2026-12-01T09:00";
  const std::string ten = "2026-12-01T10:00";
  const Reservation mine =
      office.Book(office.claire, Channel::kPost, Person("AAAA1"), "", nine).reservation;
  REQUIRE(office.Book(office.claire, Channel::kPost, Person("AAAA2"), "", ten).outcome ==
          Outcome::kOk);
  // What is proposed instead is of their channel: any of it can be had.
  const ReservationAnswer taken = office.Move(mine, ten);
  REQUIRE(taken.outcome == Outcome::kSlotTaken);
  REQUIRE(taken.alternatives.size() == 5);
  for (const LocalMinute slot : taken.alternatives) CHECK(FormatLocalMinute(slot) != nine);
  const ReservationAnswer moved = office.Move(mine, FormatLocalMinute(taken.alternatives.front()));
  REQUIRE(moved.outcome == Outcome::kOk);
  CHECK(moved.reservation.channel == Channel::kPost);
  CHECK(moved.reservation.moves_left == 1);
  CHECK(office.Move(mine, "2026-12-29T09:00").outcome == Outcome::kNotOpenYet);
}

TEST_CASE("what is taken is told with what is left of that channel, and nothing left is proof") {
  Counter office;
  REQUIRE(
      office.Book(office.claire, Channel::kPost, Person("AAAA0"), "", "2026-12-01T09:30").outcome ==
      Outcome::kOk);
  const auto taken =
      office.Book(office.claire, Channel::kPost, Person("AAAA1"), "", "2026-12-01T09:30");
  CHECK(taken.outcome == Outcome::kSlotTaken);
  REQUIRE(!taken.alternatives.empty());
  CHECK(taken.alternatives.front() != *ParseLocalMinute("2026-12-01T09:30"));
  CHECK(!taken.attempt);  // another one is to be had
  REQUIRE(office
              .Publish("93-titres", AgendaToml("93-titres", "", "{ web = 1, phone = 1 }"),
                       Displaced::kKeep)
              .outcome == Outcome::kOk);
  // The web has seats, and the telephone: nobody can say that no slot was free.
  const auto elsewhere = office.Book(office.claire, Channel::kDesk, Person("AAAA1"));
  CHECK(elsewhere.outcome == Outcome::kNothingLeft);
  CHECK(elsewhere.detail.find("Other channels") != std::string_view::npos);
  CHECK(!elsewhere.attempt);
  for (const char* left : {"{ web = 1 }", "{ phone = 1 }", "{ post = 1 }"}) {
    REQUIRE(office.Publish("93-titres", AgendaToml("93-titres", kOnlyHere, left), Displaced::kKeep)
                .outcome == Outcome::kOk);
    CHECK(!office.Book(office.claire, Channel::kDesk, Person("AAAA1")).attempt);
  }
  REQUIRE(office
              .Publish("93-titres", AgendaToml("93-titres", kOnlyHere, "{ court = 1 }"),
                       Displaced::kKeep)
              .outcome == Outcome::kOk);
  const auto nothing = office.Book(office.claire, Channel::kDesk, Person("AAAA1"));
  CHECK(nothing.outcome == Outcome::kNothingLeft);
  REQUIRE(nothing.attempt);
  CHECK(office.engine->SignAttempt(nothing.attempt->view(), office.clock.now).outcome ==
        Outcome::kOk);
}

}  // namespace
}  // namespace creneau::booking
