#include "booking/service_minutes.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace creneau::booking {
namespace {

// A stop tells the record's last word and then closes the log: what is between is no time in which
// anything could have been counted.
constexpr int64_t kLastWordMs = 1'000;

Instant MinuteOf(Instant now) { return Instant{now.ms - now.ms % limits::kServiceMinuteMs}; }

}  // namespace

void ServiceMinutes::Begin(Instant now, std::optional<Instant> last_written,
                           std::optional<Instant> told_until) {
  from_ = quiet_since_ = now;
  told_until_ = told_until;
  if (!last_written) return;
  down_since_ = std::min(*last_written, now);
  if (!told_until || *told_until >= *down_since_) return;
  if (*down_since_ - *told_until <= kLastWordMs) {
    down_since_ = told_until;
  } else {
    unknown_since_ = told_until;
  }
}

bool ServiceMinutes::Due(Instant now) const {
  // Or the clock was set back.
  return starting_ || now < from_ || now >= MinuteOf(from_) + limits::kServiceMinuteMs;
}

Instant ServiceMinutes::UntilAt(Instant now) const {
  return starting_ ? now : std::max(MinuteOf(now), std::min(from_, now));
}

bool ServiceMinutes::Changed(const codec::AgendaMinute& agenda) {
  codec::AgendaMinute state = agenda;
  state.refused.clear();
  const auto [known, fresh] = told_.try_emplace(agenda.agenda, state);
  if (fresh) return true;
  return std::exchange(known->second, state) != state;
}

std::vector<codec::ServiceMinute> ServiceMinutes::Tell(Instant until, ServiceSeen seen) {
  if (until < from_) from_ = quiet_since_ = until;
  if (seen.agendas.empty()) {
    // Nobody was kept from anything.
    from_ = quiet_since_ = until;
    down_since_.reset();
    unknown_since_.reset();
    return {};
  }
  codec::ServiceMinute minute;
  minute.quiet_since = quiet_since_;
  minute.shed = std::move(seen.shed);
  minute.over_rate = seen.over_rate;
  minute.turned_away = seen.turned_away;
  minute.stalled_ms = seen.stalled_ms;
  for (codec::AgendaMinute& agenda : seen.agendas) {
    // Both are looked at: what is told is what is known from now on.
    const bool changed = Changed(agenda);
    if (changed || !agenda.refused.empty()) minute.agendas.push_back(std::move(agenda));
  }
  const bool says = starting_ || !minute.agendas.empty() || !minute.shed.empty() ||
                    minute.over_rate + minute.turned_away > 0 || minute.stalled_ms > 0;
  minute.from = says ? from_ : until;
  minute.until = until;
  from_ = until;
  if (!says && until - quiet_since_ < limits::kServiceQuietMs) return {};
  if (std::exchange(starting_, false)) {
    minute.down_since = down_since_;
    minute.unknown_since = unknown_since_;
  }
  quiet_since_ = until;
  told_until_ = until;
  std::vector<codec::ServiceMinute> records = {std::move(minute)};
  std::vector<codec::AgendaMinute> agendas = std::move(records.front().agendas);
  records.front().agendas.clear();
  for (size_t i = 0; i < agendas.size(); ++i) {
    if (i > 0 && i % limits::kAgendasPerServiceRecord == 0) {
      codec::ServiceMinute& more = records.emplace_back();
      more.from = more.quiet_since = records.front().from;
      more.until = until;
    }
    records.back().agendas.push_back(std::move(agendas[i]));
  }
  return records;
}

}  // namespace creneau::booking
