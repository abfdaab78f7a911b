// Places in a waitlist: who may take one for whom, what it shows, how long it is kept.
#include "tests/booking/waitlist_fixture.h"

namespace creneau::booking {
namespace {

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
