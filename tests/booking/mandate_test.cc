// Reservations that courts have ordered: two persons, whose seat it is, what is counted, what is
// kept and for how long, and that it lasts.
#include <algorithm>

#include "booking/engine_impl.h"
#include "booking/mandate_seal.h"
#include "booking/mandates.h"
#include "tests/booking/mandate_fixture.h"

namespace creneau::booking {
namespace {

using codec::MandateSeat;
using codec::MandateState;

std::string SlotOf(const MandateAnswer& answer) {
  REQUIRE(answer.reservation);
  return FormatLocalMinute(answer.reservation->slot);
}

TEST_CASE("one person enters a mandate, another approves it, and it gets the court's first seat") {
  Chancery court;
  const std::string name = court.Entered("AAAA1");
  CHECK(name.front() == 'M');
  CHECK(court.Approve(name, court.claire).outcome == Outcome::kSecondPersonNeeded);
  CHECK(court.Approve(name, court.claires_other_key).outcome == Outcome::kSecondPersonNeeded);
  CHECK(court.Approve(name, court.elsewhere).outcome == Outcome::kUnknownMandate);
  CHECK(court.Approve("M0000000000000", court.paul).outcome == Outcome::kUnknownMandate);
  const MandateAnswer given = court.Approve(name, court.paul);
  REQUIRE(given.outcome == Outcome::kOk);
  CHECK(SlotOf(given) == "2026-12-01T09:00");
  CHECK(given.reservation->state == ReservationState::kConfirmed);
  CHECK(given.reservation->channel == Channel::kCourt);
  CHECK(given.mandate->mandate.seat == MandateSeat::kShare);
  CHECK(court.Do(&Engine::Read, *given.reservation).outcome == Outcome::kOk);
  CHECK(court.Look().court.given == 1);
  CHECK(court.Look().court.added + court.Look().court.counted == 0);

  const LogLines log = LinesOf(court);
  CHECK(log.Find(R"("person":"c.martin","key":"C1A00001","what":"enter-mandate")") <
        log.Find(R"("event":"mandate")"));
  CHECK(log.Find(R"("person":"p.durand","key":"PA000001","what":"approve-mandate")") <
        log.Find(R"("channel":"court","state":"confirmed")"));
  CHECK(!log.Has("Untel"));
  CHECK(court.Look().court.given == 1);
  // Whoever approved it may ask again, and has the key again; nobody else does.
  court.Ready();
  const MandateAnswer again = court.Approve(name, court.paul);
  CHECK(again.existed);
  CHECK(again.reservation->key.view() == given.reservation->key.view());
  const Actor third{rules::Role::kAgent, "a.noir", "AN000001"};
  CHECK(court.Approve(name, third).outcome == Outcome::kActSettled);
  CHECK(court.Withdraw(name, court.paul).outcome == Outcome::kActSettled);
}

TEST_CASE("a mandate is a matter of agents: what a court wrote is read by no one else") {
  Chancery court;
  court.Entered("AAAA1");
  const auto seen = court.List(court.paul);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].decision == kDecision);
  CHECK(seen[0].mandate.court == "TA Montreuil");
  CHECK(seen[0].days_left == 3);
  const Actor auditor{rules::Role::kAuditor, "a.gris", "AG000001"};
  REQUIRE(court.List(auditor).size() == 1);
  CHECK(!court.List(auditor)[0].decision);
  CHECK(!court.List(kTester)[0].decision);
  CHECK(court.List(court.elsewhere).empty());
  // Bound to its mandate and to its pepper.
  const KeyedHash pepper(KeyedHash::Key{1});
  const KeyedHash other(KeyedHash::Key{2});
  std::string sealed = SealDecision(pepper, 7, kDecision, court.entropy);
  CHECK(OpenDecision(pepper, 7, sealed) == kDecision);
  CHECK(!OpenDecision(pepper, 8, sealed));
  CHECK(!OpenDecision(other, 7, sealed));
  CHECK(sealed != SealDecision(pepper, 7, kDecision, court.entropy));
  for (size_t i = 0; i < sealed.size(); ++i) {
    sealed[i] ^= 1;
    CHECK(!OpenDecision(pepper, 7, sealed));
    sealed[i] ^= 1;
  }
  CHECK(!OpenDecision(pepper, 7, "short"));
}

TEST_CASE("what is wrong with an order is said member by member; the same again is the same") {
  Chancery court;
  struct Case {
    void (*change)(MandateRequest&);
    const char* pointer;
    const char* message = "";
  };
  const Case cases[] = {
      {[](MandateRequest& r) { r.court = ""; }, "/court"},
      {[](MandateRequest& r) { r.decision = ""; }, "/decision"},
      {[](MandateRequest& r) {
         r.date = {2026, 12, 1};
       },
       "/date", "must be the day of a decision that has been made"},
      {[](MandateRequest& r) {
         r.deadline = {2026, 11, 19};
       },
       "/deadline", "must not be before the decision"},
      {[](MandateRequest& r) {
         r.deadline = {2036, 12, 1};
       },
       "/deadline"},
      {[](MandateRequest& r) { r.penalty_eur = -1; }, "/penalty_eur"},
      {[](MandateRequest& r) { r.penalty_eur = 100'001; }, "/penalty_eur"},
      {[](MandateRequest& r) { r.applicant = {}; }, "/applicant"},
  };
  for (const Case& one : cases) {
    MandateRequest request = court.Order(Person("AAAA1"), {2026, 12, 3});
    one.change(request);
    const MandateAnswer answer = court.Asked([&] {
      return EnterMandate(*court.engine, *court.act, request, court.claire, court.clock.now);
    });
    INFO(one.pointer);
    CHECK(answer.outcome == Outcome::kValidationFailed);
    REQUIRE(!answer.problems.empty());
    CHECK(answer.problems.front().pointer.find(one.pointer) == 0);
    CHECK(answer.problems.front().message.find(one.message) == 0);
  }
  const std::string name = court.Entered("AAAA1");
  const MandateAnswer again = court.Enter(Person("AAAA1"), {2026, 12, 3}, court.claire);
  CHECK(again.existed);
  CHECK(again.mandate->name == name);
  // Another decision about the same person, while one waits.
  CHECK(court.Enter(Person("AAAA1"), {2026, 12, 5}, court.claire).problems.at(0).pointer ==
        "/applicant");
  CHECK(court.Enter(Person("AAAA1"), {2026, 12, 3}, court.paul).outcome ==
        Outcome::kValidationFailed);
  CHECK(court.Withdraw(name, court.paul).mandate->mandate.state == MandateState::kWithdrawn);
  CHECK(court.Withdraw(name, court.claire).existed);
  CHECK(court.Approve(name, court.paul).outcome == Outcome::kActSettled);
  CHECK(court.Entered("AAAA1", {2026, 12, 5}) != name);
}

TEST_CASE("where what is added is a seat that stays its holder's, one more is") {
  Chancery court;
  REQUIRE(court.Approve(court.Entered("AAAA1", {2026, 12, 1}), court.paul).outcome == Outcome::kOk);
  const std::string without =
      AgendaToml("93-titres", "", "{ web = 3, phone = 1, desk = 2, court = 0 }");
  REQUIRE(court.Publish("93-titres", without, Displaced::kKeep).outcome == Outcome::kOk);
  const MandateAnswer added = court.Approve(court.Entered("BBBB1", {2026, 12, 1}), court.paul);
  REQUIRE(added.outcome == Outcome::kOk);
  CHECK(added.mandate->mandate.seat == MandateSeat::kAdded);
  CHECK(SlotOf(added) == "2026-12-01T09:00");
  CHECK(court.Look().court.added == 1);
  const ChannelCounts counts = court.Look().counts[static_cast<size_t>(Channel::kCourt)];
  CHECK(counts.published == 2);
  CHECK(counts.confirmed == 2);
  CHECK(court.engine->CheckInvariants().ok());
}

TEST_CASE("beyond the court's share a seat is added, by the deadline, and stays") {
  Chancery court;
  for (int i = 0; i < 6; ++i) {
    const std::string name = court.Entered("AAAA" + std::to_string(i), {2026, 12, 1});
    REQUIRE(court.Approve(name, court.paul).mandate->mandate.seat == MandateSeat::kShare);
  }
  const uint32_t version = court.Look().agenda->version;
  const MandateAnswer added = court.Approve(court.Entered("BBBB1", {2026, 12, 1}), court.paul);
  REQUIRE(added.outcome == Outcome::kOk);
  CHECK(added.mandate->mandate.seat == MandateSeat::kAdded);
  CHECK(SlotOf(added) == "2026-12-01T09:00");
  CHECK(court.Look().agenda->version == version + 1);
  CHECK(court.Look().court.given == 7);
  CHECK(court.Look().court.added == 1);
  CHECK(court.Look().counts[0].free == 60 * 3);  // nobody else's seat was taken
  CHECK(court.Look().counts[4].published == 61);
  const PublishAnswer same = court.Publish("93-titres", court.toml);
  CHECK(same.outcome == Outcome::kOk);
  CHECK(same.seats_kept + same.seats_withdrawn + same.seats_added == 0);
  const std::string digest = court.engine->Digest();
  const LogLines log = LinesOf(court);
  CHECK(court.engine->Digest() == digest);
  CHECK(log.Has(R"("cause":"court")"));
  CHECK(log.Has(R"("moved":[{"from":"none","to":"court","seats":1,"slots":1,"ever":1}])"));
  CHECK(court.engine->CheckInvariants().ok());
}

TEST_CASE("or one of the channel that has most, openly; where there is none in time, nobody's") {
  Chancery court("court_overflow = \"count\"", "{ web = 1, phone = 1, desk = 2 }");
  const std::string first = court.Entered("AAAA1", {2026, 12, 1});
  const MandateAnswer given = court.Approve(first, court.paul);
  REQUIRE(given.outcome == Outcome::kOk);
  CHECK(given.reservation->channel == Channel::kDesk);
  CHECK(given.mandate->mandate.seat == MandateSeat::kCounted);
  CHECK(court.Look().court.counted == 1);
  CHECK(court.Look().court.given == 1);
  CHECK(court.Look().counts[2].free == 119);
  // All of Tuesday's are taken: there is nothing by then, and nothing is taken later.
  for (int i = 0; i < 23; ++i) {
    const std::string name = court.Entered("CCCC" + std::to_string(i), {2026, 12, 1});
    REQUIRE(court.Approve(name, court.paul).outcome == Outcome::kOk);
  }
  const std::string late = court.Entered("DDDD1", {2026, 12, 1});
  CHECK(court.Approve(late, court.paul).outcome == Outcome::kNothingLeft);
  CHECK(court.List(court.paul, 1).size() == 1);  // it waits
  REQUIRE(court.Do(&Engine::Cancel, *given.reservation).outcome == Outcome::kOk);
  // Once the deadline is over, as soon as can be.
  court.clock.now = court.clock.now + 40 * kMsPerHour;  // Wednesday, 2:00
  const MandateAnswer at_last = court.Approve(late, court.paul);
  REQUIRE(at_last.outcome == Outcome::kOk);
  CHECK(SlotOf(at_last) == "2026-12-03T09:00");
}

TEST_CASE("who has a reservation already keeps it, and a seat without its mandate finds it again") {
  Chancery court;
  REQUIRE(court.Do(&Engine::Confirm, court.Hold("AAAA1").reservation).outcome == Outcome::kOk);
  CHECK(court.Approve(court.Entered("AAAA1"), court.paul).outcome == Outcome::kAlreadyReserved);

  // As a crash between the two leaves it.
  const std::string name = court.Entered("AAAA2");
  Engine::Impl& in = court.engine->inside();
  ledger::HoldArgs args;
  args.agenda = AgendaId{0};
  args.channel = Channel::kCourt;
  args.latest = court.clock.now + 9 * kMsPerDay;
  args.subject = court.List(court.paul).back().mandate.subject;
  for (const MandateView& view : court.List(court.paul)) {
    if (view.name == name) args.subject = view.mandate.subject;
  }
  args.idempotency = in.names_->IdempotencyOf(name, 1);
  args.into = ledger::SeatState::kConfirmed;
  court.act->Begin();
  const ledger::Result held = in.ledger_.Hold(args, *court.act);
  REQUIRE(held.outcome == Outcome::kOk);
  REQUIRE(court.wait.Finish(*court.act));
  court.Again();
  const MandateAnswer given = court.Approve(name, court.paul);
  REQUIRE(given.outcome == Outcome::kOk);
  CHECK(!given.existed);
  CHECK(given.mandate->mandate.origin == held.seat.origin);
  CHECK(court.Look().counts[4].confirmed == 1);
}

TEST_CASE("mandates outlive starts, with and without a snapshot") {
  Chancery court;
  const std::string given = court.Entered("AAAA1");
  REQUIRE(court.Approve(given, court.paul).outcome == Outcome::kOk);
  const std::string waiting = court.Entered("AAAA2");
  const auto all = [&] {
    std::vector<std::string> lines;
    for (const MandateView& view : court.List(court.paul))
      lines.push_back(view.name + codec::EncodeMandate(view.mandate) + *view.decision);
    return lines;
  };
  const auto before = all();
  REQUIRE(before.size() == 2);
  court.Again();
  CHECK(all() == before);
  REQUIRE(court.engine->TakeSnapshot().ok());
  court.Again();
  CHECK(all() == before);
  CHECK(court.Look().court.given == 1);
  CHECK(court.Entered("AAAA3") != waiting);
  CHECK(court.Approve(waiting, court.paul).outcome == Outcome::kOk);
}

TEST_CASE("an alarm comes once, some days before the deadline") {
  Chancery court;
  const std::string soon = court.Entered("AAAA1", {2026, 12, 3});
  const std::string later = court.Entered("AAAA2", {2026, 12, 24});
  CHECK(CountMandates(*court.engine, court.clock.now).at(0).waiting == 2);
  CHECK(CountMandates(*court.engine, court.clock.now).at(0).due == 1);
  court.Pass(130);
  CHECK(court.List(court.paul, 4).at(0).name == soon);
  CHECK(court.List(court.paul, 4).size() == 1);
  CHECK(court.List(court.paul, 30).size() == 2);
  CHECK(court.Told(PublicFact::kMandateDue) == std::vector<std::string>{soon});
  court.Again();
  court.Pass(130);
  CHECK(court.Told(PublicFact::kMandateDue) == std::vector<std::string>{soon});
  CHECK(court.Approve(soon, court.paul).outcome == Outcome::kOk);
  CHECK(CountMandates(*court.engine, court.clock.now).at(0).due == 0);
}

TEST_CASE("a court's seat that is given up, or no longer in time, is missing again") {
  Chancery court;
  const MandateAnswer given = court.Approve(court.Entered("AAAA1", {2026, 12, 3}), court.paul);
  REQUIRE(given.outcome == Outcome::kOk);
  court.Pass(130);
  CHECK(court.List(court.paul, 30).empty());
  const Reservation seat = *given.reservation;
  // Moved by its holder to a day after the deadline, and back.
  REQUIRE(court.Move(seat, "2026-12-08T09:00").outcome == Outcome::kOk);
  court.Pass(130);
  CHECK(court.List(court.paul, 30).size() == 1);
  CHECK(CountMandates(*court.engine, court.clock.now).at(0).due == 1);
  REQUIRE(court.Move(seat, "2026-12-03T09:00").outcome == Outcome::kOk);
  court.Pass(130);
  CHECK(court.List(court.paul, 30).empty());
  REQUIRE(court.Do(&Engine::Cancel, seat).outcome == Outcome::kOk);
  court.Pass(130);
  CHECK(court.List(court.paul, 30).size() == 1);
  court.Again();
  court.Pass(130);
  CHECK(court.List(court.paul, 30).size() == 1);
}

TEST_CASE("what a court wrote goes with the pepper, and what waited when it went is void") {
  Chancery court;
  const std::string given = court.Entered("AAAA1", {2026, 12, 1});
  const MandateAnswer approved = court.Approve(given, court.paul);
  REQUIRE(approved.outcome == Outcome::kOk);
  REQUIRE(court.Do(&Engine::Cancel, *approved.reservation).outcome == Outcome::kOk);
  const std::string waiting = court.Entered("AAAA2");
  const PepperAnswer moved = court.engine->RenewPepper({2, "93-titres"}, kTester);
  REQUIRE(moved.outcome == Outcome::kOk);
  REQUIRE(moved.moved.size() == 1);
  CHECK(court.Approve(waiting, court.paul).outcome == Outcome::kActSettled);
  CHECK(court.Withdraw(waiting, court.paul).outcome == Outcome::kOk);
  REQUIRE(court.List(court.paul).size() == 2);
  CHECK(court.List(court.paul)[0].decision == kDecision);
  court.clock.now = court.clock.now + 400 * kMsPerDay;
  REQUIRE(court.engine->RetirePepper(1, false, kTester).outcome == Outcome::kOk);
  CHECK(!court.List(court.paul)[0].decision);
  CHECK(court.List(court.paul)[0].mandate.court == "TA Montreuil");
}

TEST_CASE("a mandate that is void is told of once, listed as void, and neither waits nor alarms") {
  Chancery court;
  const std::string waiting = court.Entered("AAAA1", {2026, 12, 3});
  court.Pass(130);
  CHECK(court.List(court.paul, 4).size() == 1);
  REQUIRE(court.engine->RenewPepper({2, "93-titres"}, kTester).outcome == Outcome::kOk);
  for (int starts = 0; starts < 2; ++starts) {
    court.Pass(130);
    REQUIRE(court.List(court.paul).size() == 1);
    CHECK(court.List(court.paul)[0].mandate.state == MandateState::kVoid);
    CHECK(court.List(court.paul, 4).empty());
    CHECK(CountMandates(*court.engine, court.clock.now).at(0).waiting == 0);
    CHECK(CountMandates(*court.engine, court.clock.now).at(0).due == 0);
    CHECK(court.Told(PublicFact::kMandateVoid) == std::vector<std::string>{waiting});
    CHECK(court.Approve(waiting, court.paul).outcome == Outcome::kActSettled);
    if (starts == 0) REQUIRE(court.engine->TakeSnapshot().ok());
    court.Again();
  }
  // Entered again, it is a mandate as any.
  const std::string again = court.Entered("AAAA1", {2026, 12, 3});
  CHECK(court.Approve(again, court.paul).outcome == Outcome::kOk);
  court.Pass(130);
  CHECK(court.Told(PublicFact::kMandateVoid).size() == 1);
}

}  // namespace
}  // namespace creneau::booking
