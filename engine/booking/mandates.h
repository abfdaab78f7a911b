// Mandates (design 5): reservations that a court ordered, with a deadline and mostly a penalty for
// each day after it. One person of the office enters one, another approves it (persons are
// compared, as in act_requests.cc), and it gets its seat: the earliest of the court's share that is
// free by the deadline. Where there is none, what the agenda says: a court seat is added to the
// earliest slot that has room for one ("add", a calendar version), or a seat of the channel that
// has most free ones in that time is taken ("count"). Either is logged, counted and public; no
// other way takes a seat from anybody.
//
// Notice is kept, since whoever is sent has to hear of it; the horizon is not, since the court has
// set another one. Who has a reservation in the group already is `already-reserved`: it is moved or
// given up first.
//
// The decision is sealed (mandate_seal.h). A mandate that waits when its group goes over to another
// pepper is void, since its subject is nobody's any more: it is entered again. The steward notes
// that and has it told, once; from then on it is neither waiting nor due.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "booking/engine.h"
#include "codec/mandate.h"

namespace creneau::booking {

struct MandateRequest {
  std::string_view agenda{};
  rules::Applicant applicant{};
  std::string_view court{};
  std::string_view decision{};
  CivilDate date{};
  CivilDate deadline{};
  int64_t penalty_eur = 0;
};

struct MandateView {
  std::string name;
  codec::Mandate mandate;
  const AgendaInfo* agenda = nullptr;
  std::optional<ReservationName> reservation;  // kGiven
  std::optional<std::string> decision;  // of those who may read it, while its pepper is there
  int days_left = 0;                    // until the deadline, at the office; negative: it is over
};

struct MandateAnswer {
  Outcome outcome = Outcome::kOk;
  const AgendaInfo* agenda = nullptr;            // where it is known
  std::vector<rules::IdentityProblem> problems;  // kValidationFailed: JSON pointer and message
  bool existed = false;                          // it was so already
  std::optional<MandateView> mandate;
  std::optional<Reservation> reservation;  // of an approval: with its key
};

// Any thread that may wait: these wait for publications. What they answer rests on the act.
MandateAnswer EnterMandate(Engine& engine, Act& act, const MandateRequest& request,
                           const Actor& actor, Instant now);
MandateAnswer ApproveMandate(Engine& engine, Act& act, std::string_view name, const Actor& actor,
                             Instant now);
// What nobody has approved is not to be. Anybody's who may approve it, and its proposer's.
MandateAnswer WithdrawMandate(Engine& engine, Act& act, std::string_view name, const Actor& actor,
                              Instant now);
// Those of the actor's agendas, by deadline. `due_days`: only those without a seat whose deadline
// is within so many days, or over.
std::vector<MandateView> ListMandates(Engine& engine, std::optional<int> due_days,
                                      const Actor& actor, Instant now);

// For metrics. Any thread.
struct MandatesWaiting {
  const AgendaInfo* agenda = nullptr;
  size_t waiting = 0;
  size_t due = 0;   // of these, with a deadline within limits::kMandateDueDays
  size_t over = 0;  // of these, with one that is over
};
std::vector<MandatesWaiting> CountMandates(const Engine& engine, Instant now);

// What becomes due, told once each; also what a court had been given and has no more. The
// steward's.
class MandateAlarm {
 public:
  void Look(Engine::Impl& in, Instant now, Act& act, const std::function<bool()>& finish);

 private:
  bool HasLostSeat(Engine::Impl& in, const codec::Mandate& mandate, Instant now, Act& act);
  // Of another pepper than its group has now.
  static bool IsOrphaned(Engine::Impl& in, const codec::Mandate& mandate);

  Instant next_look_{0};
  std::map<uint64_t, Instant> begins_;  // by number: when the appointment last was
};

}  // namespace creneau::booking
