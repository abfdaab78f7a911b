// What keeps somebody from a seat: the rules of the agenda, its opening, the disk.

#include "booking/engine_impl.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

constexpr size_t kAlternatives = 5;

}  // namespace

ReservationAnswer Engine::Impl::Refuse(Outcome outcome, const AgendaInfo& agenda, Channel channel,
                                       std::optional<LocalMinute> slot, Instant now) {
  ReservationAnswer answer;
  answer.outcome = outcome;
  answer.agenda = &agenda;
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  if (outcome == Outcome::kSlotTaken && slot) {
    answer.alternatives = ledger_.FreeNear(agenda.id, channel, *slot, window.earliest_start,
                                           window.latest_start, kAlternatives);
  }
  if (outcome == Outcome::kNothingLeft) answer.opens_at = NextOpening(agenda, now);
  return answer;
}

// Whether the agenda gives out seats of that channel now, and that slot: nothing when it does.
// Draws and openings are the web's: they do not bind the desk.
std::optional<ReservationAnswer> Engine::Impl::MayTake(const AgendaInfo& agenda, Channel channel,
                                                       std::optional<LocalMinute> slot,
                                                       Instant now) {
  ReservationAnswer answer;
  answer.agenda = &agenda;
  const bool web = channel == Channel::kWeb;
  if (web && agenda.rules.draw && slot && draw_keeper_->Claims(agenda, *slot)) {
    answer.outcome = Outcome::kByDraw;
    return answer;
  }
  if (slot) {
    const std::optional<Instant> starts_at = ledger_.StartOf(agenda.id, *slot);
    const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
    const rules::Bookable bookable =
        starts_at ? rules::IsBookable(window, *starts_at) : rules::Bookable::kTooLate;
    if (bookable == rules::Bookable::kTooEarly) {
      answer.outcome = Outcome::kNotOpenYet;
      rules::Agenda binding = agenda.rules;
      if (!web) binding.opening.reset();
      answer.opens_at = rules::BookableFrom(binding, agenda.zone, *starts_at);
      return answer;
    }
    if (bookable == rules::Bookable::kTooLate) {
      answer.outcome = Outcome::kValidationFailed;
      answer.problems.push_back(
          {"/slot", starts_at
                        ? "this slot can no longer be booked: it begins too soon, or has begun"
                        : "this agenda has no such slot; GET its slots to see those it has"});
      return answer;
    }
  }
  if (web) {
    if (auto refusal = Shut(agenda, now)) return refusal;
  }
  if (LogRoom() != Room::kPlenty) {
    answer.outcome = Outcome::kReadOnly;
    return answer;
  }
  return std::nullopt;
}

// What an agenda says to the web that has no opening under way; nothing when it has one.
std::optional<ReservationAnswer> Engine::Impl::Shut(const AgendaInfo& agenda, Instant now) {
  ReservationAnswer answer;
  answer.agenda = &agenda;
  if (openings_->IsPlain(agenda)) {
    const rules::OpeningVerdict opening = rules::OpeningAt(agenda.rules, agenda.zone, now);
    if (!opening.open) {
      answer.outcome = Outcome::kNotOpenYet;
      answer.opens_at = opening.opens_at;
      return answer;
    }
  } else {
    const OpeningView opening = openings_->At(agenda, now);
    if (opening.phase == Phase::kClosed || opening.phase == Phase::kGathering) {
      answer.outcome = Outcome::kNotOpenYet;
      if (opening.times) answer.opens_at = opening.times->opens_at;
      return answer;
    }
    if (opening.state.paused) {
      answer.outcome = Outcome::kPaused;
      return answer;
    }
  }
  return std::nullopt;
}

// Whether that subject may have a seat now, and the engine one more hold: nothing when it is so.
std::optional<ReservationAnswer> Engine::Impl::MayHold(const AgendaInfo& agenda,
                                                       const HoldRequest& request,
                                                       const Subject& subject, Entry* entry,
                                                       Instant now) {
  ReservationAnswer answer;
  answer.agenda = &agenda;
  if (!IsListed(agenda, entry->derived, subject)) {
    answer.outcome = Outcome::kNotListed;
    return answer;
  }
  if (agenda.rules.policy == rules::Policy::kDraw) {
    answer.outcome = Outcome::kByDraw;
    answer.opens_at = draw_keeper_->EntriesFrom(agenda, now);
    return answer;
  }
  if (agenda.rules.policy == rules::Policy::kQueue) {
    if (auto refusal = MayQueue(agenda, subject, entry, now)) return refusal;
  }
  if (auto refusal = MayTake(agenda, Channel::kWeb, request.slot, now)) return refusal;
  // Also of somebody whose turn it is: a hold that could not be confirmed in time is worth nothing.
  if (!openings_->RoomForHold()) {
    answer.outcome = Outcome::kOverloaded;
    return answer;
  }
  return std::nullopt;
}

}  // namespace creneau::booking
