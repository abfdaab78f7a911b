// A record of the log as the lines that everybody may read of it: one JSON object a line, with
// times as the office's clock shows them, the LSN as a string. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/zone.h"
#include "codec/service.h"
#include "rules/iso_week.h"

namespace creneau::booking {

// Of one agenda, and of the engine; empty: it says nothing of the engine that concerns anybody.
// Newline included.
std::string AgendaLine(Lsn lsn, const codec::ServiceMinute& minute,
                       const codec::AgendaMinute& agenda, const Zone& zone);
std::string EngineLine(Lsn lsn, const codec::ServiceMinute& minute, const Zone& zone);

// The LSN of such a line, newline included; nothing: it is none.
std::optional<Lsn> LsnOfLine(std::string_view line);

// In which weeks the lines of a record belong: that of `from`, and for the engine's line all those
// in which it was away, the earliest first.
std::vector<rules::IsoWeek> WeeksOf(const codec::ServiceMinute& minute, const Zone& zone);
rules::IsoWeek WeekAt(Instant instant, const Zone& zone);

}  // namespace creneau::booking
