// What an act at the desk asks and tells, whoever it is for: one person (desk.cc) or a family
// (desk_family.cc). Not for others. One thread's, within one Act, with a Reading of identities.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "booking/engine_impl.h"
#include "booking/helper_turn.h"

namespace creneau::booking {

// What the applicant's fields give, and whom that stands for.
struct DeskPerson {
  Subject derived;
  Subject subject;
};

ReservationAnswer DeskRefusal(Outcome outcome, const AgendaInfo& agenda);
ReservationAnswer DeskProblem(const AgendaInfo& agenda, std::string pointer,
                              std::string_view message);

class DeskAct {
 public:
  DeskAct(Engine::Impl& in, Act& act, const AgendaInfo& agenda, Channel channel, const Actor& actor,
          Instant now)
      : in_(in), act_(act), agenda_(agenda), channel_(channel), actor_(actor), now_(now) {}

  // Nothing: they may. What an agent has seen needs no roster and no website's word.
  std::optional<ReservationAnswer> MayBook(std::span<const DeskPerson> people,
                                           std::optional<LocalMinute> slot);
  // A refusal that tells something of these people. Whoever tries names learns who has a
  // reservation, or is on the roster: it stands in the log, and a helper may not do so many times.
  ReservationAnswer Tell(Outcome outcome, std::span<const DeskPerson> people);
  // That somebody books, whatever comes of it.
  void Attribute();
  // Who has made which, and how many there are.
  void Note(const HelperTurn& turn, const ledger::SeatView& seat);
  // Of the ledger's: with slots that would do for so many, where one was asked for and is taken.
  ReservationAnswer NoSeat(Outcome outcome, std::optional<LocalMinute> slot, uint32_t seats = 1);
  ReservationAnswer Capped(Instant until) const;

 private:
  Engine::Impl& in_;
  Act& act_;
  const AgendaInfo& agenda_;
  const Channel channel_;
  const Actor& actor_;
  const Instant now_;
};

}  // namespace creneau::booking
