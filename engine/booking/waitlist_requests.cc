// What people do in waitlists: take a place, look at it, leave.

#include "booking/engine_impl.h"
#include "booking/freed_seats.h"
#include "booking/helper_turn.h"
#include "booking/waitlist_answers.h"
#include "rules/desk.h"
#include "rules/identity.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

using codec::PlaceState;
using codec::WaitlistPlace;

constexpr uint64_t kRankSalt = uint64_t{0x57} << 32;  // and the agenda: for nothing else

PlaceAnswer Answered(Outcome outcome, const AgendaInfo* agenda) {
  PlaceAnswer answer;
  answer.outcome = outcome;
  answer.agenda = agenda;
  return answer;
}

// With a Reading.
PlaceView Describe(Engine::Impl& in, Act& act, const WaitlistPlace& place, Instant now) {
  const AgendaInfo& agenda = *in.registry_.Find(place.agenda);
  PlaceView view;
  view.name = in.names_->NameOf(Names::Kind::kPlace, place.number);
  view.key = in.names_->KeyOf(Names::Kind::kPlace, place.number, place.subject, place.idempotency);
  view.place = place;
  view.drawn_at = rules::DayBegins(agenda.zone, place.day + 1);
  if (codec::IsEnded(place.state)) return view;
  if (now >= view.drawn_at) view.ahead = in.people_->waitlist.Ahead(place);
  // The seat says what is offered, also where the place does not know yet.
  const auto seat = ReservationOf(in, act, place);
  if (seat && IsOfferOf(in, place, *seat)) view.offer = in.Describe(*seat, in.HandleOf(*seat));
  return view;
}

// Those who come by themselves are held up as at a queue's door; an agent has seen somebody.
std::optional<PlaceAnswer> MayJoin(Engine::Impl& in, const AgendaInfo& agenda,
                                   const JoinRequest& request, const Subject& subject,
                                   Instant now) {
  PlaceAnswer answer = Answered(Outcome::kRateLimited, &agenda);
  if (const auto later_s = in.proofs_->TooOften(subject, in.clock_.MonotonicNs())) {
    answer.poll_after_s = *later_s;
    return answer;
  }
  answer.problems = in.NotVouchedFor(agenda, request.applicant, request.assertion,
                                     "W" + std::string(request.idempotency_key), now);
  if (!answer.problems.empty()) {
    answer.outcome = Outcome::kValidationFailed;
    return answer;
  }
  in.proofs_->NoteArrival(now);
  if (in.proofs_->IsShut(agenda, now) && !in.proofs_->Accepts(agenda, subject, request.pass, now) &&
      !(request.proof && in.proofs_->Accepts(agenda, *request.proof, now))) {
    answer.outcome = Outcome::kProofOfWorkRequired;
    answer.challenge = in.proofs_->Challenge(agenda, now);
    return answer;
  }
  return std::nullopt;
}

// Somebody who joins, by himself or by somebody of the staff.
class Joining {
 public:
  Joining(Engine::Impl& in, Act& act, const JoinRequest& request, const Actor* actor,
          const AgendaInfo& agenda, Instant now)
      : in_(in), act_(act), request_(request), actor_(actor), agenda_(agenda), now_(now) {}

  PlaceAnswer Do() {
    if (auto refusal = MayAsk()) return *std::move(refusal);
    const Identities::Reading reading = in_.people_->identities.Read();
    rules::Identity identity =
        rules::Identify(agenda_.rules, request_.applicant, in_.peppers_.Of(agenda_.id), now_);
    if (!identity.problems.empty()) {
      PlaceAnswer answer = Answered(Outcome::kValidationFailed, &agenda_);
      answer.problems = std::move(identity.problems);
      return answer;
    }
    subject_ = in_.people_->identities.Of(identity.subject);
    const bool has_key = !request_.idempotency_key.empty();
    idempotency_ = has_key ? in_.names_->IdempotencyOf(request_.idempotency_key,
                                                       1 + static_cast<uint64_t>(request_.channel))
                           : in_.names_->NoIdempotency(subject_, now_.ms);
    if (const auto known = PlaceOfTheirs()) return Known(*known);
    if (actor_ == nullptr) {
      if (auto refusal = MayJoin(in_, agenda_, request_, subject_, now_))
        return *std::move(refusal);
    }
    if (!in_.IsListed(agenda_, identity.subject, subject_)) return Tell(Outcome::kNotListed);
    if (in_.LiveOf(act_, subject_, now_)) return Tell(Outcome::kAlreadyReserved);
    if (in_.LogRoom() != Room::kPlenty) return Answered(Outcome::kReadOnly, &agenda_);
    return actor_ == nullptr ? Take() : TakeFor();
  }

 private:
  // What the staff may ask for, whoever it is for. An agent has seen who somebody is; the roster is
  // asked of everybody, now and when a seat is offered.
  std::optional<PlaceAnswer> MayAsk() {
    if (actor_ == nullptr) return std::nullopt;
    PlaceAnswer answer = Answered(Outcome::kValidationFailed, &agenda_);
    const std::string_view why = rules::WhyNotAtDesk(actor_->role, request_.channel);
    if (!why.empty()) {
      answer.problems.push_back({"/channel", std::string(why)});
      return answer;
    }
    if (rules::IdentityAtDesk(actor_->role, agenda_.rules.identity_proof) ==
        rules::DeskIdentity::kRefused) {
      answer.problems.push_back({"/applicant", std::string(rules::kNotVouchedFor)});
      return answer;
    }
    return std::nullopt;
  }

  // Under whatever is known to be theirs by now; of several the one that was taken with that key.
  std::optional<WaitlistPlace> PlaceOfTheirs() const {
    std::optional<WaitlistPlace> theirs;
    for (const Subject& known : in_.people_->identities.AllNow(subject_)) {
      const auto place = in_.people_->waitlist.Of(agenda_.id, known);
      if (place && (!theirs || Names::SameKey(place->idempotency, idempotency_))) theirs = place;
    }
    return theirs;
  }

  // Who has a place gets it again with the key that it was taken with.
  PlaceAnswer Known(const WaitlistPlace& known) {
    const bool has_key = !request_.idempotency_key.empty();
    if (!has_key || !Names::SameKey(known.idempotency, idempotency_)) {
      if (actor_ == nullptr) {
        if (auto refusal = TooOften()) return *std::move(refusal);
      }
      return Tell(Outcome::kAlreadyWaiting);
    }
    if (known.idempotency != idempotency_) return Answered(Outcome::kIdempotencyMismatch, &agenda_);
    PlaceAnswer answer = Answered(Outcome::kOk, &agenda_);
    answer.existed = true;
    answer.place = Describe(in_, act_, known, now_);
    return answer;
  }

  std::optional<PlaceAnswer> TooOften() {
    const auto later_s = in_.proofs_->TooOften(subject_, in_.clock_.MonotonicNs());
    if (!later_s) return std::nullopt;
    PlaceAnswer answer = Answered(Outcome::kRateLimited, &agenda_);
    answer.poll_after_s = *later_s;
    return answer;
  }

  // What tells something of that person. Whoever of the staff tries names stands in the log, and a
  // helper may not do so many times.
  PlaceAnswer Tell(Outcome outcome) {
    if (actor_ == nullptr) return Answered(outcome, &agenda_);
    if (actor_->role == rules::Role::kHelper) {
      if (auto refusal = TooOften()) return *std::move(refusal);
    }
    if (in_.LogRoom() != Room::kPlenty) return Answered(Outcome::kReadOnly, &agenda_);
    Attribute();
    return Answered(outcome, &agenda_);
  }

  void Attribute() { in_.Attribute(act_, *actor_, "waitlist", agenda_, std::nullopt, "", now_); }

  PlaceAnswer TakeFor() {
    Attribute();
    HelperTurn turn(in_.people_->desk, agenda_, *actor_, now_);
    if (const auto until = turn.CappedUntil()) {
      PlaceAnswer answer = Answered(Outcome::kCapReached, &agenda_);
      answer.opens_at = *until;
      return answer;
    }
    turn.Count(act_);
    PlaceAnswer answer = Take();
    if (answer.outcome != Outcome::kOk) turn.TakeBack(act_);
    return answer;
  }

  PlaceAnswer Take() {
    WaitlistPlace place;
    place.agenda = agenda_.id;
    place.subject = subject_;
    place.channel = request_.channel;
    place.day = rules::DayAt(agenda_.zone, now_);
    place.rank = in_.names_->Random(subject_, place.day, kRankSalt | agenda_.id.value);
    place.idempotency = idempotency_;
    place.joined_at = place.since = now_;
    const Waitlist::Joined joined = in_.people_->waitlist.Join(
        &place, [this](uint64_t last) { return in_.names_->NextNumber(last); },
        [this](std::string record) { act_.PushOwned(std::move(record)); });
    if (joined == Waitlist::Joined::kHasOne) return Answered(Outcome::kAlreadyWaiting, &agenda_);
    if (joined == Waitlist::Joined::kFull) return Answered(Outcome::kOverloaded, &agenda_);
    PlaceAnswer answer = Answered(Outcome::kOk, &agenda_);
    answer.place = Describe(in_, act_, place, now_);
    return answer;
  }

  Engine::Impl& in_;
  Act& act_;
  const JoinRequest& request_;
  const Actor* const actor_;
  const AgendaInfo& agenda_;
  const Instant now_;
  Subject subject_;
  uint64_t idempotency_ = 0;
};

}  // namespace

bool IsOfferOf(const Engine::Impl& in, const WaitlistPlace& place, const ledger::SeatView& seat) {
  return seat.word.state() == ledger::SeatState::kOffered && seat.agenda == place.agenda &&
         seat.idempotency == place.idempotency &&
         in.people_->identities.TimesRekeyed(seat.origin) == 0;
}

std::optional<ledger::SeatView> ReservationOf(Engine::Impl& in, Act& act,
                                              const WaitlistPlace& place) {
  if (place.state == PlaceState::kOffered) {
    const auto offered = in.ledger_.Look(place.offer, act);
    if (offered && ledger::IsReserved(offered->word.state())) return offered;
  }
  return in.ledger_.Find(in.people_->identities.Now(place.subject), act);
}

PlaceAnswer JoinWaitlist(Engine& engine, Act& act, const JoinRequest& request, const Actor* actor,
                         Instant now) {
  Engine::Impl& in = engine.inside();
  const AgendaInfo* const agenda = in.registry_.Find(request.agenda);
  if (agenda == nullptr) return Answered(Outcome::kUnknownAgenda, nullptr);
  if (!agenda->rules.waitlist) return Answered(Outcome::kNoWaitlist, agenda);
  return Joining(in, act, request, actor, *agenda, now).Do();
}

namespace {

// The place of that name, if the key is its. Otherwise nothing, after the same work.
std::optional<WaitlistPlace> PlaceOf(const Engine::Impl& in, const HolderRequest& request) {
  const std::optional<uint64_t> number = in.names_->Parse(Names::Kind::kPlace, request.name);
  const std::optional<WaitlistPlace> place = in.people_->waitlist.Find(number.value_or(0));
  const WaitlistPlace& known = place ? *place : WaitlistPlace{};
  const bool same = Names::Same(
      in.names_->KeyOf(Names::Kind::kPlace, known.number, known.subject, known.idempotency),
      request.key);
  return same ? place : std::nullopt;
}

}  // namespace

PlaceAnswer ReadPlace(Engine& engine, Act& act, const HolderRequest& request, Instant now) {
  Engine::Impl& in = engine.inside();
  const std::optional<WaitlistPlace> place = PlaceOf(in, request);
  if (!place) return Answered(Outcome::kUnknownPlace, nullptr);
  PlaceAnswer answer = Answered(Outcome::kOk, in.registry_.Find(place->agenda));
  const Identities::Reading reading = in.people_->identities.Read();
  answer.place = Describe(in, act, *place, now);
  return answer;
}

PlaceAnswer LeaveWaitlist(Engine& engine, Act& act, const HolderRequest& request, Instant now) {
  Engine::Impl& in = engine.inside();
  const Identities::Reading reading = in.people_->identities.Read();
  for (;;) {
    const std::optional<WaitlistPlace> place = PlaceOf(in, request);
    if (!place) return Answered(Outcome::kUnknownPlace, nullptr);
    PlaceAnswer answer = Answered(Outcome::kOk, in.registry_.Find(place->agenda));
    answer.existed = codec::IsEnded(place->state);
    WaitlistPlace left = *place;
    if (!answer.existed) {
      if (in.LogRoom() == Room::kReserve) return Answered(Outcome::kReadOnly, answer.agenda);
      left.state = PlaceState::kLeft;
      left.since = now;
      const auto push = [&act](std::string record) { act.PushOwned(std::move(record)); };
      if (!in.people_->waitlist.Change(*place, left, push))
        continue;  // the steward was there: look again
      const auto seat = ReservationOf(in, act, *place);
      if (seat && IsOfferOf(in, *place, *seat))
        in.ledger_.Cancel(seat->origin, in.DeadlineTime(now),
                          CoolsUntil(*answer.agenda, seat->word.channel(), now,
                                     in.names_->Random(seat->subject, now.ms, 3)),
                          act);
    }
    answer.place = Describe(in, act, left, now);
    return answer;
  }
}

size_t WaitingFor(const Engine& engine, AgendaId agenda, Channel channel) {
  return engine.inside().people_->waitlist.Waiting(agenda, channel);
}

}  // namespace creneau::booking
