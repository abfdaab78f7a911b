// A desk of a prefecture: an agenda, people who book there, and agents (identity_test.cc,
// act_test.cc).
#pragma once

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "tests/booking/log_lines.h"

namespace creneau::booking {

inline constexpr std::string_view kKey = "0123456789abcdefghijkl";
inline constexpr std::string_view kOtherKey = "lkjihgfedcba9876543210";

inline rules::Applicant Person(std::string_view dossier, std::string_view born = "1990-05-17") {
  rules::Applicant applicant;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kDossier)] = dossier;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = born;
  return applicant;
}

inline rules::Applicant Passport(std::string_view number, std::string_view born = "1990-05-17") {
  rules::Applicant applicant;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kPassport)] = number;
  applicant.fields[static_cast<size_t>(rules::IdentityField::kBirthDate)] = born;
  return applicant;
}

class Desk : public World {
 public:
  Desk() { REQUIRE(Publish("93-titres", AgendaToml()).outcome == Outcome::kOk); }

  ReservationAnswer Book(const rules::Applicant& applicant, std::string_view key) {
    HoldRequest request;
    request.agenda = "93-titres";
    request.applicant = applicant;
    request.idempotency_key = key;
    act->Begin();
    ReservationAnswer answer = engine->Hold(*act, request, clock.now);
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  Reservation Confirmed(const rules::Applicant& applicant, std::string_view key = kKey) {
    const ReservationAnswer held = Book(applicant, key);
    REQUIRE(held.outcome == Outcome::kOk);
    REQUIRE(Do(&Engine::Confirm, held.reservation).outcome == Outcome::kOk);
    return held.reservation;
  }
  Outcome ReadWith(const Reservation& reservation) {
    return Do(&Engine::Read, reservation).outcome;
  }

  template <typename Ask>
  IdentityAnswer Asked(Ask ask) {
    act->Begin();
    IdentityAnswer answer = ask();
    REQUIRE(wait.Finish(*act));
    return answer;
  }
  IdentityAnswer Lookup(const rules::Applicant& applicant, const Actor& actor) {
    return Asked([&] { return engine->Lookup(*act, "93-titres", applicant, actor, clock.now); });
  }
  IdentityAnswer Recover(const rules::Applicant& applicant) {
    return Asked([&] { return engine->Recover(*act, "93-titres", applicant, clock.now); });
  }
  IdentityAnswer Link(const rules::Applicant& applicant, const rules::Applicant& same_as) {
    return Asked([&] {
      return engine->Link(*act, {"93-titres", applicant, same_as, "new-document"}, claire,
                          clock.now);
    });
  }
  IdentityAnswer Correct(const Reservation& reservation, const rules::Applicant& right,
                         std::optional<rules::Applicant> booked, const Actor& actor) {
    return Asked([&] {
      return engine->Correct(*act, {reservation.name.view(), right, booked, "typing-error"}, actor,
                             clock.now);
    });
  }
  IdentityAnswer Repair(const Reservation& reservation, const rules::Applicant& owner,
                        const Actor& actor) {
    return Asked([&] {
      return engine->Repair(*act, {reservation.name.view(), owner, "usurped"}, actor, clock.now);
    });
  }
  IdentityAnswer Withdraw(const std::optional<PairAct>& waiting, const Actor& actor) {
    REQUIRE(waiting);
    const std::string name = ActName(waiting->proposed.act);
    return Asked([&] { return engine->Withdraw(*act, name, actor, clock.now); });
  }
  IdentityAnswer Approve(const std::optional<PairAct>& waiting, const Actor& actor) {
    REQUIRE(waiting);
    const std::string name = ActName(waiting->proposed.act);
    return Asked([&] { return engine->Approve(*act, name, actor, clock.now); });
  }

  LogLines Log() { return LinesOf(*this); }

  const Actor claire{rules::Role::kAgent, "c.martin", "C1A00001"};
  const Actor paul{rules::Role::kAgent, "p.durand", "PA000001"};
  const Actor claires_other_key{rules::Role::kAgent, "c.martin", "C1A00002"};
  const Actor elsewhere{rules::Role::kAgent, "s.petit", "S0000001", kElsewhere};

 private:
  static inline const std::vector<std::string> kElsewhere = {"14-titres"};
};

// An agent and helpers of an association, who book for others.
class StaffedWorld : public World {
 public:
  StaffedWorld(const std::string& more, const std::string& seats) {
    Ready();
    REQUIRE(Publish("93-titres", AgendaToml("93-titres", more, seats)).outcome == Outcome::kOk);
  }

  // The staff is refused new seats as well until the log has looked at the disk.
  void Ready() {
    while (engine->stats().read_only) std::this_thread::yield();
  }
  void Again() {
    Restart();
    Ready();
  }
  ChannelCounts CountsOf(Channel channel) {
    return engine->ReadAgenda("93-titres", clock.now).counts[static_cast<size_t>(channel)];
  }

  const Actor claire{rules::Role::kAgent, "c.martin", "C1A00001"};
  const Actor leila{rules::Role::kHelper, "l.bernard", "HE1PER01"};
  const Actor omar{rules::Role::kHelper, "o.diallo", "HE1PER02"};
};

}  // namespace creneau::booking
