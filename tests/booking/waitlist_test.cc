// Waitlists: who gets a seat that comes back, and who does not.
#include "booking/engine_impl.h"
#include "tests/booking/waitlist_fixture.h"

namespace creneau::booking {
namespace {

TEST_CASE_METHOD(Waiting,
                 "a seat that comes back goes to who has waited longest, and to nobody else") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  const Reservation thursday = Confirmed(Person("2026-00101"));
  const PlaceView bert = Joined("2026-001");
  Hours(24);
  const PlaceView cleo = Joined("2026-002");
  const PlaceView dora = Joined("2026-003");
  Hours(24);
  CHECK(Ask(bert).place->ahead == 0);
  CHECK(*Ask(cleo).place->ahead + *Ask(dora).place->ahead == 1 + 2);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  // Whoever watches sees nothing: neither while it cools nor when it is given on.
  for (int look = 0; look < 200; ++look) {
    CHECK(Book(Person("2026-00900"), kOtherKey).outcome == Outcome::kNothingLeft);
    Round();
    clock.now = clock.now + kMsPerSecond;
  }
  CHECK(Offered({bert, cleo, dora}) == std::vector<size_t>{0});
  const Reservation offer = OfferOf(bert);
  CHECK(offer.state == ReservationState::kOffered);
  CHECK(FormatLocalMinute(offer.slot) == "2026-12-15T09:00");
  CHECK(StateOf(bert) == "offered");
  // Bound to whom it was made: not a hold, and not to be had by a hold.
  CHECK(Book(Person("2026-001"), kOtherKey).outcome == Outcome::kAlreadyReserved);
  CHECK(engine->stats().live_holds == 0);
  REQUIRE(Do(&Engine::Confirm, offer).outcome == Outcome::kOk);
  Round();
  CHECK(StateOf(bert) == "served");
  CHECK(Ask(cleo).place->ahead.value() + Ask(dora).place->ahead.value() == 1);
  CHECK(Do(&Engine::Read, thursday).outcome == Outcome::kOk);
}

TEST_CASE_METHOD(Waiting,
                 "an offer that is declined goes to the next at once, one that lapses too") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  Confirmed(Person("2026-00101"));
  std::vector<PlaceView> places = {Joined("2026-001")};
  Hours(24);
  places.push_back(Joined("2026-002"));
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(2);
  REQUIRE(Offered(places) == std::vector<size_t>{0});
  REQUIRE(Do(&Engine::Cancel, OfferOf(places[0])).outcome == Outcome::kOk);
  Minutes(2);
  // The first keeps its place: there is one more offer in it.
  CHECK(StateOf(places[0]) == "offered");
  CHECK(Ask(places[0]).place->place.offers == 2);
  Hours(3);
  Minutes(1);
  CHECK(StateOf(places[0]) == "lapsed");
  CHECK(Offered(places) == std::vector<size_t>{1});
  const Reservation offer = OfferOf(places[1]);
  Until(offer.expires_at + 30 * kMsPerSecond);
  CHECK(Do(&Engine::Confirm, offer).outcome == Outcome::kHoldExpired);
  Minutes(2);
  CHECK(StateOf(places[1]) == "offered");  // the second one, of the same seat
  Hours(4);
  CHECK(StateOf(places[1]) == "lapsed");
  // Nobody waits any more: it comes back to everybody, at a moment that nobody knows.
  CHECK(FreeSeats("2026-12-15T09:00") == 0);
  Hours(24);
  CHECK(FreeSeats("2026-12-15T09:00") == 1);
}

TEST_CASE_METHOD(Waiting, "one place a person, found again by its key and nothing else") {
  const PlaceAnswer first = Join("2026-001", kKey);
  REQUIRE(first.outcome == Outcome::kOk);
  CHECK_FALSE(first.existed);
  const PlaceAnswer again = Join("2026-001", kKey);
  CHECK(again.existed);
  CHECK(again.place->name == first.place->name);
  CHECK(again.place->key.view() == first.place->key.view());
  CHECK(Join("2026-001", kOtherKey).outcome == Outcome::kAlreadyWaiting);
  CHECK(Join("2026-001").outcome == Outcome::kAlreadyWaiting);
  CHECK(Join("2026-001", kKey, Channel::kPhone, &claire).outcome == Outcome::kIdempotencyMismatch);
  Confirmed(Person("2026-002"));
  CHECK(Join("2026-002").outcome == Outcome::kAlreadyReserved);

  PlaceView wrong = *first.place;
  wrong.key.text[0] = wrong.key.text[0] == 'A' ? 'B' : 'A';
  CHECK(Ask(wrong).outcome == Outcome::kUnknownPlace);
  wrong = *first.place;
  wrong.name.back() = wrong.name.back() == '0' ? '1' : '0';
  CHECK(Ask(wrong).outcome == Outcome::kUnknownPlace);
  // On the day it was taken nobody is told where it stands.
  CHECK_FALSE(first.place->ahead);
  CHECK(FormatLocalMinute(rules::LocalMinuteAt(first.place->drawn_at, first.agenda->zone.absl())) ==
        "2026-12-01T00:00");

  CHECK(Ask(*first.place, /*leave=*/true).place->place.state == codec::PlaceState::kLeft);
  CHECK(Ask(*first.place, /*leave=*/true).existed);
  CHECK(Ask(*first.place).place->place.state == codec::PlaceState::kLeft);
  const PlaceAnswer anew = Join("2026-001", kKey);
  CHECK_FALSE(anew.existed);
  CHECK(anew.place->name != first.place->name);
  // Leaving and coming again on one day changes nothing.
  CHECK(anew.place->place.rank == first.place->place.rank);
}

TEST_CASE_METHOD(Waiting, "leaving gives up what is offered, and the next one is asked") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  Confirmed(Person("2026-00101"));
  const PlaceView bert = Joined("2026-001");
  Hours(24);
  const PlaceView cleo = Joined("2026-002");
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(2);
  REQUIRE(Offered({bert, cleo}) == std::vector<size_t>{0});
  CHECK(Ask(bert, /*leave=*/true).outcome == Outcome::kOk);
  Minutes(2);
  CHECK(Offered({bert, cleo}) == std::vector<size_t>{1});
}

TEST_CASE_METHOD(Waiting, "each channel's people wait for its seats") {
  const Reservation web = Confirmed(Person("2026-00100"));
  Confirmed(Person("2026-00101"));
  CHECK(Join("2026-001", {}, Channel::kPhone, &claire).outcome == Outcome::kOk);
  const PlaceView phone = *Join("2026-002", {}, Channel::kPhone, &claire).place;
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, web).outcome == Outcome::kOk);
  Hours(25);
  CHECK_FALSE(Ask(phone).place->offer);
  CHECK(FreeSeats("2026-12-15T09:00") == 1);
}

TEST_CASE_METHOD(Waiting, "whoever joined today is not asked before it was drawn") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  const PlaceView bert = Joined("2026-001");
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(50);
  CHECK_FALSE(Ask(bert).place->offer);
  // Whoever put him there to have it back a minute later has waited for nothing.
  CHECK(FreeSeats("2026-12-15T09:00") == 0);
  Hours(15);  // past midnight
  CHECK((Ask(bert).place->offer || FreeSeats("2026-12-15T09:00") == 1));
}

TEST_CASE_METHOD(Waiting, "a freed seat that nobody takes comes back when nobody can know") {
  std::set<int64_t> moments;
  for (int time = 0; time < 5; ++time) {
    const Reservation tuesday = At("2026-12-15T09:00", "2026-0010" + std::to_string(time));
    REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
    const Instant gone = clock.now;
    int64_t minutes = 0;
    for (; FreeSeats("2026-12-15T09:00") == 0; ++minutes) Minutes(1);
    CHECK(minutes >= 60);
    CHECK(minutes <= 24 * 60 + 2);
    moments.insert(static_cast<Instant>(clock.now) - gone);
  }
  CHECK(moments.size() > 2);
}

TEST_CASE_METHOD(Waiting, "who has a seat otherwise no longer waits") {
  const PlaceView bert = Joined("2026-001");
  Confirmed(Person("2026-001"));
  Round();
  CHECK(StateOf(bert) == "served");
}

TEST_CASE_METHOD(Waiting, "places and offers survive a restart, from the log and from a snapshot") {
  const bool snapshot = GENERATE(false, true);
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  Confirmed(Person("2026-00101"));
  const PlaceView bert = Joined("2026-001");
  const PlaceView left = Joined("2026-009");
  Ask(left, /*leave=*/true);
  Hours(24);
  const PlaceView cleo = Joined("2026-002");
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  Minutes(2);
  REQUIRE(Offered({bert, cleo}) == std::vector<size_t>{0});
  const PlaceView before = *Ask(bert).place;
  if (snapshot) {
    REQUIRE(engine->TakeSnapshot().ok());
    REQUIRE(engine->TakeSnapshot().ok());
  }
  Restart();
  CHECK(Ask(bert).place->place == before.place);
  CHECK(OfferOf(bert).name.view() == before.offer->name.view());
  CHECK(OfferOf(bert).key.view() == before.offer->key.view());
  CHECK(StateOf(left) == "left");
  CHECK(Ask(cleo).place->ahead == 1);
  CHECK(Joined("2026-003").name != left.name);
  REQUIRE(Do(&Engine::Confirm, OfferOf(bert)).outcome == Outcome::kOk);
  Round();
  CHECK(Ask(cleo).place->ahead == 0);
  CHECK(engine->CheckInvariants().ok());
}

TEST_CASE_METHOD(Waiting, "a seat that a crash left set aside is given on by the next start") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  Confirmed(Person("2026-00101"));
  const PlaceView bert = Joined("2026-001");
  Hours(24);
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  // As if the process had died between the two records of an offer.
  ledger::Ledger& seats = engine->inside().ledger_;
  act->Begin();
  clock.now = clock.now + 2 * kMsPerMinute;
  for (uint32_t i = 0; i < seats.seats(); ++i) seats.Aside(SeatId{i}, clock.now, *act);
  REQUIRE(wait.Finish(*act));
  Restart();
  Round();
  CHECK(Ask(bert).place->offer);
}

TEST_CASE("people who cannot take a seat keep nobody behind them from it") {
  Waiting world(FewSeats("identity_proof = \"listed\"\n"));
  const auto dossier = [](int i) { return absl::StrCat("2026-00", 100 + i); };
  const auto list = [&](int from, int to) {
    std::string csv = "dossier,birth_date\n";
    for (int i = from; i <= to; ++i) absl::StrAppend(&csv, dossier(i), ",1990-05-17\n");
    RosterRequest roster;
    roster.agenda = "93-titres";
    roster.body = csv;
    REQUIRE(world.engine->ImportRoster(roster, kTester).outcome == Outcome::kOk);
  };
  list(0, 69);
  std::vector<PlaceView> places;
  for (int i = 0; i < 69; ++i) places.push_back(world.Joined(dossier(i)));
  const Reservation seat = world.Confirmed(Person(dossier(69)));
  world.Hours(24);
  // Of those in front nobody is listed any more.
  int last = 0;
  for (int i = 0; i < 69; ++i) {
    if (*world.Ask(places[static_cast<size_t>(i)]).place->ahead == 68) last = i;
  }
  list(last, last);
  REQUIRE(world.Do(&Engine::Cancel, seat).outcome == Outcome::kOk);
  world.Minutes(2);
  CHECK(world.StateOf(places[static_cast<size_t>(last)]) == "offered");
}

TEST_CASE_METHOD(Waiting, "two identities that became one person's bring one seat") {
  const Reservation tuesday = Confirmed(Person("2026-00100"));
  const Reservation thursday = Confirmed(Person("2026-00101"));
  const PlaceView by_file = Joined("2026-001");
  const PlaceView by_other = Joined("2026-002");
  Hours(24);
  act->Begin();
  REQUIRE(engine
              ->Link(*act, {"93-titres", Person("2026-001"), Person("2026-002"), "new-document"},
                     claire, clock.now)
              .outcome == Outcome::kOk);
  REQUIRE(wait.Finish(*act));
  REQUIRE(Do(&Engine::Cancel, tuesday).outcome == Outcome::kOk);
  REQUIRE(Do(&Engine::Cancel, thursday).outcome == Outcome::kOk);
  Minutes(5);
  CHECK(Offered({by_file, by_other}).size() == 1);
}

TEST_CASE_METHOD(Waiting, "an agenda without a waitlist keeps none") {
  REQUIRE(Publish("14-titres", AgendaToml("14-titres")).outcome == Outcome::kOk);
  JoinRequest request;
  request.agenda = "14-titres";
  request.applicant = Person("2026-001");
  act->Begin();
  CHECK(JoinWaitlist(*engine, *act, request, nullptr, clock.now).outcome == Outcome::kNoWaitlist);
  request.agenda = "15-titres";
  CHECK(JoinWaitlist(*engine, *act, request, nullptr, clock.now).outcome ==
        Outcome::kUnknownAgenda);
  REQUIRE(wait.Finish(*act));
}

TEST_CASE("the order of those who joined on one day is drawn anew each day") {
  Waiting world;
  std::vector<std::vector<uint64_t>> days;
  for (int day = 0; day < 2; ++day) {
    std::vector<PlaceView> places;
    std::vector<uint64_t> ranks;
    for (int person = 0; person < 12; ++person) {
      places.push_back(world.Joined("2026-00" + std::to_string(person)));
      ranks.push_back(places.back().place.rank);
      REQUIRE(world.Ask(places.back(), /*leave=*/true).outcome == Outcome::kOk);
    }
    CHECK_FALSE(std::is_sorted(ranks.begin(), ranks.end()));
    days.push_back(ranks);
    world.Hours(24);
  }
  const auto order = [](const std::vector<uint64_t>& ranks) {
    std::vector<size_t> people(ranks.size());
    for (size_t i = 0; i < people.size(); ++i) people[i] = i;
    std::sort(people.begin(), people.end(),
              [&](size_t a, size_t b) { return ranks[a] < ranks[b]; });
    return people;
  };
  CHECK(order(days[0]) != order(days[1]));
}

}  // namespace
}  // namespace creneau::booking
