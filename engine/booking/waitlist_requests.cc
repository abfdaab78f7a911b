// What people do in waitlists: take a place, look at it, leave.

#include "base/limits_waitlist.h"
#include "booking/attribution.h"
#include "booking/engine_impl.h"
#include "booking/freed_seats.h"
#include "booking/waitlist_answers.h"
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

// Theirs, also where their identities have become one person's since; with a Reading.
std::optional<ledger::SeatView> ReservationOf(Engine::Impl& in, Act& act,
                                              const WaitlistPlace& place) {
  return in.ledger_.Find(in.people_->identities.Of(place.subject), act);
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

}  // namespace

bool IsOfferOf(const Engine::Impl& in, const WaitlistPlace& place, const ledger::SeatView& seat) {
  return seat.word.state() == ledger::SeatState::kOffered && seat.agenda == place.agenda &&
         seat.idempotency == place.idempotency &&
         in.people_->identities.TimesRekeyed(seat.origin) == 0;
}

PlaceAnswer JoinWaitlist(Engine& engine, Act& act, const JoinRequest& request, const Actor* actor,
                         Instant now) {
  Engine::Impl& in = engine.inside();
  const AgendaInfo* const agenda = in.registry_.Find(request.agenda);
  if (agenda == nullptr) return Answered(Outcome::kUnknownAgenda, nullptr);
  if (!agenda->rules.waitlist) return Answered(Outcome::kNoWaitlist, agenda);
  const Identities::Reading reading = in.people_->identities.Read();
  rules::Identity identity =
      rules::Identify(agenda->rules, request.applicant, in.peppers_.Of(agenda->id), now);
  PlaceAnswer answer = Answered(Outcome::kValidationFailed, agenda);
  answer.problems = std::move(identity.problems);
  if (!answer.problems.empty()) return answer;
  const Subject subject = in.people_->identities.Of(identity.subject);
  const bool has_key = !request.idempotency_key.empty();
  const uint64_t idempotency =
      has_key ? in.names_->IdempotencyOf(request.idempotency_key,
                                         1 + static_cast<uint64_t>(request.channel))
              : in.names_->NoIdempotency(subject, now.ms);
  if (const auto known = in.people_->waitlist.Of(agenda->id, subject)) {
    if (!has_key || !Names::SameKey(known->idempotency, idempotency)) {
      if (const auto later_s = in.proofs_->TooOften(subject, in.clock_.MonotonicNs())) {
        answer.outcome = Outcome::kRateLimited;
        answer.poll_after_s = *later_s;
        return answer;
      }
      return Answered(Outcome::kAlreadyWaiting, agenda);
    }
    if (known->idempotency != idempotency) return Answered(Outcome::kIdempotencyMismatch, agenda);
    answer.outcome = Outcome::kOk;
    answer.existed = true;
    answer.place = Describe(in, act, *known, now);
    return answer;
  }
  if (actor == nullptr) {
    if (auto refusal = MayJoin(in, *agenda, request, subject, now)) return *std::move(refusal);
  }
  if (!in.IsListed(*agenda, identity.subject, subject))
    return Answered(Outcome::kNotListed, agenda);
  if (in.LiveOf(act, subject, now)) return Answered(Outcome::kAlreadyReserved, agenda);
  if (in.LogRoom() != Room::kPlenty) return Answered(Outcome::kReadOnly, agenda);
  if (actor != nullptr) in.Attribute(act, *actor, "waitlist", *agenda, std::nullopt, "", now);
  WaitlistPlace place;
  place.agenda = agenda->id;
  place.subject = subject;
  place.channel = request.channel;
  place.day = rules::DayAt(agenda->zone, now);
  place.rank = in.names_->Random(subject, place.day, kRankSalt | agenda->id.value);
  place.idempotency = idempotency;
  place.joined_at = place.since = now;
  const Waitlist::Joined joined = in.people_->waitlist.Join(
      &place, [&in](uint64_t last) { return in.names_->NextNumber(last); },
      [&act](std::string record) { act.PushOwned(std::move(record)); });
  if (joined == Waitlist::Joined::kHasOne) return Answered(Outcome::kAlreadyWaiting, agenda);
  if (joined == Waitlist::Joined::kFull) return Answered(Outcome::kOverloaded, agenda);
  answer.outcome = Outcome::kOk;
  answer.place = Describe(in, act, place, now);
  return answer;
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
