// An agenda with few seats, and people who wait for them (waitlist_test.cc, close_test.cc).
#pragma once

#include <string>
#include <vector>

#include "booking/engine_impl.h"
#include "booking/waitlist_answers.h"
#include "tests/booking/desk_fixture.h"

namespace creneau::booking {

// One web seat in each of the slots of Tuesday 15 and Thursday 17 December 2026.
inline std::string FewSeats(const std::string& more = "",
                            const std::string& hours = "09:00-09:30") {
  std::string toml = AgendaToml("93-titres",
                                "waitlist = true\naccept_invented = true\n"
                                "offer_hours = { web = 3, phone = 3 }\n" +
                                    more,
                                "{ web = 1, phone = 1 }");
  const auto put = [&](const std::string& what, const std::string& instead) {
    toml.replace(toml.find(what), what.size(), instead);
  };
  put("from = 2026-12-01", "from = 2026-12-15");
  put("until = 2026-12-31", "until = 2026-12-17");
  put("09:00-12:00", hours);
  return toml;
}

class Waiting : public Desk {
 public:
  explicit Waiting(const std::string& toml = FewSeats()) {
    REQUIRE(Publish("93-titres", toml).outcome == Outcome::kOk);
  }

  // As fast as the steward does not call it standing still.
  void Hours(int hours) { Until(clock.now + hours * kMsPerHour); }
  void Minutes(int minutes) { Until(clock.now + minutes * kMsPerMinute); }
  void Until(Instant then) {
    while (static_cast<Instant>(clock.now) < then) {
      while (engine->log().in_flight_ms() != 0) std::this_thread::yield();
      clock.now = clock.now + (limits::kStewardTickMs + limits::kExpiryLagMs);
      engine->Tick();
    }
  }

  PlaceAnswer Join(std::string_view dossier, std::string_view key = {},
                   Channel channel = Channel::kWeb, const Actor* actor = nullptr) {
    JoinRequest request;
    request.agenda = "93-titres";
    request.applicant = Person(dossier);
    request.channel = channel;
    request.idempotency_key = key;
    act->Begin();
    const PlaceAnswer answer = JoinWaitlist(*engine, *act, request, actor, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  PlaceView Joined(std::string_view dossier, Channel channel = Channel::kWeb) {
    const PlaceAnswer answer =
        Join(dossier, {}, channel, channel == Channel::kWeb ? nullptr : &claire);
    REQUIRE(answer.outcome == Outcome::kOk);
    return *answer.place;
  }
  PlaceAnswer Ask(const PlaceView& place, bool leave = false) {
    act->Begin();
    const HolderRequest request{place.name, place.key.view()};
    const PlaceAnswer answer = leave ? LeaveWaitlist(*engine, *act, request, clock.now)
                                     : ReadPlace(*engine, *act, request, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  // Not the list's, as the office and a draw make them: until somebody answers, for a month.
  ledger::SeatView OfferedOtherwise(const PlaceView& place, const std::string& slot) {
    ledger::HoldArgs args;
    args.agenda = place.place.agenda;
    args.slot = *ParseLocalMinute(slot);
    args.latest = clock.now + 30 * kMsPerDay;
    args.subject = place.place.subject;
    args.idempotency = place.place.idempotency + 1;
    args.deadline = args.latest;
    args.into = ledger::SeatState::kOffered;
    act->Begin();
    const ledger::Result result = engine->inside().ledger_.Hold(args, *act);
    REQUIRE(wait.Finish(*act));
    REQUIRE(result.outcome == Outcome::kOk);
    return result.seat;
  }
  bool IsOffered(SeatId seat) {
    return engine->inside().ledger_.WordOf(seat).state() == ledger::SeatState::kOffered;
  }
  ChannelCounts WebCounts() { return engine->ReadAgenda("93-titres", clock.now).counts[0]; }

  // "waiting", "offered"
  std::string StateOf(const PlaceView& place) {
    return std::string(codec::PlaceStateName(Ask(place).place->place.state));
  }
  Reservation OfferOf(const PlaceView& place) {
    const PlaceAnswer answer = Ask(place);
    REQUIRE(answer.place->offer);
    return *answer.place->offer;
  }
  Reservation At(const std::string& slot, const std::string& dossier) {
    const ReservationAnswer held = Hold(dossier, slot, std::string(kKey));
    REQUIRE(held.outcome == Outcome::kOk);
    REQUIRE(Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
    return held.reservation;
  }
  // Those of them that have an offer, by their place in the list.
  std::vector<size_t> Offered(const std::vector<PlaceView>& places) {
    std::vector<size_t> offered;
    for (size_t i = 0; i < places.size(); ++i) {
      if (Ask(places[i]).place->offer) offered.push_back(i);
    }
    return offered;
  }
};

}  // namespace creneau::booking
