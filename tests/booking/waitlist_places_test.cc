// Places in a waitlist: who may take one for whom, what it shows, how long it is kept.
#include "booking/desk.h"
#include "tests/booking/waitlist_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE_METHOD(Waiting, "what is offered otherwise is not its place's to show or to give up") {
  const Reservation tuesday = At("2026-12-15T09:00", "2026-00100");
  const PlaceView bert = Joined("2026-001");
  const ledger::SeatView other = OfferedOtherwise(bert, "2026-12-17T09:00");
  CHECK_FALSE(Ask(bert).place->offer);
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(2);  // nothing can be offered to him
  CHECK(StateOf(bert) == "waiting");
  CHECK_FALSE(Ask(bert).place->offer);
  CHECK_FALSE(Ask(bert, /*leave=*/true).place->offer);
  CHECK(IsOffered(other.ref.seat));
}

TEST_CASE_METHOD(Waiting, "an offer that went back to its owner is nothing for who has the place") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  Confirmed(Person("2026-00101"));
  const PlaceView usurpers = Joined("2026-001");
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(2);
  const Reservation offer = OfferOf(usurpers);
  const IdentityAnswer proposed = Repair(offer, Person("2026-001"), claire);
  const IdentityAnswer repaired = Approve(proposed.act, paul);
  REQUIRE(repaired.rekeyed);
  CHECK_FALSE(Ask(usurpers).place->offer);
  Round();
  CHECK_FALSE(Ask(usurpers).place->offer);
  CHECK_FALSE(Ask(usurpers, /*leave=*/true).place->offer);
  CHECK(Do(&Engine::Confirm, *repaired.reservation).outcome == Outcome::kOk);
}

TEST_CASE_METHOD(Waiting,
                 "a mistyped digit put right while a seat is offered brings no second one") {
  const bool after_a_start = GENERATE(false, true);
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  const Reservation thursday = Confirmed(Person("2026-00101"));
  const PlaceView place = Joined("2026-009");  // meant ...001
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(2);
  const Reservation offer = OfferOf(place);
  const IdentityAnswer corrected = Correct(offer, Person("2026-001"), Person("2026-009"), claire);
  REQUIRE(corrected.outcome == Outcome::kOk);
  REQUIRE_FALSE(corrected.act);
  if (after_a_start) Restart();
  REQUIRE(Do(&Engine::Cancel, thursday).outcome == Outcome::kOk);
  Minutes(2);
  CHECK(OfferOf(place).name.view() == offer.name.view());
  SECTION("who confirms it has one seat, and waits no more") {
    REQUIRE(Do(&Engine::Confirm, offer).outcome == Outcome::kOk);
    Minutes(2);
    CHECK(StateOf(place) == "served");
    CHECK(Join("2026-001").outcome == Outcome::kAlreadyReserved);
    CHECK(Join("2026-009").outcome == Outcome::kOk);  // somebody else's, by what the office said
  }
  SECTION("who lets it go by waits on, as whom the office has made them") {
    Hours(4);
    const Reservation next = OfferOf(place);
    REQUIRE(next.name.view() != offer.name.view());
    const IdentityAnswer found = Lookup(Person("2026-001"), paul);
    REQUIRE(found.reservation);
    CHECK(found.reservation->name.view() == next.name.view());
    CHECK_FALSE(Lookup(Person("2026-009"), paul).reservation);
  }
  SECTION("who leaves gives it up") {
    CHECK_FALSE(Ask(place, /*leave=*/true).place->offer);
    CHECK_FALSE(Lookup(Person("2026-001"), paul).reservation);
  }
}

TEST_CASE_METHOD(Waiting,
                 "who waits and has a seat otherwise keeps no place by a correction of it") {
  const PlaceView place = Joined("2026-009");
  const Reservation own = Confirmed(Person("2026-009"));
  REQUIRE(Correct(own, Person("2026-001"), Person("2026-009"), claire).outcome == Outcome::kOk);
  Minutes(1);
  CHECK(StateOf(place) == "served");
}

TEST_CASE_METHOD(Waiting, "who was corrected, waits and is linked once more is offered the seat") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  const Reservation own = Confirmed(Person("2026-009"));
  REQUIRE(Correct(own, Person("2026-001"), Person("2026-009"), claire).outcome == Outcome::kOk);
  REQUIRE(Do(&Engine::Cancel, own).outcome == Outcome::kOk);
  const PlaceView place = Joined("2026-001");
  REQUIRE(Link(Person("2026-001"), Person("2026-777")).outcome == Outcome::kOk);
  CHECK(Join("2026-777").outcome == Outcome::kAlreadyWaiting);
  // What they gave up, where it is not everybody's before the order of the day is drawn; else
  // another.
  for (int hours = 0; hours < 24 && !Ask(place).place->offer; ++hours) Hours(1);
  if (!Ask(place).place->offer) {
    REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
    Minutes(2);
  }
  const Reservation offer = OfferOf(place);
  const IdentityAnswer found = Lookup(Person("2026-777"), paul);
  REQUIRE(found.reservation);
  CHECK(found.reservation->name.view() == offer.name.view());
  // Whoever has the mistyped number has nothing to do with it.
  CHECK_FALSE(Lookup(Person("2026-009"), paul).reservation);
  CHECK(Join("2026-009").outcome == Outcome::kOk);
}

TEST_CASE_METHOD(Waiting, "who waits does so under all that is known to be theirs") {
  const PlaceAnswer dossier = Join("2026-001", kKey);
  REQUIRE(dossier.outcome == Outcome::kOk);
  // The card that the office issued since.
  REQUIRE(Link(Person("2026-001"), Person("2026-777")).outcome == Outcome::kOk);
  CHECK(Join("2026-777").outcome == Outcome::kAlreadyWaiting);
  CHECK(Join("2026-777", kKey).place->name == dossier.place->name);
  Restart();
  CHECK(Join("2026-777").outcome == Outcome::kAlreadyWaiting);
}

TEST_CASE("a helper takes places as he books: where he may, for whom, and so often a week") {
  const Actor leila{rules::Role::kHelper, "l.bernard", "HE1PER01"};
  Waiting world(FewSeats("helper_cap = 2\n"));
  for (const Channel channel : {Channel::kPost, Channel::kWeb, Channel::kCourt}) {
    const PlaceAnswer refused = world.Join("2026-001", {}, channel, &leila);
    CHECK(refused.outcome == Outcome::kValidationFailed);
    CHECK(refused.problems.at(0).pointer == "/channel");
  }
  CHECK(world.Join("2026-001", {}, Channel::kPost, &world.claire).outcome == Outcome::kOk);
  REQUIRE(world.Join("2026-002", kKey, Channel::kPhone, &leila).outcome == Outcome::kOk);
  const DeskRequest booked{
      .agenda = "93-titres", .channel = Channel::kPhone, .applicant = Person("2026-003")};
  world.act->Begin();
  REQUIRE(BookAtDesk(*world.engine, *world.act, booked, leila, world.clock.now).outcome ==
          Outcome::kOk);
  REQUIRE(world.wait.Finish(*world.act));
  const PlaceAnswer capped = world.Join("2026-004", {}, Channel::kPhone, &leila);
  CHECK(capped.outcome == Outcome::kCapReached);
  CHECK(capped.opens_at == Instant{1'796'598'000'000});  // 2026-12-07, 0:00 in Paris
  CHECK(world.Join("2026-002", kKey, Channel::kPhone, &leila).existed);
  CHECK(world.Join("2026-004", {}, Channel::kPhone, &world.claire).outcome == Outcome::kOk);
  // Whoever tries names stands in the log, whatever he is told.
  CHECK(world.Join("2026-004", {}, Channel::kPhone, &leila).outcome == Outcome::kAlreadyWaiting);
  CHECK(world.Join("2026-003", {}, Channel::kPhone, &leila).outcome == Outcome::kAlreadyReserved);
  CHECK(world.Log().Count(R"("person":"l.bernard","key":"HE1PER01","what":"waitlist")") == 4);

  Waiting asserted(FewSeats("identity_proof = \"asserted\"\n"));
  const PlaceAnswer refused = asserted.Join("2026-001", {}, Channel::kPhone, &leila);
  CHECK(refused.outcome == Outcome::kValidationFailed);
  CHECK(refused.problems.at(0).pointer == "/applicant");
  CHECK(asserted.Join("2026-001", {}, Channel::kPhone, &asserted.claire).outcome == Outcome::kOk);
}

TEST_CASE("what has ended is forgotten by its age, and what there is too much of by its order") {
  Waitlist list(/*ended_most=*/3);
  codec::WaitlistPlace place;
  const auto kept = [&list] {
    std::vector<uint64_t> numbers;
    for (uint64_t number = 1; number <= 6; ++number) {
      if (list.Find(number)) numbers.push_back(number);
    }
    return numbers;
  };
  // In the order of their ends, which is not that of their numbers; the sixth one waits.
  for (const uint64_t number : {6, 5, 2, 3, 1, 4}) {
    place.number = number;
    place.subject = Subject{number, 0};
    place.rank = number;
    place.state = number == 6 ? codec::PlaceState::kWaiting : codec::PlaceState::kLeft;
    place.since = place.since + 1;
    list.Take(place);
  }
  CHECK(kept() == std::vector<uint64_t>{1, 3, 4, 6});
  list.Take(place);  // again, as replay may
  CHECK(kept() == std::vector<uint64_t>{1, 3, 4, 6});
  list.Forget(place.since, /*most=*/1);
  CHECK(kept() == std::vector<uint64_t>{1, 4, 6});
  list.Forget(place.since, /*most=*/10);
  CHECK(kept() == std::vector<uint64_t>{4, 6});
  list.Forget(place.since + 1, /*most=*/10);
  CHECK(kept() == std::vector<uint64_t>{6});
  // The last number given is not given again.
  place.number = 6;
  place.subject = Subject{6, 0};
  place.rank = 6;
  list.Take(place);
  list.Forget(place.since + 1, /*most=*/10);
  CHECK(kept() == std::vector<uint64_t>{6});
}

TEST_CASE("who joins counts for \"by load\", as who arrives at a queue does") {
  std::string queue = FewSeats(
      "proof_of_work = \"load\"\n[opening]\nweekdays = [\"fri\"]\ngather = \"08:45\"\n"
      "open = \"09:00\"\nclose = \"10:00\"\n");
  queue.replace(queue.find("\"direct\""), 8, "\"queue\"");
  Waiting world(queue);
  for (uint64_t i = 1; i < limits::kArrivalsForProof - 1; ++i)
    world.engine->inside().proofs_->NoteArrival(world.clock.now);
  CHECK(world.Join("2026-001").outcome == Outcome::kOk);
  CHECK(world.Join("2026-002").outcome == Outcome::kProofOfWorkRequired);
}

TEST_CASE_METHOD(Waiting, "everybody sees how many wait, and how many seats are kept for them") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  Confirmed(Person("2026-00101"));
  Joined("2026-001");
  Joined("2026-002");
  Joined("2026-003", Channel::kPhone);
  Hours(24);
  CHECK(WebCounts().waiting == 2);
  CHECK(WebCounts().offered == 0);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(2);
  CHECK(WebCounts().offered == 1);
  CHECK(WebCounts().waiting == 2);
}

}  // namespace
}  // namespace creneau::booking
