// From sessions to slots: which start times an agenda has, in its own time zone, with French public
// holidays computed. Pure; any thread.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "base/ids.h"
#include "base/instant.h"
#include "rules/agenda.h"
#include "rules/diagnostic.h"

namespace creneau::rules {

struct Calendar {
  std::vector<CalendarSlot> slots;  // by start, unique
  Diagnostics diagnostics;          // with any of these, slots is not to be used
};

// All slots of all sessions. Sessions that make the same start must agree in minutes; their seats
// add, up to 64. A start that daylight saving skips or repeats is a diagnostic with the session's
// line, never a guess.
Calendar ExpandSessions(const Agenda& agenda);

// The instant of a local time, or a diagnostic message in `error` when daylight saving skips or
// repeats it. Nothing is guessed: the return value is meaningless when error is not empty.
Instant InstantOf(LocalMinute minute, const absl::TimeZone& zone, std::string* error);

// The wall clock of an office at an instant (seconds are cut off).
LocalMinute LocalMinuteAt(Instant instant, const absl::TimeZone& zone);

// RFC 3339 with offset: "2026-12-01T09:20:00+01:00".
std::string FormatRfc3339(Instant instant, const absl::TimeZone& zone);

// False when the name is unknown.
bool LoadZone(const std::string& name, absl::TimeZone* zone);

}  // namespace creneau::rules
