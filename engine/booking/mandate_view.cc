// Mandates as they are looked at: listed, counted, told of when they are due.

#include "booking/mandate_view.h"

#include <algorithm>
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
    if (due_days && !MandateTable::Waits(mandate)) continue;
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
    if (!MandateTable::Waits(mandate)) continue;
    const int left = mandate.deadline - DayAt(*sum.agenda, now);
    ++sum.waiting;
    sum.due += left <= limits::kMandateDueDays ? 1 : 0;
    sum.over += left < 0 ? 1 : 0;
  }
  std::vector<MandatesWaiting> all;
  for (auto& [agenda, sum] : sums) all.push_back(sum);
  return all;
}

void MandateAlarm::Look(Engine::Impl& in, Instant now, Act& act,
                        const std::function<bool()>& finish) {
  // A clock that was set back is followed.
  if (now < next_look_ && next_look_ - now <= limits::kMandateLookMs) return;
  next_look_ = now + limits::kMandateLookMs;
  if (in.LogRoom() != Room::kPlenty) return;
  {
    const Lock turn = in.people_->mandates.Begin();
    for (Mandate mandate : in.people_->mandates.All(turn)) {
      if (!MandateTable::Waits(mandate) || mandate.told) continue;
      const AgendaInfo& agenda = *in.registry_.Find(mandate.agenda);
      if (mandate.deadline - DayAt(agenda, now) > limits::kMandateDueDays) continue;
      mandate.told = true;
      PutMandate(in, turn, mandate, act);
    }
  }
  if (act.pushed()) static_cast<void>(finish());
}

}  // namespace creneau::booking
