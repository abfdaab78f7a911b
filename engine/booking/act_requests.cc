// Acts of two persons: one proposes, another one approves what the first has proposed, and either
// of them can withdraw it before.

#include <cstring>

#include "base/check.h"
#include "booking/engine_impl.h"

namespace creneau::booking {
namespace {

struct Words {
  std::string_view propose;
  std::string_view approve;
};

Words WordsOf(codec::ActKind kind) {
  switch (kind) {
    case codec::ActKind::kCorrection:
      return {"propose-correct", "approve-correct"};
    case codec::ActKind::kRepair:
      return {"propose-repair", "approve-repair"};
    case codec::ActKind::kLink:
      return {"propose-link", "approve-link"};
  }
  CHECK(false);
}

}  // namespace

IdentityAnswer Engine::Impl::Propose(Act& act, codec::ActProposed proposed,
                                     const AgendaInfo& agenda, const Actor& actor, Instant now) {
  IdentityAnswer answer;
  answer.agenda = &agenda;
  // The same of the same person again: its reply was lost.
  for (const PairAct& waiting : people_->acts.Waiting(now)) {
    codec::ActProposed same = waiting.proposed;
    same.act = proposed.act;
    same.at = proposed.at;
    if (same == proposed) {
      answer.act = waiting;
      answer.existed = true;
      return answer;
    }
  }
  if (LogRoom() != Room::kPlenty) return Denied(Outcome::kReadOnly, &agenda);
  if (!people_->acts.HasRoom(proposed.person, now)) {
    answer.outcome = Outcome::kOverloaded;
    return answer;
  }
  std::array<uint8_t, sizeof proposed.act> random;
  entropy_.Fill(random);
  std::memcpy(&proposed.act, random.data(), sizeof proposed.act);
  Attribute(act, actor, WordsOf(proposed.kind).propose, agenda, proposed.origin, proposed.reason,
            now);
  act.PushOwned(codec::EncodeProposed(proposed));
  people_->acts.Take(proposed);
  answer.act = people_->acts.Find(proposed.act, now);
  return answer;
}

// Whether the seat is still whose papers were seen when its repair was proposed: a correction may
// have come between.
bool Engine::Impl::IsOwners(const codec::ActProposed& repair, const ledger::SeatView& seat) const {
  return people_->identities.Of(repair.right) == seat.subject;
}

// With a Writing. What was proposed may no longer be what it was about: then it is settled.
Outcome Engine::Impl::CarryOut(Act& act, const codec::ActProposed& proposed,
                               const ledger::SeatView& seat, Instant now) {
  switch (proposed.kind) {
    case codec::ActKind::kRepair:
      if (!IsOwners(proposed, seat)) return Outcome::kActSettled;
      Rekey(act, seat);
      return Outcome::kOk;
    case codec::ActKind::kCorrection:
      if (proposed.booked != Subject{} && people_->identities.Of(proposed.booked) != seat.subject)
        return Outcome::kActSettled;
      return Rebind(act, seat, proposed.right, now);
    case codec::ActKind::kLink: {
      const Joined joined = ToJoin(act, proposed.right, proposed.booked, now);
      if (joined.existed) return Outcome::kOk;
      if (joined.outcome != Outcome::kOk) return joined.outcome;
      if (!joined.seat || joined.seat->origin != proposed.origin) return Outcome::kActSettled;
      PutInForce(act, {proposed.agenda, now, joined.links});
      return Outcome::kOk;
    }
  }
  CHECK(false);
}

IdentityAnswer Engine::Impl::Approve(Act& act, std::string_view name, const Actor& actor,
                                     Instant now) {
  const Identities::Writing writing = people_->identities.Write();
  const std::optional<uint64_t> id = ParseActName(name);
  const std::optional<PairAct> known = id ? people_->acts.Find(*id, now) : std::nullopt;
  if (!known) return Denied(Outcome::kUnknownAct);
  const codec::ActProposed& proposed = known->proposed;
  const AgendaInfo& agenda = *registry_.Find(proposed.agenda);
  if (!Covers(actor, agenda.rules.name)) return Denied(Outcome::kUnknownAct);
  // Persons are compared, not keys: whoever has two is one. A site is nobody here.
  if (!IsPerson(actor) || proposed.person == actor.person)
    return Denied(Outcome::kSecondPersonNeeded, &agenda);
  if (known->settled && (known->settled->withdrawn || known->settled->person != actor.person))
    return Denied(Outcome::kActSettled, &agenda);
  const auto seat = LiveByName(act, names_->NameOf(proposed.origin).view(), now);
  if (!seat) return Denied(Outcome::kUnknownReservation, &agenda);
  const bool repair = proposed.kind == codec::ActKind::kRepair;
  // The key of a later repair is for whoever approved that.
  if (known->settled && repair &&
      (known->settled->times != people_->identities.TimesRekeyed(seat->origin) ||
       !IsOwners(proposed, *seat)))
    return Denied(Outcome::kActSettled, &agenda);
  if (LogRoom() != Room::kPlenty) return Denied(Outcome::kReadOnly, &agenda);
  IdentityAnswer answer;
  answer.agenda = &agenda;
  answer.existed = known->settled.has_value();
  answer.rekeyed = repair;
  // A repeat shows the key again: who has seen it, the log says each time.
  Attribute(act, actor, WordsOf(proposed.kind).approve, agenda, proposed.origin, proposed.reason,
            now);
  if (!answer.existed) {
    answer.outcome = CarryOut(act, proposed, *seat, now);
    if (answer.outcome != Outcome::kOk) return answer;
    const codec::ActSettled settled{proposed.act, std::string(actor.person), now, false,
                                    repair ? people_->identities.TimesRekeyed(seat->origin) : 0};
    act.PushOwned(codec::EncodeSettled(settled));
    people_->acts.Take(settled);
  }
  answer.act = people_->acts.Find(proposed.act, now);
  answer.reservation = Describe(*seat, HandleOf(*seat));
  return answer;
}

// Whoever may approve it, and whoever proposed it, can say that it is not to be.
IdentityAnswer Engine::Impl::Withdraw(Act& act, std::string_view name, const Actor& actor,
                                      Instant now) {
  const Identities::Writing writing = people_->identities.Write();
  const std::optional<uint64_t> id = ParseActName(name);
  const std::optional<PairAct> known = id ? people_->acts.Find(*id, now) : std::nullopt;
  if (!known) return Denied(Outcome::kUnknownAct);
  const AgendaInfo& agenda = *registry_.Find(known->proposed.agenda);
  if (!Covers(actor, agenda.rules.name)) return Denied(Outcome::kUnknownAct);
  if (known->settled && !known->settled->withdrawn) return Denied(Outcome::kActSettled, &agenda);
  IdentityAnswer answer;
  answer.agenda = &agenda;
  answer.existed = known->settled.has_value();
  if (!answer.existed) {
    if (LogRoom() != Room::kPlenty) return Denied(Outcome::kReadOnly, &agenda);
    Attribute(act, actor, "withdraw", agenda, known->proposed.origin, known->proposed.reason, now);
    const codec::ActSettled settled{known->proposed.act, std::string(actor.person), now, true, 0};
    act.PushOwned(codec::EncodeSettled(settled));
    people_->acts.Take(settled);
  }
  answer.act = people_->acts.Find(known->proposed.act, now);
  return answer;
}

std::vector<WaitingAct> Engine::Impl::WaitingActs(const Actor& actor, Instant now) const {
  std::vector<WaitingAct> waiting;
  for (PairAct& act : people_->acts.Waiting(now)) {
    const AgendaInfo* const agenda = registry_.Find(act.proposed.agenda);
    if (Covers(actor, agenda->rules.name)) waiting.push_back({std::move(act), agenda});
  }
  return waiting;
}

}  // namespace creneau::booking
