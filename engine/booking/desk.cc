#include "booking/desk.h"

#include "base/check.h"
#include "booking/engine_impl.h"
#include "booking/helper_turn.h"
#include "rules/desk.h"
#include "rules/identity.h"
#include "rules/letter.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

constexpr std::string_view kDeed = "desk";
constexpr size_t kAlternatives = 5;

ReservationAnswer RefusedAs(Outcome outcome, const AgendaInfo& agenda) {
  ReservationAnswer answer;
  answer.outcome = outcome;
  answer.agenda = &agenda;
  return answer;
}

ReservationAnswer Wrong(const AgendaInfo& agenda, const char* pointer, std::string_view message) {
  ReservationAnswer answer = RefusedAs(Outcome::kValidationFailed, agenda);
  answer.problems.push_back({pointer, std::string(message)});
  return answer;
}

// One act of somebody at a desk.
class AtDesk {
 public:
  AtDesk(Engine::Impl& in, Act& act, const DeskRequest& request, const Actor& actor, Instant now)
      : in_(in), act_(act), request_(request), actor_(actor), now_(now) {}

  ReservationAnswer Do() {
    const AgendaInfo* const agenda = in_.registry_.Find(request_.agenda);
    if (agenda == nullptr) {
      ReservationAnswer answer;
      answer.outcome = Outcome::kUnknownAgenda;
      return answer;
    }
    if (const std::string_view why = rules::WhyNotAtDesk(actor_.role, request_.channel);
        !why.empty())
      return Wrong(*agenda, "/channel", why);
    const Identities::Reading reading = in_.people_->identities.Read();
    rules::Identity identity =
        rules::Identify(agenda->rules, request_.applicant, in_.peppers_.Of(agenda->id), now_);
    if (!identity.problems.empty()) {
      ReservationAnswer answer = RefusedAs(Outcome::kValidationFailed, *agenda);
      answer.problems = std::move(identity.problems);
      return answer;
    }
    derived_ = identity.subject;
    subject_ = in_.people_->identities.Of(derived_);
    const bool has_key = !request_.idempotency_key.empty();
    idempotency_ = has_key ? in_.names_->IdempotencyOf(request_.idempotency_key, request_.body_hash)
                           : in_.names_->NoIdempotency(subject_, now_.ms);
    // A repeat is answered whatever the disk or the slot.
    if (const auto existing = in_.LiveOf(act_, subject_, now_)) return Existing(*existing, *agenda);
    if (auto refusal = MayBook(*agenda)) return *std::move(refusal);
    return Book(*agenda);
  }

 private:
  // What an agent has seen needs no roster and no website's word.
  std::optional<ReservationAnswer> MayBook(const AgendaInfo& agenda) {
    switch (rules::IdentityAtDesk(actor_.role, agenda.rules.identity_proof)) {
      case rules::DeskIdentity::kSeen:
      case rules::DeskIdentity::kDeclared:
        break;
      case rules::DeskIdentity::kListed:
        if (!in_.IsListed(agenda, derived_, subject_)) return Tell(Outcome::kNotListed, agenda);
        break;
      case rules::DeskIdentity::kRefused:
        return Wrong(agenda, "/applicant", rules::kNotVouchedFor);
    }
    if (request_.slot) {
      if (auto refusal = MayTake(agenda, *request_.slot)) return refusal;
    }
    if (in_.LogRoom() != Room::kPlenty) return RefusedAs(Outcome::kReadOnly, agenda);
    return std::nullopt;
  }

  std::optional<ReservationAnswer> MayTake(const AgendaInfo& agenda, LocalMinute slot) {
    const std::optional<Instant> starts_at = in_.ledger_.StartOf(agenda.id, slot);
    if (!starts_at)
      return Wrong(agenda, "/slot", "this agenda has no such slot; GET its slots to see them");
    const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now_);
    switch (rules::IsBookable(window, *starts_at)) {
      case rules::Bookable::kYes:
        break;
      case rules::Bookable::kTooLate:
        return Wrong(agenda, "/slot",
                     "this slot can no longer be booked: it begins too soon, or has begun");
      case rules::Bookable::kTooEarly: {
        ReservationAnswer answer = RefusedAs(Outcome::kNotOpenYet, agenda);
        rules::Agenda always = agenda.rules;  // openings do not bind the desk
        always.opening.reset();
        answer.opens_at = rules::BookableFrom(always, agenda.zone, *starts_at);
        return answer;
      }
    }
    return std::nullopt;
  }

  // Whoever tries names learns who has a reservation, or is on the roster: it stands in the log,
  // and a helper may not do so many times.
  ReservationAnswer Tell(Outcome outcome, const AgendaInfo& agenda) {
    if (actor_.role == rules::Role::kHelper) {
      if (const auto later_s = in_.proofs_->TooOften(subject_, in_.clock_.MonotonicNs())) {
        ReservationAnswer answer = RefusedAs(Outcome::kRateLimited, agenda);
        answer.poll_after_s = *later_s;
        return answer;
      }
    }
    if (in_.LogRoom() != Room::kPlenty) return RefusedAs(Outcome::kReadOnly, agenda);
    in_.Attribute(act_, actor_, kDeed, agenda, std::nullopt, "", now_);
    return RefusedAs(outcome, agenda);
  }

  ReservationAnswer Existing(const ledger::SeatView& seat, const AgendaInfo& agenda) {
    const bool is_holder = !request_.idempotency_key.empty() &&
                           Names::SameKey(seat.idempotency, idempotency_) &&
                           in_.people_->identities.TimesRekeyed(seat.origin) == 0;
    if (is_holder) {
      if (seat.idempotency != idempotency_ || seat.agenda != agenda.id)
        return RefusedAs(Outcome::kIdempotencyMismatch, agenda);
      return Made(seat, /*existed=*/true);
    }
    return Tell(Outcome::kAlreadyReserved, agenda);
  }

  ReservationAnswer Made(const ledger::SeatView& seat, bool existed) {
    ReservationAnswer answer;
    answer.agenda = in_.registry_.Find(seat.agenda);
    answer.existed = existed;
    answer.reservation = in_.Describe(seat, in_.HandleOf(seat));
    return answer;
  }

  ReservationAnswer Book(const AgendaInfo& agenda) {
    in_.Attribute(act_, actor_, kDeed, agenda, std::nullopt, "", now_);
    HelperTurn turn(in_.people_->desk, agenda, actor_, now_);
    if (const auto until = turn.CappedUntil()) {
      ReservationAnswer answer = RefusedAs(Outcome::kCapReached, agenda);
      answer.opens_at = *until;
      return answer;
    }
    turn.Count(act_);
    const ledger::Result result = in_.ledger_.Hold(ArgsFor(agenda), act_);
    if (result.outcome != Outcome::kOk) {
      turn.TakeBack(act_);
      return Refuse(result, agenda);
    }
    Note(turn.turn(), result.seat, turn.is_helper());
    return Made(result.seat, /*existed=*/false);
  }

  ledger::HoldArgs ArgsFor(const AgendaInfo& agenda) const {
    const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now_);
    ledger::HoldArgs args;
    args.agenda = agenda.id;
    args.channel = request_.channel;
    args.slot = request_.slot;
    args.earliest = window.earliest_start;
    args.latest = window.latest_start;
    args.subject = subject_;
    args.idempotency = idempotency_;
    args.into = ledger::SeatState::kConfirmed;
    args.random = in_.names_->Random(subject_, now_.ms, 2);
    return args;
  }

  void Note(const DeskCounts::Turn& turn, const ledger::SeatView& seat, bool helper) {
    DeskCounts& counts = in_.people_->desk;
    const DeskCounts::Given given = counts.Of(seat.agenda, request_.channel);
    const codec::DeskNote note{seat.agenda,
                               request_.channel,
                               now_,
                               seat.origin,
                               helper,
                               given.by_agents + (helper ? 0 : 1),
                               given.by_helpers + (helper ? 1 : 0)};
    act_.PushCopy(codec::EncodeDeskNote(note));
    counts.Take(turn, note);
  }

  ReservationAnswer Refuse(const ledger::Result& result, const AgendaInfo& agenda) {
    if (result.outcome == Outcome::kAlreadyReserved) return Existing(result.seat, agenda);
    ReservationAnswer answer = RefusedAs(result.outcome, agenda);
    if (result.outcome == Outcome::kSlotTaken && request_.slot) {
      const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now_);
      answer.alternatives =
          in_.ledger_.FreeNear(agenda.id, request_.channel, *request_.slot, window.earliest_start,
                               window.latest_start, kAlternatives);
    }
    return answer;
  }

  Engine::Impl& in_;
  Act& act_;
  const DeskRequest& request_;
  const Actor& actor_;
  const Instant now_;
  Subject derived_;
  Subject subject_;
  uint64_t idempotency_ = 0;
};

}  // namespace

ReservationAnswer BookAtDesk(Engine& engine, Act& act, const DeskRequest& request,
                             const Actor& actor, Instant now) {
  Engine::Impl& in = engine.inside();
  ReservationAnswer answer = AtDesk(in, act, request, actor, now).Do();
  in.refusals_.Count(answer.agenda, answer.outcome);
  if (answer.outcome != Outcome::kOk)
    answer.attempt =
        in.AttemptAt(answer.agenda, request.applicant, answer.outcome, now, request.channel);
  return answer;
}

std::string LetterFor(const Reservation& reservation, Channel asked) {
  const rules::LetterFacts facts{.reservation = reservation.name.view(),
                                 .key = reservation.key.view(),
                                 .channel = asked,
                                 .starts_at = reservation.starts_at,
                                 .minutes = reservation.minutes,
                                 .moves_left = reservation.moves_left};
  return rules::LetterOf(reservation.agenda->rules, reservation.agenda->zone, facts);
}

}  // namespace creneau::booking
