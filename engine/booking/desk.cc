#include "booking/desk.h"

#include "booking/desk_act.h"
#include "booking/engine_impl.h"
#include "booking/helper_turn.h"
#include "rules/desk.h"
#include "rules/identity.h"
#include "rules/letter.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

// For one person.
class AtDesk {
 public:
  AtDesk(Engine::Impl& in, Act& act, const DeskRequest& request, const Actor& actor,
         const AgendaInfo& agenda, Instant now)
      : in_(in),
        act_(act),
        request_(request),
        actor_(actor),
        agenda_(agenda),
        now_(now),
        desk_(in, act, agenda, request.channel, actor, now) {}

  ReservationAnswer Do() {
    if (const std::string_view why = rules::WhyNotAtDesk(actor_.role, request_.channel);
        !why.empty())
      return DeskProblem(agenda_, "/channel", why);
    const Identities::Reading reading = in_.people_->identities.Read();
    rules::Identity identity =
        rules::Identify(agenda_.rules, request_.applicant, in_.peppers_.Of(agenda_.id), now_);
    if (!identity.problems.empty()) {
      ReservationAnswer answer = DeskRefusal(Outcome::kValidationFailed, agenda_);
      answer.problems = std::move(identity.problems);
      return answer;
    }
    person_ = {identity.subject, in_.people_->identities.Of(identity.subject)};
    const bool has_key = !request_.idempotency_key.empty();
    idempotency_ = has_key ? in_.names_->IdempotencyOf(request_.idempotency_key, request_.body_hash)
                           : in_.names_->NoIdempotency(person_.subject, now_.ms);
    // A repeat is answered whatever the disk or the slot.
    if (const auto existing = in_.LiveOf(act_, person_.subject, now_)) return Existing(*existing);
    if (auto refusal = desk_.MayBook({&person_, 1}, request_.slot)) return *std::move(refusal);
    return Book();
  }

 private:
  ReservationAnswer Existing(const ledger::SeatView& seat) {
    const bool is_holder = !request_.idempotency_key.empty() &&
                           Names::SameKey(seat.idempotency, idempotency_) &&
                           in_.people_->identities.TimesRekeyed(seat.origin) == 0;
    if (!is_holder) return desk_.Tell(Outcome::kAlreadyReserved, {&person_, 1});
    if (seat.idempotency != idempotency_ || seat.agenda != agenda_.id)
      return DeskRefusal(Outcome::kIdempotencyMismatch, agenda_);
    return Made(seat, /*existed=*/true);
  }

  ReservationAnswer Made(const ledger::SeatView& seat, bool existed) {
    ReservationAnswer answer;
    answer.agenda = in_.registry_.Find(seat.agenda);
    answer.existed = existed;
    answer.reservation = in_.Describe(seat, in_.HandleOf(seat));
    return answer;
  }

  ReservationAnswer Book() {
    desk_.Attribute();
    HelperTurn turn(in_.people_->desk, agenda_, actor_, now_);
    if (const auto until = turn.CappedUntil()) return desk_.Capped(*until);
    turn.Count(act_);
    const ledger::Result result = in_.ledger_.Hold(Args(), act_);
    if (result.outcome == Outcome::kOk) {
      desk_.Note(turn, result.seat);
      return Made(result.seat, /*existed=*/false);
    }
    turn.TakeBack(act_);
    if (result.outcome == Outcome::kAlreadyReserved) return Existing(result.seat);
    return desk_.NoSeat(result.outcome, request_.slot);
  }

  ledger::HoldArgs Args() const {
    const rules::BookableWindow window = rules::BookableAt(agenda_.rules, agenda_.zone, now_);
    ledger::HoldArgs args;
    args.agenda = agenda_.id;
    args.channel = request_.channel;
    args.slot = request_.slot;
    args.earliest = window.earliest_start;
    args.latest = window.latest_start;
    args.subject = person_.subject;
    args.idempotency = idempotency_;
    args.into = ledger::SeatState::kConfirmed;
    args.random = in_.names_->Random(person_.subject, now_.ms, 2);
    return args;
  }

  Engine::Impl& in_;
  Act& act_;
  const DeskRequest& request_;
  const Actor& actor_;
  const AgendaInfo& agenda_;
  const Instant now_;
  DeskAct desk_;
  DeskPerson person_;
  uint64_t idempotency_ = 0;
};

}  // namespace

ReservationAnswer BookAtDesk(Engine& engine, Act& act, const DeskRequest& request,
                             const Actor& actor, Instant now) {
  Engine::Impl& in = engine.inside();
  const AgendaInfo* const agenda = in.registry_.Find(request.agenda);
  ReservationAnswer answer;
  answer.outcome = Outcome::kUnknownAgenda;
  if (agenda != nullptr) answer = AtDesk(in, act, request, actor, *agenda, now).Do();
  in.refusals_.Count(answer.agenda, answer.outcome);
  if (answer.outcome != Outcome::kOk)
    answer.attempt = in.AttemptAt(answer.agenda, request.applicant, answer.outcome, now,
                                  {.channel = request.channel});
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
