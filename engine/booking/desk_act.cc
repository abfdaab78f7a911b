#include "booking/desk_act.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "rules/desk.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kDeed = "desk";
constexpr size_t kAlternatives = 5;
// Slots with a free seat that are looked at for alternatives with enough of them.
constexpr size_t kLookedAt = 50;
constexpr std::string_view kSlotWithout =
    "This slot has not so many free seats of the channel asked for. `alternatives` lists slots "
    "near it that have, if there are any; book one of these, or look for another channel's seats.";
constexpr std::string_view kNoneOfChannel =
    "No slot that can be booked now has so many free seats of the channel asked for. "
    "Other channels may have some: GET the agenda for what is free in each of them.";

}  // namespace

ReservationAnswer DeskRefusal(Outcome outcome, const AgendaInfo& agenda) {
  ReservationAnswer answer;
  answer.outcome = outcome;
  answer.agenda = &agenda;
  return answer;
}

ReservationAnswer DeskProblem(const AgendaInfo& agenda, std::string pointer,
                              std::string_view message) {
  ReservationAnswer answer = DeskRefusal(Outcome::kValidationFailed, agenda);
  answer.problems.push_back({std::move(pointer), std::string(message)});
  return answer;
}

std::optional<ReservationAnswer> DeskAct::MayBook(std::span<const DeskPerson> people,
                                                  std::optional<LocalMinute> slot) {
  switch (rules::IdentityAtDesk(actor_.role, agenda_.rules.identity_proof)) {
    case rules::DeskIdentity::kSeen:
    case rules::DeskIdentity::kDeclared:
      break;
    case rules::DeskIdentity::kListed:
      for (const DeskPerson& person : people) {
        if (!in_.IsListed(agenda_, person.derived, person.subject))
          return Tell(Outcome::kNotListed, people);
      }
      break;
    case rules::DeskIdentity::kRefused:
      return DeskProblem(agenda_, people.size() > 1 ? "/applicants" : "/applicant",
                         rules::kNotVouchedFor);
  }
  return in_.MayTake(agenda_, channel_, slot, now_);
}

ReservationAnswer DeskAct::Tell(Outcome outcome, std::span<const DeskPerson> people) {
  for (const DeskPerson& person : people) {
    if (actor_.role != rules::Role::kHelper) break;
    if (const auto later_s = in_.proofs_->TooOften(person.subject, in_.clock_.MonotonicNs())) {
      ReservationAnswer answer = DeskRefusal(Outcome::kRateLimited, agenda_);
      answer.poll_after_s = *later_s;
      return answer;
    }
  }
  if (in_.LogRoom() != Room::kPlenty) return DeskRefusal(Outcome::kReadOnly, agenda_);
  Attribute();
  return DeskRefusal(outcome, agenda_);
}

void DeskAct::Attribute() { in_.Attribute(act_, actor_, kDeed, agenda_, std::nullopt, "", now_); }

void DeskAct::Note(const HelperTurn& turn, const ledger::SeatView& seat) {
  DeskCounts& counts = in_.people_->desk;
  const bool helper = turn.is_helper();
  const DeskCounts::Given given = counts.Of(seat.agenda, channel_);
  const codec::DeskNote note{seat.agenda,
                             channel_,
                             now_,
                             seat.origin,
                             helper,
                             given.by_agents + (helper ? 0 : 1),
                             given.by_helpers + (helper ? 1 : 0)};
  act_.PushCopy(codec::EncodeDeskNote(note));
  counts.Take(turn.turn(), note);
}

ReservationAnswer DeskAct::NoSeat(Outcome outcome, std::optional<LocalMinute> slot,
                                  uint32_t seats) {
  ReservationAnswer answer = DeskRefusal(outcome, agenda_);
  if (outcome == Outcome::kSlotTaken) answer.detail = kSlotWithout;
  if (outcome == Outcome::kNothingLeft) answer.detail = kNoneOfChannel;
  if (outcome != Outcome::kSlotTaken || !slot) return answer;
  const rules::BookableWindow window = rules::BookableAt(agenda_.rules, agenda_.zone, now_);
  answer.alternatives =
      in_.ledger_.FreeNear(agenda_.id, channel_, *slot, window.earliest_start, window.latest_start,
                           seats == 1 ? kAlternatives : kLookedAt);
  if (seats == 1) return answer;
  std::erase_if(answer.alternatives, [&](LocalMinute near) {
    const std::optional<Instant> at = in_.ledger_.StartOf(agenda_.id, near);
    if (!at) return true;
    const auto counts = in_.ledger_.Slots(agenda_.id, *at, *at, 1);
    return counts.empty() || counts[0].free[static_cast<size_t>(channel_)] < seats;
  });
  // Those nearest, by time.
  const auto distance = [&](LocalMinute near) { return std::abs(near.value - slot->value); };
  std::stable_sort(answer.alternatives.begin(), answer.alternatives.end(),
                   [&](LocalMinute a, LocalMinute b) { return distance(a) < distance(b); });
  if (answer.alternatives.size() > kAlternatives) answer.alternatives.resize(kAlternatives);
  std::sort(answer.alternatives.begin(), answer.alternatives.end());
  return answer;
}

ReservationAnswer DeskAct::Capped(Instant until) const {
  ReservationAnswer answer = DeskRefusal(Outcome::kCapReached, agenda_);
  answer.opens_at = until;
  return answer;
}

}  // namespace creneau::booking
