// Places in a waitlist: who may take one for whom, what it shows, how long it is kept.
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
