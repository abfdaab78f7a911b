// When an agenda gives out seats, and which slots can be booked now. Pure: an agenda, its zone and
// `now` in, a verdict out.
#pragma once

#include <optional>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"
#include "rules/agenda.h"

namespace creneau::rules {

// Which day it is at an office, as days since 1970-01-01; and when a day begins there.
int32_t DayAt(const Zone& zone, Instant now);
Instant DayBegins(const Zone& zone, int32_t day);
int32_t DayOf(LocalMinute slot);

struct OpeningVerdict {
  bool open = false;
  // The next moment at which it opens, when it is not open; absent if there is none within a year.
  std::optional<Instant> opens_at;
  // When it is open and closes again.
  std::optional<Instant> closes_at;
};

// One opening, as the rules have it.
struct OpeningTimes {
  int32_t day = 0;  // at the office: days since 1970-01-01; an agenda opens once a day at most
  Instant gathers_at;
  Instant opens_at;
  Instant closes_at;
};
// That of a day; absent where there is none on that day, or the agenda is always open.
std::optional<OpeningTimes> OpeningOn(const Agenda& agenda, const Zone& zone, int32_t day);
// The one that is under way, or else the next: the first that closes after `now`. Absent if there
// is none within a year.
std::optional<OpeningTimes> OpeningAfter(const Agenda& agenda, const Zone& zone, Instant now);

// An opening on a public holiday takes place: people are at home, the engine does not need the
// office to be.
OpeningVerdict OpeningAt(const Agenda& agenda, const Zone& zone, Instant now);

// A slot can be booked from horizon_days before it, at the same time of the local day, until
// notice_hours before it.
enum class Bookable { kYes, kTooEarly, kTooLate };
struct BookableWindow {
  Instant earliest_start;  // first start that can be booked now, inclusive
  Instant latest_start;    // last start that can be booked now, inclusive
};
BookableWindow BookableAt(const Agenda& agenda, const Zone& zone, Instant now);
Bookable IsBookable(const BookableWindow& window, Instant starts_at);

// When a slot that is beyond the horizon can first be booked: within the horizon, and open. Absent
// if the agenda does not open within a year of that.
std::optional<Instant> BookableFrom(const Agenda& agenda, const Zone& zone, Instant starts_at);

}  // namespace creneau::rules
