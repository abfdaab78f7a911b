#include "booking/closures.h"

#include "base/limits_waitlist.h"

namespace creneau::booking {

bool Closures::IsClosed(AgendaId agenda, int32_t day) const {
  const std::lock_guard lock(mutex_);
  const auto at = days_.find({agenda, day});
  return at != days_.end() && at->second.closed;
}

bool Closures::IsClosedTo(AgendaId agenda, int32_t day, Instant starts_at) const {
  if (!any_.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(mutex_);
  const auto at = days_.find({agenda, day});
  return at != days_.end() && at->second.closed && starts_at > at->second.at;
}

std::vector<int32_t> Closures::DaysOf(AgendaId agenda) const {
  std::vector<int32_t> days;
  const std::lock_guard lock(mutex_);
  for (auto at = days_.lower_bound({agenda, INT32_MIN});
       at != days_.end() && at->first.first == agenda; ++at) {
    if (at->second.closed) days.push_back(at->first.second);
  }
  return days;
}

void Closures::Take(const codec::DayClosed& closed) {
  const std::lock_guard lock(mutex_);
  days_.insert_or_assign({closed.agenda, closed.day}, closed);
  any_.store(true, std::memory_order_relaxed);
}

std::vector<std::string> Closures::Snapshot() const {
  std::vector<std::string> events;
  const std::lock_guard lock(mutex_);
  for (const auto& [day, closed] : days_) events.push_back(codec::EncodeClosed(closed));
  return events;
}

void Closures::Watch(AgendaId agenda, std::vector<SlotId> slots) {
  const std::lock_guard lock(mutex_);
  if (slots.empty()) {
    watched_.erase(agenda);
    displaced_.erase(agenda);
    return;
  }
  watched_.insert_or_assign(agenda, std::move(slots));
}

std::vector<SlotId> Closures::Watched(AgendaId agenda) const {
  const std::lock_guard lock(mutex_);
  const auto at = watched_.find(agenda);
  return at == watched_.end() ? std::vector<SlotId>() : at->second;
}

std::vector<AgendaId> Closures::WatchedAgendas() const {
  std::vector<AgendaId> agendas;
  const std::lock_guard lock(mutex_);
  for (const auto& [agenda, slots] : watched_) agendas.push_back(agenda);
  return agendas;
}

bool Closures::TakeTurn(Instant now) {
  const std::lock_guard lock(mutex_);
  const int64_t since_ms = now - looked_at_;
  if (since_ms >= 0 && since_ms < limits::kLookAtClosedMs) return false;
  looked_at_ = now;
  return true;
}

void Closures::NoteDisplaced(AgendaId agenda, const Counts& counts) {
  const std::lock_guard lock(mutex_);
  if (counts.displaced == 0) {
    displaced_.erase(agenda);
  } else {
    displaced_.insert_or_assign(agenda, counts);
  }
}

Closures::Counts Closures::counts() const {
  Counts sum;
  const std::lock_guard lock(mutex_);
  for (const auto& [agenda, counts] : displaced_) {
    sum.displaced += counts.displaced;
    sum.stuck += counts.stuck;
  }
  return sum;
}

}  // namespace creneau::booking
