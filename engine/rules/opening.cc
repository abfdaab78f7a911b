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

BookableWindow BookableAt(const Agenda& agenda, Instant now) {
  // A slot that has begun cannot be booked, whatever the notice.
  return BookableWindow{now + std::max<int64_t>(agenda.notice_hours * kMsPerHour, 1),
                        now + agenda.horizon_days * kMsPerDay};
}

Bookable IsBookable(const BookableWindow& window, Instant starts_at) {
  if (starts_at < window.earliest_start) return Bookable::kTooLate;
  if (starts_at > window.latest_start) return Bookable::kTooEarly;
  return Bookable::kYes;
}

}  // namespace creneau::rules
