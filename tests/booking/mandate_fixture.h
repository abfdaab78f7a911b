// Two agents of a prefecture to whom courts write (mandate_test.cc).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "booking/event_feed.h"
#include "booking/mandates.h"
#include "tests/booking/desk_fixture.h"

namespace creneau::booking {

inline constexpr const char* kDecision = "ordonnance n° 2612345 du 20 novembre 2026, M. Untel";

// It is Monday, 2026-11-30; slots are on Tuesdays and Thursdays from 9:00 to 12:00.
class Chancery : public World {
 public:
  explicit Chancery(const std::string& more = "",
                    const std::string& seats = "{ web = 3, phone = 1, desk = 2, court = 1 }")
      : toml(AgendaToml("93-titres", more, seats)) {
    Ready();
    REQUIRE(Publish("93-titres", toml).outcome == Outcome::kOk);
  }
  void Ready() {
    while (engine->stats().read_only) std::this_thread::yield();
  }
  void Again() {
    Restart();
    Ready();
  }

  template <typename Ask>
  MandateAnswer Asked(Ask ask) {
    act->Begin();
    MandateAnswer answer = ask();
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  MandateRequest Order(const rules::Applicant& applicant, CivilDate deadline) {
    MandateRequest request{.agenda = "93-titres", .applicant = applicant};
    request.court = "TA Montreuil";
    request.decision = kDecision;
    request.date = {2026, 11, 20};
    request.deadline = deadline;
    request.penalty_eur = 100;
    return request;
  }
  MandateAnswer Enter(const rules::Applicant& applicant, CivilDate deadline, const Actor& actor) {
    return Asked(
        [&] { return EnterMandate(*engine, *act, Order(applicant, deadline), actor, clock.now); });
  }
  std::string Entered(const std::string& dossier, CivilDate deadline = {2026, 12, 3}) {
    const MandateAnswer answer = Enter(Person(dossier), deadline, claire);
    REQUIRE(answer.outcome == Outcome::kOk);
    return answer.mandate->name;
  }
  MandateAnswer Approve(const std::string& name, const Actor& actor) {
    return Asked([&] { return ApproveMandate(*engine, *act, name, actor, clock.now); });
  }
  MandateAnswer Withdraw(const std::string& name, const Actor& actor) {
    return Asked([&] { return WithdrawMandate(*engine, *act, name, actor, clock.now); });
  }
  std::vector<MandateView> List(const Actor& actor, std::optional<int> due = std::nullopt) {
    return ListMandates(*engine, due, actor, clock.now);
  }
  // The mandates of which that was told.
  std::vector<std::string> Told(PublicFact fact) {
    std::vector<std::string> names;
    const auto feed = engine->EventsAfter(Lsn{0});
    for (PublicEvent event;;) {
      const auto step = feed->Next(&event);
      REQUIRE(step.ok());
      if (*step == EventFeed::Step::kCaughtUp) return names;
      if (*step == EventFeed::Step::kEvent && event.fact == fact) names.push_back(event.mandate);
    }
  }
  AgendaAnswer Look() { return engine->ReadAgenda("93-titres", clock.now); }

  const std::string toml;
  const Actor claire{rules::Role::kAgent, "c.martin", "C1A00001"};
  const Actor claires_other_key{rules::Role::kAgent, "c.martin", "C1A00002"};
  const Actor paul{rules::Role::kAgent, "p.durand", "PA000001"};
  const Actor elsewhere{rules::Role::kAgent, "s.petit", "S0000001", kElsewhere};

 private:
  static inline const std::vector<std::string> kElsewhere = {"14-titres"};
};

}  // namespace creneau::booking
