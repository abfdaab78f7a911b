#include "rules/freed.h"

#include <algorithm>

#include "base/limits_waitlist.h"
#include "rules/opening.h"

namespace creneau::rules {

Instant CoolsUntil(const Agenda& agenda, const Zone& zone, Channel channel, Instant now,
                   bool passes_on, uint64_t random) {
  if (passes_on) return now + limits::kPassOnMs;
  const Instant least = now + agenda.cooldown_min_hours * kMsPerHour;
  if (agenda.opening && channel == Channel::kWeb) {
    // The one that is under way then has begun, with everybody watching.
    auto next = OpeningAfter(agenda, zone, least);
    if (next && next->opens_at < least) next = OpeningAfter(agenda, zone, next->closes_at);
    if (next) return next->opens_at;
  }
  const int64_t range = (agenda.cooldown_max_hours - agenda.cooldown_min_hours) * kMsPerHour;
  return least + (range == 0 ? 0 : static_cast<int64_t>(random % static_cast<uint64_t>(range)));
}

Instant OfferedUntil(const Agenda& agenda, Channel channel, Instant starts_at, Instant now) {
  return std::min(now + agenda.offer_hours[static_cast<size_t>(channel)] * kMsPerHour,
                  starts_at - agenda.notice_hours * kMsPerHour);
}

}  // namespace creneau::rules
