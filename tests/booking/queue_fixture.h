// An agenda with a queue, and what people and operators do to it.
#pragma once

#include <string>
#include <string_view>

#include "booking/waitlist_answers.h"
#include "surge/rank.h"
#include "surge/ticket.h"
#include "tests/booking/fixture.h"

namespace creneau::booking {
// 8:30 to 9:00 gathering, 9:00 to 10:00 open, in Paris; the fixture's clock stands at 10:00 of a
// Monday, so the first opening is Tuesday's.
inline std::string QueueToml(int seats = 8, const std::string& more = "accept_invented = true") {
  return R"(agenda = "92-naturalisation"
title = "Naturalisation : dépôt de dossier"
office = "Préfecture des Hauts-de-Seine, Nanterre"
timezone = "Europe/Paris"
policy = "queue"
identity = [["dossier", "birth_date"]]
hold_s = 300
)" + more +
         R"(

[opening]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
gather = "08:30"
open = "09:00"
close = "10:00"

[[session]]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
from = 2026-12-14
until = 2026-12-14
hours = ["09:00-09:30"]
minutes = 30
seats = { web = )" +
         std::to_string(seats) + ", desk = 1 }\n";
}

inline constexpr Instant kTuesdayAt830{1'796'110'200'000};  // 2026-12-01T07:30:00Z

class Queue {
 public:
  explicit Queue(int seats = 8, const std::string& more = "accept_invented = true") {
    const PublishAnswer answer = world.Publish("92-naturalisation", QueueToml(seats, more));
    INFO((answer.errors.empty() ? "" : answer.errors[0].message));
    REQUIRE(answer.outcome == Outcome::kOk);
  }

  // At 9:00 and at 9:30, one seat each.
  void PublishTwoSlots(const std::string& more = "accept_invented = true") {
    std::string toml = QueueToml(1, more);
    toml.replace(toml.find("09:00-09:30"), 11, "09:00-10:00");
    REQUIRE(world.Publish("92-naturalisation", toml).outcome == Outcome::kOk);
  }

  PlaceAnswer Join(const std::string& dossier) {
    JoinRequest request;
    request.agenda = "92-naturalisation";
    request.applicant = Person(dossier);
    world.act->Begin();
    PlaceAnswer answer = JoinWaitlist(*world.engine, *world.act, request, nullptr, world.clock.now);
    REQUIRE(world.wait.Finish(*world.act));
    return answer;
  }

  // At once where nothing is open, else as it passes: what the steward does not see is an outage.
  void GoTo(Instant at) {
    const Phase phase = Status().phase;
    if (phase == Phase::kOpen || phase == Phase::kExhausted) {
      while (world.clock.now < at) world.Round();
      return;
    }
    world.clock.now = at - limits::kStewardTickMs;
    world.engine->Tick();
    world.Round();
  }
  void GoTo(int hours, int minutes, int seconds = 0) {
    GoTo(kTuesdayAt830 + (hours - 8) * kMsPerHour + (minutes - 30) * kMsPerMinute +
         seconds * kMsPerSecond);
  }

  // As long as `dossier` lives.
  rules::Applicant Person(const std::string& dossier) {
    rules::Applicant applicant;
    applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
    applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = "1990-05-17";
    return applicant;
  }
  TicketAnswer Ticket(const std::string& dossier, std::string_view before = "") {
    return world.engine->Ticket({"92-naturalisation", Person(dossier), before}, world.clock.now);
  }
  std::string TicketOf(const std::string& dossier) {
    const TicketAnswer answer = Ticket(dossier);
    REQUIRE(answer.outcome == Outcome::kOk);
    return std::string(answer.ticket.view());
  }
  ReservationAnswer Hold(const std::string& dossier, const std::string& ticket) {
    HoldRequest request;
    request.agenda = "92-naturalisation";
    request.applicant = Person(dossier);
    request.ticket = ticket;
    world.act->Begin();
    ReservationAnswer answer = world.engine->Hold(*world.act, request, world.clock.now);
    REQUIRE(world.wait.Finish(*world.act));
    return answer;
  }
  // Asks every second until its turn has come: some who are before it may not come.
  ReservationAnswer HoldInTime(const std::string& dossier, const std::string& ticket) {
    ReservationAnswer answer = Hold(dossier, ticket);
    for (int s = 0; s < 400 && answer.turn == Turn::kWait; ++s) {
      world.Pass(1);
      answer = Hold(dossier, ticket);
    }
    return answer;
  }
  OpeningView Status() {
    return world.engine->ReadQueue("92-naturalisation", world.clock.now).opening;
  }
  OrderAnswer Order(OpeningOrder::What what, int64_t value = 0, std::string_view text = "") {
    return world.engine->Order("92-naturalisation", {what, value, text}, kTester);
  }

  World world;
};

inline std::string Dossier(int i) { return "FILE" + std::to_string(i); }

inline surge::Rank RankIn(const OpeningView& status, const std::string& ticket) {
  const auto read = surge::ReadUnverified(ticket);
  REQUIRE(read);
  return surge::RankOf(surge::WithBeacon(status.state.k, status.state.beacon), read->tag,
                       read->bucket);
}

}  // namespace creneau::booking
