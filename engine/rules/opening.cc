#include "rules/opening.h"

#include <algorithm>

namespace creneau::rules {
namespace {

constexpr int kDaysAhead = 366;

constexpr int64_t kSecondsPerDay = 86'400;

// Rounded towards the past, also before 1970.
int64_t Floor(int64_t value, int64_t unit) {
  return (value >= 0 ? value : value - (unit - 1)) / unit;
}

// Monday is 0, as 1970-01-05 was one.
int WeekdayOf(int64_t day) { return static_cast<int>(((day - 4) % 7 + 7) % 7); }

// A time that clocks skip is the moment after the jump, one that comes twice its first time: a
// verdict cannot fail.
Instant At(int64_t day, int minute, const Zone& zone) {
  return Instant{zone.MomentOf(day * kSecondsPerDay + int64_t{minute} * 60) * kMsPerSecond};
}

int64_t LocalSecond(Instant instant, const Zone& zone) {
  const int64_t second = Floor(instant.ms, kMsPerSecond);
  return second + zone.OffsetAt(second);
}

// The same time of day so many days later on the office's wall clock, which is an hour more or less
// across a change of clocks: an opening from 9 to 10 then still meets the slots of 9.
Instant DaysLater(Instant instant, int days, const Zone& zone) {
  const int64_t then = LocalSecond(instant, zone) + days * kSecondsPerDay;
  const int64_t ms = instant.ms - Floor(instant.ms, kMsPerSecond) * kMsPerSecond;
  return Instant{zone.MomentOf(then) * kMsPerSecond + ms};
}

}  // namespace

int32_t DayAt(const Zone& zone, Instant now) {
  return static_cast<int32_t>(Floor(LocalSecond(now, zone), kSecondsPerDay));
}

int32_t DayOf(LocalMinute slot) {
  return static_cast<int32_t>(Floor(slot.value, kSecondsPerDay / 60));
}

Instant DayBegins(const Zone& zone, int32_t day) { return At(day, 0, zone); }

std::optional<OpeningTimes> OpeningOn(const Agenda& agenda, const Zone& zone, int32_t day) {
  if (!agenda.opening || !agenda.opening->weekdays.Has(WeekdayOf(day))) return std::nullopt;
  const Opening& opening = *agenda.opening;
  return OpeningTimes{day, At(day, opening.gather, zone), At(day, opening.open, zone),
                      At(day, opening.close, zone)};
}

std::optional<OpeningTimes> OpeningAfter(const Agenda& agenda, const Zone& zone, Instant now) {
  const int32_t today = DayAt(zone, now);
  for (int32_t day = today; day <= today + kDaysAhead; ++day) {
    const std::optional<OpeningTimes> opening = OpeningOn(agenda, zone, day);
    if (opening && now < opening->closes_at) return opening;
  }
  return std::nullopt;
}

OpeningVerdict OpeningAt(const Agenda& agenda, const Zone& zone, Instant now) {
  OpeningVerdict verdict;
  verdict.open = !agenda.opening;
  if (verdict.open) return verdict;
  const std::optional<OpeningTimes> opening = OpeningAfter(agenda, zone, now);
  if (!opening) return verdict;
  verdict.open = now >= opening->opens_at;
  (verdict.open ? verdict.closes_at : verdict.opens_at) =
      verdict.open ? opening->closes_at : opening->opens_at;
  return verdict;
}

BookableWindow BookableAt(const Agenda& agenda, const Zone& zone, Instant now) {
  // A slot that has begun cannot be booked, whatever the notice.
  return BookableWindow{now + std::max<int64_t>(agenda.notice_hours * kMsPerHour, 1),
                        DaysLater(now, agenda.horizon_days, zone)};
}

std::optional<Instant> BookableFrom(const Agenda& agenda, const Zone& zone, Instant starts_at) {
  const Instant within = DaysLater(starts_at, -agenda.horizon_days, zone);
  const OpeningVerdict opening = OpeningAt(agenda, zone, within);
  return opening.open ? within : opening.opens_at;
}

Bookable IsBookable(const BookableWindow& window, Instant starts_at) {
  if (starts_at < window.earliest_start) return Bookable::kTooLate;
  if (starts_at > window.latest_start) return Bookable::kTooEarly;
  return Bookable::kYes;
}

}  // namespace creneau::rules
