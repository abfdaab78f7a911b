// When unused seats of a channel are another one's (rules::Flow). Pure; any thread.
#pragma once

#include "base/instant.h"
#include "rules/agenda.h"

namespace creneau::rules {

constexpr bool IsDue(const Flow& flow, Instant starts_at, Instant now) {
  return starts_at <= now + flow.hours_before * kMsPerHour;
}

}  // namespace creneau::rules
