#include "booking/helper_turn.h"

#include "rules/calendar.h"
#include "rules/opening.h"

namespace creneau::booking {

HelperTurn::HelperTurn(DeskCounts& counts, const AgendaInfo& agenda, const Actor& actor,
                       Instant now)
    : counts_(counts),
      agenda_(agenda),
      turn_(counts.Begin()),
      helper_(actor.role == rules::Role::kHelper),
      count_{agenda.id, std::string(actor.person), rules::IsoWeekOf(rules::DayAt(agenda.zone, now)),
             0} {
  if (helper_) count_.made = counts_.Made(turn_, agenda.id, actor.person, count_.week);
}

// Until the Monday that comes, at the office.
std::optional<Instant> HelperTurn::CappedUntil(uint32_t more) const {
  if (!helper_ || count_.made + more <= static_cast<uint32_t>(agenda_.rules.helper_cap))
    return std::nullopt;
  return rules::DayBegins(agenda_.zone, rules::FirstDayOf(count_.week) + 7);
}

void HelperTurn::Tell(int change, Act& act) {
  if (!helper_) return;
  count_.made = static_cast<uint32_t>(static_cast<int>(count_.made) + change);
  act.PushCopy(codec::EncodeHelperCount(count_));
  counts_.Take(turn_, count_);
}

}  // namespace creneau::booking
