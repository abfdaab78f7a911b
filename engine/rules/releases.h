// The release calendar: when an agenda gives out seats next, and which appointments can be had from
// then on (design 7). By its rules and its calendar: what operators and outages move shows where
// the opening is under way. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/zone.h"
#include "rules/agenda.h"
#include "rules/opening.h"

namespace creneau::rules {

struct ReleaseSlot {
  LocalMinute start;
  Instant starts_at;
  std::array<uint8_t, kChannels> seats{};  // as published
};

// Appointments of one day, as far as they can first be had on one other day.
struct Release {
  int32_t day = 0;  // of the appointments, at the office: days since 1970-01-01
  Instant from;     // when the first of them can be had
  Instant until;    // and the last
  LocalMinute first;
  LocalMinute last;
  uint32_t slots = 0;
  std::array<uint32_t, kChannels> seats{};
};

// A day on which the agenda opens or, where it is always open, something new can be had.
struct ReleaseDay {
  int32_t day = 0;
  std::optional<OpeningTimes> opening;  // absent: always open
  std::vector<Release> releases;
};

struct Releases {
  std::vector<ReleaseDay> days;
  int32_t last_day = 0;  // up to which this is all there is
};

// Slots that can be among the releases of the `days` days from `now` on start from the first to the
// second of these.
std::pair<Instant, Instant> ReleasedStarts(const Agenda& agenda, const Zone& zone, Instant now,
                                           int days);

// Of the local day of `now` and those after it, `days` in all. `slots`: by start; `whole` is false
// where there are more than these, and the calendar then ends before the day that is not whole.
Releases ReleasesFrom(const Agenda& agenda, const Zone& zone, Instant now, int days,
                      std::span<const ReleaseSlot> slots, bool whole);

}  // namespace creneau::rules
