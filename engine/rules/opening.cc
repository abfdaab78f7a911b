#include "rules/opening.h"

#include <algorithm>

namespace creneau::rules {
namespace {

constexpr int kDaysAhead = 366;

int WeekdayOf(absl::CivilDay day) {
  return static_cast<int>(absl::GetWeekday(day));
}  // Monday is 0

// A time that clocks skip is the moment after the jump, one that comes twice its first time: a
// verdict cannot fail.
Instant At(absl::CivilDay day, int minute, const absl::TimeZone& zone) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(day) + int64_t{minute} * 60);
  const absl::Time time = info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
  return Instant{absl::ToUnixMillis(time)};
}

// The same time of day so many days later on the office's wall clock, which is an hour more or less
// across a change of clocks: an opening from 9 to 10 then still meets the slots of 9.
Instant DaysLater(Instant instant, int days, const absl::TimeZone& zone) {
  const absl::Time time = absl::FromUnixMillis(instant.ms);
  const absl::CivilSecond local = zone.At(time).cs;
  const absl::CivilSecond then(local.year(), local.month(), local.day() + days, local.hour(),
                               local.minute(), local.second());
  const absl::TimeZone::TimeInfo info = zone.At(then);
  const absl::Time later = info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
  constexpr int64_t kMs = kMsPerSecond;
  return Instant{absl::ToUnixMillis(later) + (instant.ms % kMs + kMs) % kMs};
}

}  // namespace

OpeningVerdict OpeningAt(const Agenda& agenda, const absl::TimeZone& zone, Instant now) {
  OpeningVerdict verdict;
  if (!agenda.opening) {
    verdict.open = true;
    return verdict;
  }
  const Opening& opening = *agenda.opening;
  absl::CivilDay day(zone.At(absl::FromUnixMillis(now.ms)).cs);
  for (int i = 0; i <= kDaysAhead; ++i, ++day) {
    if (!opening.weekdays.Has(WeekdayOf(day))) continue;
    const Instant opens = At(day, opening.open, zone);
    const Instant closes = At(day, opening.close, zone);
    if (now >= closes) continue;
    if (now >= opens) {
      verdict.open = true;
      verdict.closes_at = closes;
      return verdict;
    }
    verdict.opens_at = opens;
    return verdict;
  }
  return verdict;
}

BookableWindow BookableAt(const Agenda& agenda, const absl::TimeZone& zone, Instant now) {
  // A slot that has begun cannot be booked, whatever the notice.
  return BookableWindow{now + std::max<int64_t>(agenda.notice_hours * kMsPerHour, 1),
                        DaysLater(now, agenda.horizon_days, zone)};
}

std::optional<Instant> BookableFrom(const Agenda& agenda, const absl::TimeZone& zone,
                                    Instant starts_at) {
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
