#include "booking/waitlist.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits_waitlist.h"

namespace creneau::booking {

using codec::PlaceState;
using codec::WaitlistPlace;

Waitlist::Order Waitlist::OrderOf(const WaitlistPlace& place) {
  return {{place.day, place.rank}, place.number};
}

std::optional<WaitlistPlace> Waitlist::Find(uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto at = places_.find(number);
  return at == places_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<WaitlistPlace> Waitlist::Of(AgendaId agenda, const Subject& subject) const {
  const std::lock_guard lock(mutex_);
  const auto at = of_subject_.find({agenda, subject});
  return at == of_subject_.end() ? std::nullopt : std::optional(places_.at(at->second));
}

std::optional<size_t> Waitlist::Ahead(const WaitlistPlace& place) const {
  const std::lock_guard lock(mutex_);
  const auto line = lines_.find({place.agenda, place.channel});
  if (line == lines_.end() || line->second.find(OrderOf(place)) == line->second.end())
    return std::nullopt;
  return line->second.order_of_key(OrderOf(place));
}

size_t Waitlist::Waiting(AgendaId agenda, Channel channel) const {
  const std::lock_guard lock(mutex_);
  const auto line = lines_.find({agenda, channel});
  return line == lines_.end() ? 0 : line->second.size();
}

size_t Waitlist::Waiting(AgendaId agenda) const {
  size_t all = 0;
  for (const Channel channel : kAllChannels) all += Waiting(agenda, channel);
  return all;
}

std::vector<WaitlistPlace> Waitlist::First(AgendaId agenda, Channel channel, int32_t before,
                                           size_t most,
                                           const std::optional<WaitlistPlace>& after) const {
  std::vector<WaitlistPlace> first;
  const std::lock_guard lock(mutex_);
  const auto line = lines_.find({agenda, channel});
  if (line == lines_.end()) return first;
  auto at = after ? line->second.upper_bound(OrderOf(*after)) : line->second.begin();
  for (; at != line->second.end(); ++at) {
    if (at->first.first >= before || first.size() == most) break;
    const WaitlistPlace& place = places_.at(at->second);
    if (place.state == PlaceState::kWaiting) first.push_back(place);
  }
  return first;
}

std::vector<WaitlistPlace> Waitlist::Offered() const {
  std::vector<WaitlistPlace> offered;
  const std::lock_guard lock(mutex_);
  for (const uint64_t number : offered_) offered.push_back(places_.at(number));
  return offered;
}

std::vector<WaitlistPlace> Waitlist::NextWaiting(size_t most) {
  std::vector<WaitlistPlace> next;
  const std::lock_guard lock(mutex_);
  auto at = of_subject_.upper_bound(looked_at_);
  for (; at != of_subject_.end() && next.size() < most; ++at) {
    const WaitlistPlace& place = places_.at(at->second);
    if (place.state == PlaceState::kWaiting) next.push_back(place);
    looked_at_ = at->first;
  }
  if (at == of_subject_.end()) looked_at_ = {};
  return next;
}

Waitlist::Joined Waitlist::Join(WaitlistPlace* place, const std::function<uint64_t(uint64_t)>& next,
                                const Push& push) {
  const std::lock_guard lock(mutex_);
  if (of_subject_.contains({place->agenda, place->subject})) return Joined::kHasOne;
  size_t waiting = 0;
  for (const Channel channel : kAllChannels) {
    const auto line = lines_.find({place->agenda, channel});
    if (line != lines_.end()) waiting += line->second.size();
  }
  if (waiting >= limits::kWaitingOfAgenda || of_subject_.size() >= limits::kWaitingMost)
    return Joined::kFull;
  place->number = next(last_);
  CHECK(place->number > last_ && place->state == PlaceState::kWaiting);
  push(codec::EncodePlace(*place));
  Put(*place);
  return Joined::kYes;
}

bool Waitlist::Change(const WaitlistPlace& before, const WaitlistPlace& after, const Push& push) {
  CHECK(before.number == after.number && OrderOf(before) == OrderOf(after));
  const std::lock_guard lock(mutex_);
  const auto at = places_.find(before.number);
  if (at == places_.end() || at->second != before) return false;
  push(codec::EncodePlace(after));
  Put(after);
  return true;
}

void Waitlist::Take(const WaitlistPlace& place) {
  const std::lock_guard lock(mutex_);
  Put(place);
}

// With the lock.
void Waitlist::Put(const WaitlistPlace& place) {
  const LineKey line{place.agenda, place.channel};
  const auto known = places_.find(place.number);
  if (known != places_.end()) {
    const auto of = of_subject_.find({known->second.agenda, known->second.subject});
    if (of != of_subject_.end() && of->second == place.number) of_subject_.erase(of);
    lines_[{known->second.agenda, known->second.channel}].erase(OrderOf(known->second));
    ended_.erase({known->second.since, place.number});
  }
  places_.insert_or_assign(place.number, place);
  offered_.erase(place.number);
  last_ = std::max(last_, place.number);
  if (codec::IsEnded(place.state)) {
    ended_.emplace(place.since, place.number);
    while (ended_.size() > ended_most_ && ForgetFirst(Instant{INT64_MAX})) {
    }
  } else {
    of_subject_.insert_or_assign({place.agenda, place.subject}, place.number);
    lines_[line].insert(OrderOf(place));
    if (place.state == PlaceState::kOffered) offered_.insert(place.number);
  }
  open_offers_.store(offered_.size(), std::memory_order_relaxed);
}

// With the lock. False: none of them ended before that.
bool Waitlist::ForgetFirst(Instant ended_before) {
  auto at = ended_.begin();
  // The last number is kept: the next one goes on from it.
  if (at != ended_.end() && at->second == last_) ++at;
  if (at == ended_.end() || at->first >= ended_before) return false;
  places_.erase(at->second);
  ended_.erase(at);
  return true;
}

void Waitlist::Forget(Instant ended_before, size_t most) {
  const std::lock_guard lock(mutex_);
  while (most > 0 && ForgetFirst(ended_before)) --most;
}

std::vector<std::string> Waitlist::Snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> events;
  events.reserve(places_.size());
  for (const auto& [number, place] : places_) events.push_back(codec::EncodePlace(place));
  return events;
}

}  // namespace creneau::booking
