// Mandates as they are looked at: listed, counted, told of when they are due.

#include "booking/mandate_view.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/limits_shares.h"
#include "booking/mandate_seal.h"
#include "rules/calendar.h"

namespace creneau::booking {

using codec::Mandate;
using codec::MandateState;
using Lock = MandateTable::Turn;

int32_t DayAt(const AgendaInfo& agenda, Instant now) {
  constexpr int32_t kMinutes = 24 * 60;
  return rules::LocalMinuteAt(now, agenda.zone.absl()).value / kMinutes;
}

MandateView ViewOf(Engine::Impl& in, const Mandate& mandate, const Actor& actor, Instant now) {
  MandateView view;
  view.name = in.names_->NameOf(Names::Kind::kMandate, mandate.number);
  view.mandate = mandate;
  view.agenda = in.registry_.Find(mandate.agenda);
  view.days_left = mandate.deadline - DayAt(*view.agenda, now);
  if (mandate.state == MandateState::kGiven) view.reservation = in.names_->NameOf(mandate.origin);
  const KeyedHash* const pepper = in.peppers_.Find(mandate.epoch);
  // Whoever runs the machine, or looks at what was done, has no business with what a court wrote.
  if (actor.role == rules::Role::kAgent && pepper != nullptr)
    view.decision = OpenDecision(*pepper, mandate.number, mandate.decision);
  return view;
}

void PutMandate(Engine::Impl& in, const Lock& turn, const Mandate& mandate, Act& act) {
  act.PushOwned(codec::EncodeMandate(mandate));
  in.people_->mandates.Take(turn, mandate);
}

std::vector<MandateView> ListMandates(Engine& engine, std::optional<int> due_days,
                                      const Actor& actor, Instant now) {
  Engine::Impl& in = engine.inside();
  const std::lock_guard publishing(in.publishing_);
  const Lock turn = in.people_->mandates.Begin();
  std::vector<MandateView> views;
  for (const Mandate& mandate : in.people_->mandates.All(turn)) {
    if (!Covers(actor, in.registry_.Find(mandate.agenda)->rules.name)) continue;
    if (due_days && !in.people_->mandates.LacksSeat(turn, mandate)) continue;
    MandateView view = ViewOf(in, mandate, actor, now);
    if (!due_days || view.days_left <= *due_days) views.push_back(std::move(view));
  }
  std::stable_sort(views.begin(), views.end(), [](const MandateView& a, const MandateView& b) {
    return a.mandate.deadline < b.mandate.deadline;
  });
  return views;
}

std::vector<MandatesWaiting> CountMandates(const Engine& engine, Instant now) {
  const Engine::Impl& in = engine.inside();
  std::map<AgendaId, MandatesWaiting> sums;
  const Lock turn = in.people_->mandates.Begin();
  for (const Mandate& mandate : in.people_->mandates.All(turn)) {
    MandatesWaiting& sum = sums[mandate.agenda];
    sum.agenda = in.registry_.Find(mandate.agenda);
    if (!in.people_->mandates.LacksSeat(turn, mandate)) continue;
    const int left = mandate.deadline - DayAt(*sum.agenda, now);
    ++sum.waiting;
    sum.due += left <= limits::kMandateDueDays ? 1 : 0;
    sum.over += left < 0 ? 1 : 0;
  }
  std::vector<MandatesWaiting> all;
  for (auto& [agenda, sum] : sums) all.push_back(sum);
  return all;
}

// Whether what was given is no appointment by the deadline any more. What is over was one.
bool MandateAlarm::HasLostSeat(Engine::Impl& in, const Mandate& mandate, Instant now, Act& act) {
  if (mandate.state != MandateState::kGiven) return false;
  const auto seat = in.ledger_.Look(mandate.origin, act);
  if (seat && seat->agenda == mandate.agenda &&
      seat->word.state() == ledger::SeatState::kConfirmed) {
    begins_.insert_or_assign(mandate.number, seat->starts_at);
    return DayAt(*in.registry_.Find(mandate.agenda), seat->starts_at) > mandate.deadline;
  }
  auto known = begins_.find(mandate.number);
  if (known == begins_.end()) {
    const auto time = in.ledger_.TimeOf(mandate.origin.seat);
    known = begins_.emplace(mandate.number, time ? time->starts_at : now).first;
  }
  return now < known->second;
}

bool MandateAlarm::IsOrphaned(Engine::Impl& in, const Mandate& mandate) {
  return MandateTable::Waits(mandate) &&
         mandate.epoch != in.people_->peppers.Of(in.registry_.Find(mandate.agenda)->rules.group);
}

void MandateAlarm::Look(Engine::Impl& in, Instant now, Act& act,
                        const std::function<bool()>& finish) {
  // A clock that was set back is followed.
  if (now < next_look_ && next_look_ - now <= limits::kMandateLookMs) return;
  // Which pepper a group has is not to change under this.
  std::unique_lock publishing(in.publishing_, std::try_to_lock);
  if (!publishing.owns_lock()) return;  // the next round
  next_look_ = now + limits::kMandateLookMs;
  act.Begin();
  {
    const Lock turn = in.people_->mandates.Begin();
    const std::vector<Mandate> all = in.people_->mandates.All(turn);
    std::set<uint64_t> lost;
    for (const Mandate& mandate : all) {
      if (HasLostSeat(in, mandate, now, act)) lost.insert(mandate.number);
    }
    in.people_->mandates.NoteLost(turn, std::move(lost));
    for (Mandate mandate : all) {
      if (in.LogRoom() != Room::kPlenty) break;
      if (IsOrphaned(in, mandate)) {
        mandate.state = MandateState::kVoid;
        mandate.settled_at = now;
        PutMandate(in, turn, mandate, act);
        continue;
      }
      if (!in.people_->mandates.LacksSeat(turn, mandate) || mandate.told) continue;
      const AgendaInfo& agenda = *in.registry_.Find(mandate.agenda);
      if (mandate.deadline - DayAt(agenda, now) > limits::kMandateDueDays) continue;
      mandate.told = true;
      PutMandate(in, turn, mandate, act);
    }
  }
  publishing.unlock();
  if (act.pushed()) static_cast<void>(finish());
}

}  // namespace creneau::booking
