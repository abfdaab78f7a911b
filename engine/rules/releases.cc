#include "rules/releases.h"

#include <algorithm>
#include <map>

namespace creneau::rules {
namespace {

constexpr int32_t kMinutesPerDay = 24 * 60;
constexpr int64_t kSecondsPerDay = 86'400;
// Weekdays come again after seven days: an opening, and clocks that change in between.
constexpr int kLongestPauseDays = 8;

int32_t DayOf(Instant instant, const Zone& zone) {
  const int64_t second = instant.ms / kMsPerSecond;
  return static_cast<int32_t>((second + zone.OffsetAt(second)) / kSecondsPerDay);
}

void Add(const ReleaseSlot& slot, Instant at, Release* release) {
  if (release->slots++ == 0) {
    release->day = slot.start.value / kMinutesPerDay;
    release->from = at;
    release->first = slot.start;
  }
  release->until = at;
  release->last = slot.start;
  for (size_t c = 0; c < kChannels; ++c) release->seats[c] += slot.seats[c];
}

}  // namespace

std::pair<Instant, Instant> ReleasedStarts(const Agenda& agenda, const Zone& zone, Instant now,
                                           int days) {
  const Instant horizon = BookableAt(agenda, zone, now).latest_start;
  // Where it is closed, what came within the horizon since it closed is still to be released.
  const Instant from = agenda.opening ? horizon - kLongestPauseDays * kMsPerDay : horizon;
  return {std::max(now, from), horizon + (days + 1) * kMsPerDay};
}

Releases ReleasesFrom(const Agenda& agenda, const Zone& zone, Instant now, int days,
                      std::span<const ReleaseSlot> slots, bool whole) {
  const int32_t today = DayOf(now, zone);
  Releases out;
  out.last_day = today + days - 1;
  std::map<int32_t, ReleaseDay> by_day;
  for (const ReleaseSlot& slot : slots) {
    const std::optional<Instant> at = BookableFrom(agenda, zone, slot.starts_at);
    if (!at || *at <= now) continue;
    // Its notice begins before it could be had: never.
    if (slot.starts_at < BookableAt(agenda, zone, *at).earliest_start) continue;
    const int32_t day = DayOf(*at, zone);
    if (!whole && &slot == &slots.back()) out.last_day = std::min(out.last_day, day - 1);
    if (day > out.last_day) continue;
    std::vector<Release>& releases = by_day[day].releases;
    const int32_t appointments = slot.start.value / kMinutesPerDay;
    if (releases.empty() || releases.back().day != appointments) releases.emplace_back();
    Add(slot, *at, &releases.back());
  }
  for (int32_t day = today; agenda.opening && day <= out.last_day; ++day) {
    const std::optional<OpeningTimes> opening = OpeningOn(agenda, zone, day);
    if (opening && now < opening->closes_at) by_day[day].opening = opening;
  }
  for (auto& [day, of_day] : by_day) {
    of_day.day = day;
    if (day <= out.last_day) out.days.push_back(std::move(of_day));
  }
  return out;
}

}  // namespace creneau::rules
