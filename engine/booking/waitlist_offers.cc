// What becomes of seats that come back (design 5): first people whose own day the office has
// closed, then who waits, then everybody. Done by the steward, who alone makes offers.

#include "base/limits_waitlist.h"
#include "booking/engine_impl.h"
#include "booking/freed_seats.h"
#include "rules/freed.h"
#include "rules/opening.h"

namespace creneau::booking {
namespace {

using codec::PlaceState;
using codec::WaitlistPlace;
using ledger::SeatState;

constexpr size_t kAskedAtOnce = 64;

}  // namespace

Instant CoolsUntil(const AgendaInfo& agenda, Channel channel, Instant now, uint64_t random) {
  // Of a draw: it rolls on, and on the web nobody can hold what nobody takes.
  const bool drawn = agenda.rules.draw && channel == Channel::kWeb;
  return rules::CoolsUntil(agenda.rules, agenda.zone, channel, now,
                           /*passes_on=*/agenda.rules.waitlist || drawn, random);
}

namespace {

// Where its holder has left meanwhile, that stands, and the answer is false.
bool Settle(Engine::Impl& in, const WaitlistPlace& before, PlaceState state, SeatRef offer,
            Instant now, Act& act) {
  WaitlistPlace after = before;
  after.state = state;
  after.since = now;
  if (state == PlaceState::kOffered && offer != before.offer) {
    ++after.offers;
    after.offer = offer;
  }
  return in.people_->waitlist.Change(
      before, after, [&act](std::string record) { act.PushOwned(std::move(record)); });
}

// They have a reservation: by themselves, or by an offer of which a crash took the place's record.
// What they only hold may come to nothing.
void SettleByReservation(Engine::Impl& in, const WaitlistPlace& place,
                         const ledger::SeatView& reservation, Instant now, Act& act) {
  const SeatState state = reservation.word.state();
  if (state == SeatState::kConfirmed) {
    Settle(in, place, PlaceState::kServed, {}, now, act);
  } else if (IsOfferOf(in, place, reservation)) {
    Settle(in, place, PlaceState::kOffered, reservation.origin, now, act);
  }
}

// With a Reading. Offers a seat that was set aside to that place. False: it is not for them.
bool OfferTo(Engine::Impl& in, const WaitlistPlace& place, SeatId seat, Instant deadline,
             Instant now, Act& act) {
  const AgendaInfo& agenda = *in.registry_.Find(place.agenda);
  // Whose identities have become one person's since has one reservation for all of them.
  const Subject subject = in.people_->identities.Now(place.subject);
  if (!in.IsListed(agenda, subject)) return false;
  if (const auto live = in.ledger_.Find(subject, act)) {
    SettleByReservation(in, place, *live, now, act);
    return false;
  }
  const ledger::Result result =
      in.ledger_.OfferAside(seat, {subject, place.idempotency, deadline, SeatState::kOffered}, act);
  if (result.outcome == Outcome::kOk) {
    // Who has left a moment ago wants it no more: as one that was given up.
    if (!Settle(in, place, PlaceState::kOffered, result.seat.origin, now, act))
      in.ledger_.Cancel(result.seat.origin, now, now, act);
    return true;
  }
  if (result.outcome == Outcome::kAlreadyReserved)
    SettleByReservation(in, place, result.seat, now, act);
  return false;
}

// Offers the seat to the first of those who wait for it. False: there is nobody.
bool PassOn(Engine::Impl& in, const AgendaInfo& agenda, SeatId seat, Instant starts_at, bool* aside,
            Instant now, Act& act) {
  const Channel channel = in.ledger_.WordOf(seat).channel();
  const Instant until = rules::OfferedUntil(agenda.rules, channel, starts_at, now);
  if (until - now < limits::kLeastOfferMs || in.openings_->BriefAt(agenda, now).state.paused)
    return false;
  const Identities::Reading reading = in.people_->identities.Read();
  const int32_t today = rules::DayAt(agenda.zone, now);
  std::optional<WaitlistPlace> last;
  for (;;) {
    const std::vector<WaitlistPlace> next =
        in.people_->waitlist.First(agenda.id, channel, today, kAskedAtOnce, last);
    for (const WaitlistPlace& place : next) {
      // Only now: a seat is set aside for somebody.
      if (!*aside && !in.ledger_.Aside(seat, now, act)) return false;
      *aside = true;
      if (OfferTo(in, place, seat, until, now, act)) return true;
    }
    if (next.size() < kAskedAtOnce) return false;
    last = next.back();
  }
}

// True: the seat is free, or somebody's whose own day was closed. Only one that they can be moved
// to, and only when they cannot be moved to one that is free anyway: otherwise it would be
// everybody's at a moment that whoever gave it up knows. While somebody is moved there it is, for
// microseconds.
bool GiveToDisplaced(Engine::Impl& in, const AgendaInfo& agenda, SeatId seat, Instant starts_at,
                     bool aside, Instant now, Act& act) {
  const Channel channel = in.ledger_.WordOf(seat).channel();
  if (!CanBeMovedTo(agenda, starts_at, now) || !HasDisplaced(in, agenda, channel, now, act))
    return false;
  const SeatState before = in.ledger_.WordOf(seat).state();
  MoveDisplaced(in, agenda, now, act);
  if (in.ledger_.WordOf(seat).state() != before) return true;  // it was kept, and given to one
  if (!HasDisplaced(in, agenda, channel, now, act)) return false;
  in.kept_aside_.erase(seat);
  if (!(aside ? in.ledger_.FreeAside(seat, act) : in.ledger_.Free(seat, now, act))) return false;
  MoveDisplaced(in, agenda, now, act);
  return true;
}

}  // namespace

Reassigned Reassign(Engine::Impl& in, SeatId seat, Instant now, Act& act) {
  const ledger::SeatWord word = in.ledger_.WordOf(seat);
  const std::optional<ledger::SeatTime> time = in.ledger_.TimeOf(seat);
  const AgendaInfo* const agenda = time ? in.registry_.Find(time->agenda) : nullptr;
  bool aside = word.state() == SeatState::kAside;
  // It was set aside once before, and taken out of the calendar then: that moment is not this
  // one's.
  if (!aside) in.kept_aside_.erase(seat);
  if (agenda == nullptr || (!aside && word.last())) return {};
  if (GiveToDisplaced(in, *agenda, seat, time->starts_at, aside, now, act))
    return {true, std::nullopt};
  // Who stands in line comes before who waits for what the line leaves.
  if (!aside && in.openings_->TakeLetGo(*agenda, ledger::WholeRef(seat, word.generation()), now))
    return {};
  // Who entered a draw comes before who waits for whatever is left.
  if (agenda->rules.draw && in.draw_keeper_->TakeBack(*agenda, seat, *time, now, act, &aside)) {
    in.kept_aside_.erase(seat);
    return {true, std::nullopt};
  }
  if (!aside && !agenda->rules.waitlist) return {};
  if (PassOn(in, *agenda, seat, time->starts_at, &aside, now, act)) {
    in.kept_aside_.erase(seat);
    return {true, std::nullopt};
  }
  // Nobody is there to take it. It waits as any freed seat does: whoever gave it up must not know
  // when it comes back.
  if (!aside && !in.ledger_.Aside(seat, now, act)) return {};
  const uint64_t random = in.names_->Random(Subject{word.bits(), 0}, now.ms, seat.value);
  const auto [kept, fresh] = in.kept_aside_.try_emplace(
      seat, rules::CoolsUntil(agenda->rules, agenda->zone, word.channel(), now,
                              /*passes_on=*/false, random));
  if (now < kept->second) return {true, std::min(kept->second, now + limits::kLookForTakersMs)};
  in.kept_aside_.erase(kept);
  return {in.ledger_.FreeAside(seat, act), std::nullopt};
}

void NoteServed(Engine::Impl& in, AgendaId agenda, const Subject& subject, Instant now, Act& act) {
  if (const auto place = in.people_->waitlist.Of(agenda, subject))
    Settle(in, *place, PlaceState::kServed, {}, now, act);
}

// What has become of offers, by the seats: confirmed, given up, lapsed. And people who wait and
// have a seat otherwise do not wait any more.
void TendWaitlist(Engine::Impl& in, Instant now, Act& act) {
  const Identities::Reading reading = in.people_->identities.Read();
  for (const WaitlistPlace& place : in.people_->waitlist.Offered()) {
    act.Begin();
    const auto seat = ReservationOf(in, act, place);
    if (seat && IsOfferOf(in, place, *seat)) continue;
    const bool taken = seat && seat->word.state() != SeatState::kOffered;
    Settle(in, place,
           taken                                    ? PlaceState::kServed
           : place.offers >= limits::kOffersOfPlace ? PlaceState::kLapsed
                                                    : PlaceState::kWaiting,
           {}, now, act);
  }
  for (const WaitlistPlace& place : in.people_->waitlist.NextWaiting(kAskedAtOnce)) {
    act.Begin();
    const auto seat = ReservationOf(in, act, place);
    if (seat && seat->word.state() == SeatState::kConfirmed)
      Settle(in, place, PlaceState::kServed, {}, now, act);
  }
  in.people_->waitlist.Forget(now - limits::kEndedPlaceMs, limits::kForgottenAtOnce);
}

}  // namespace creneau::booking
