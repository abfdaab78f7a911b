// Public reads: what anybody may see of an agenda. They rest on the ledger as it is, promise
// nothing, wait for nothing.

#include <algorithm>

#include "booking/engine_impl.h"
#include "rules/calendar.h"
#include "rules/opening.h"

namespace creneau::booking {

AgendaAnswer Engine::Impl::ReadAgenda(std::string_view name, Instant now) const {
  AgendaAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) return answer;
  const AgendaInfo& agenda = *answer.agenda;
  answer.opening = openings_->At(agenda, now);
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  // In a queue what is held may still be somebody else's.
  if (answer.opening.phase == Phase::kOpen && agenda.rules.policy == rules::Policy::kDirect &&
      !ledger_.AnyFree(agenda.id, Channel::kWeb, window.earliest_start, window.latest_start))
    answer.opening.phase = Phase::kExhausted;
  const auto counts = ledger_.Count(agenda.id, now);
  for (size_t c = 0; c < kChannels; ++c) {
    const auto channel = static_cast<Channel>(c);
    const DeskCounts::Given given = people_->desk.Of(agenda.id, channel);
    answer.counts[c] = ChannelCounts{
        .published = counts[c].published,
        .free = counts[c].free,
        .held = counts[c].held,
        .confirmed = counts[c].confirmed,
        .cooling = counts[c].cooling,
        .cancelled = totals_.Cancelled(agenda.id, channel),
        .offered = counts[c].offered + counts[c].aside,
        .waiting = static_cast<uint32_t>(people_->waitlist.Waiting(agenda.id, channel)),
        .by_agents = given.by_agents,
        .by_helpers = given.by_helpers,
        .shifted_in = people_->shifts.Into(agenda.id, channel),
        .shifted_out = people_->shifts.OutOf(agenda.id, channel)};
  }
  const MandateTable::Shares court = people_->mandates.Of(agenda.id);
  answer.court = {court.given, court.added, court.counted};
  return answer;
}

SlotsAnswer Engine::Impl::ReadSlots(std::string_view name, std::optional<CivilDate> from,
                                    std::optional<CivilDate> to, Instant now) const {
  SlotsAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) return answer;
  const AgendaInfo& agenda = *answer.agenda;
  constexpr int32_t kMinutesPerDay = 24 * 60;
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  const int32_t first_day =
      from ? DaysFromCivil(*from)
           : rules::LocalMinuteAt(now, agenda.zone.absl()).value / kMinutesPerDay;
  const int32_t wanted = to ? DaysFromCivil(*to) : first_day + limits::kSlotDaysDefault - 1;
  const int32_t last_day = std::min(wanted, first_day + limits::kSlotDaysMax - 1);
  for (const auto& slot :
       ledger_.Slots(agenda.id, window.earliest_start, window.latest_start, SIZE_MAX)) {
    const int32_t day = slot.start.value / kMinutesPerDay;
    if (day < first_day) continue;
    if (day > last_day) {
      answer.next = CivilFromDays(last_day + 1);
      break;
    }
    int capacity = 0;
    for (const uint8_t seats : slot.seats) capacity += seats;
    answer.slots.push_back(SlotView{slot.start, slot.starts_at, slot.minutes,
                                    slot.free[static_cast<size_t>(Channel::kWeb)], capacity});
  }
  return answer;
}

ReleasesAnswer Engine::Impl::ReadReleases(std::string_view name, int days, Instant now) const {
  ReleasesAnswer answer;
  answer.agenda = registry_.Find(name);
  if (answer.agenda == nullptr) return answer;
  const AgendaInfo& agenda = *answer.agenda;
  const auto [from, until] = rules::ReleasedStarts(agenda.rules, agenda.zone, now, days);
  std::vector<rules::ReleaseSlot> slots;
  const auto found = ledger_.Slots(agenda.id, from, until, limits::kReleaseSlotsMax + 1);
  const bool whole = found.size() <= limits::kReleaseSlotsMax;
  for (const auto& slot : found) slots.push_back({slot.start, slot.starts_at, slot.seats});
  if (!whole) slots.pop_back();
  answer.releases = rules::ReleasesFrom(agenda.rules, agenda.zone, now, days, slots, whole);
  const rules::BookableWindow window = rules::BookableAt(agenda.rules, agenda.zone, now);
  const auto counts = ledger_.Count(agenda.id, window.earliest_start, window.latest_start);
  for (size_t c = 0; c < kChannels; ++c) answer.bookable[c] = counts[c].free;
  return answer;
}

}  // namespace creneau::booking
