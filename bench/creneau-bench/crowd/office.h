// The agendas of a run: an office with exactly so many seats, whose opening begins at the next full
// minute that leaves time to gather. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"
#include "bench/creneau-bench/crowd/crowd_options.h"
#include "bench/creneau-bench/server.h"

namespace creneau::bench {

// Agenda files have minutes of a day, so an opening must not run over midnight: in UTC or, where it
// would, twelve hours from there.
struct OpeningTimes {
  const char* timezone = "UTC";
  int32_t today = 0;  // there, days since 1970-01-01
  int gather = 0;     // minutes of the day
  int open = 0;
  int close = 0;
};
OpeningTimes TimesOf(const CrowdOptions& options, Instant now);

// As many seats as this, not one more; from tomorrow on.
std::string OfficeToml(const std::string& name, uint32_t seats, const CrowdOptions& options,
                       const OpeningTimes& times);

// All of them: options.agendas, that share the seats.
std::vector<AgendaText> Offices(const CrowdOptions& options, Instant now);

// Those whom an office knows, as it imports them: everybody of that agenda but the invented. In
// pieces that each begin with the header.
std::vector<std::string> RosterOf(const CrowdOptions& options, uint32_t agenda);

}  // namespace creneau::bench
