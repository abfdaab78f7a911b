// What time and the steward do to those who wait.
#include <algorithm>

#include "tests/sim/verdict.h"
#include "tests/sim/waiting.h"

namespace creneau::sim {
namespace {

using State = Kept::State;

constexpr int64_t kLooksWithoutRoomMs = kMsPerMinute;

Instant WholeSecond(Instant at) { return Instant{Later(0, at.ms) * kMsPerSecond}; }

}  // namespace

// The office is in France, and a life ends long before the clocks change.
int Waiting::DayAt(Instant now) { return static_cast<int>((now.ms + kMsPerHour) / kMsPerDay); }

int64_t Waiting::OfferEnds(const std::string& channel, Instant now) const {
  return Later(0, now.ms + offer_hours_.at(channel) * kMsPerHour);
}

bool Waiting::IsBefore(const Place& one, const std::string& name, const Place& other,
                       const std::string& other_name) const {
  if (one.day != other.day) return one.day < other.day;
  const auto order = order_.find({one.channel, one.day});
  if (order == order_.end()) return false;
  const auto begin = order->second.begin();
  const auto end = order->second.end();
  return std::find(begin, end, name) < std::find(begin, end, other_name);
}

void Waiting::Return(ListSeat& seat, Instant from, Instant until) {
  const bool last = seat.last;
  seat = {ListSeat::State::kReturning, last, from, until};
}

void Waiting::End(Lists& lists, const std::string& name, State state, Instant from, Instant until) {
  Kept& kept = lists.reservations.at(name);
  kept.state = state;
  kept.over = from;
  Return(lists.seats.at({kept.slot, kept.channel}), from, until);
  lists.live.erase(kept.person);
}

// --- the steward ---------------------------------------------------------------------------------

void Waiting::LetLapse(Instant now, int64_t away_ms) {
  const auto due_s = [&](const Kept& kept) {
    return away_ms > 0 ? Later(kept.deadline_s, away_ms) : kept.deadline_s;
  };
  std::vector<std::string> lapsed;
  for (const auto& [person, name] : lists().live) {
    const Kept& kept = lists().reservations.at(name);
    if (kept.awaits() && due_s(kept) * kMsPerSecond + limits::kExpiryGraceMs <= now.ms)
      lapsed.push_back(name);
  }
  if (lapsed.empty() && away_ms == 0) return;
  Lists& next = Next();
  // A standstill is a reason to look at all seats, and then an hour later.
  for (auto& [key, seat] : next.seats) {
    if (away_ms == 0 || seat.state != ListSeat::State::kReturning || seat.looks == 0) continue;
    ++seat.looks;
    seat.look_at = now + kKeptLeastMs;
  }
  for (auto& [name, kept] : next.reservations) {
    if (kept.awaits()) kept.deadline_s = due_s(kept);
  }
  for (const std::string& name : lapsed) {
    const Kept& kept = next.reservations.at(name);
    auditor_.Reach(kept.state == State::kHeld ? "lapsed-beside-the-list" : "offer-lapsed");
    ended_now_.insert(kept.person);
    const Instant until = WholeSecond(now + kPassesOnMs);
    End(next, name, State::kLapsed, until, until);
  }
}

// What becomes of a place is what becomes of its holder's seat.
void Waiting::SettlePlaces() {
  std::map<std::string, Place::State> settled;
  for (const auto& [person, name] : lists().place_of) {
    const Place& place = lists().places.at(name);
    const auto live = lists().live.find(person);
    const Kept* const kept =
        live == lists().live.end() ? nullptr : &lists().reservations.at(live->second);
    if (place.state == Place::State::kWaiting) {
      if (kept != nullptr && kept->state == State::kConfirmed)
        settled[name] = Place::State::kServed;
    } else if (kept == nullptr) {
      settled[name] =
          place.offers >= kOffersOfPlace ? Place::State::kLapsed : Place::State::kWaiting;
    } else if (kept->state != State::kOffered) {
      settled[name] = Place::State::kServed;
    }
  }
  if (settled.empty()) return;
  Lists& next = Next();
  for (const auto& [name, state] : settled) {
    Place& place = next.places.at(name);
    place.state = state;
    auditor_.Reach(state == Place::State::kServed   ? "place-served"
                   : state == Place::State::kLapsed ? "place-lapsed"
                                                    : "place-waits-again");
    if (place.ended()) next.place_of.erase(place.person);
    ended_now_.insert(place.person);
  }
}

bool Waiting::SeatsAreDue(Instant now) const {
  return std::any_of(lists().seats.begin(), lists().seats.end(), [&](const auto& one) {
    const ListSeat& seat = one.second;
    return seat.state == ListSeat::State::kReturning &&
           (seat.looks == 0 ? seat.cools_from : seat.look_at) <= now;
  });
}

// Somebody whose day was closed, and a seat that may be moved to.
bool Waiting::CanMoveSomebody() const {
  return std::any_of(lists().live.begin(), lists().live.end(), [&](const auto& one) {
    const Kept& kept = lists().reservations.at(one.second);
    if (!IsDisplaced(lists(), kept)) return false;
    return std::any_of(lists().seats.begin(), lists().seats.end(), [&](const auto& other) {
      const ListSeat& seat = other.second;
      return other.first.second == kept.channel &&
             (seat.state == ListSeat::State::kFree ||
              (seat.state == ListSeat::State::kReturning && seat.looks > 0));
    });
  });
}

// A seat that nobody took is looked at again whenever something happens to one beside it.
bool Waiting::SomebodyCouldTake(Instant now) const {
  return std::any_of(lists().seats.begin(), lists().seats.end(), [&](const auto& one) {
    if (one.second.state != ListSeat::State::kReturning || one.second.looks == 0) return false;
    return std::any_of(lists().place_of.begin(), lists().place_of.end(), [&](const auto& other) {
      const Place& place = lists().places.at(other.second);
      return place.state == Place::State::kWaiting && place.day < DayAt(now) &&
             place.channel == one.first.second;
    });
  });
}

bool Waiting::OrderIsUnknown(Instant now) const {
  return std::any_of(lists().place_of.begin(), lists().place_of.end(), [&](const auto& one) {
    const Place& place = lists().places.at(one.second);
    return place.day < DayAt(now) && !order_.contains({place.channel, place.day});
  });
}

// The next moment at which time alone changes something, or may.
Instant Waiting::NextDue(Instant now) const {
  Instant due{(now.ms + kMsPerHour) / kMsPerDay * kMsPerDay + kMsPerDay - kMsPerHour};
  for (const auto& [key, seat] : lists().seats) {
    if (seat.state == ListSeat::State::kReturning)
      due = std::min(due, seat.looks == 0 ? seat.cools_from : seat.look_at);
  }
  for (const auto& [person, name] : lists().live) {
    const Kept& kept = lists().reservations.at(name);
    if (kept.awaits())
      due = std::min(due, Instant{kept.deadline_s * kMsPerSecond + limits::kExpiryGraceMs});
  }
  return due;
}

bool Waiting::Tick(Instant now, int64_t away_ms, bool frees, bool quiet) {
  if (away_ms == 0 && quiet && due_version_ == lists().version && now < due_at_) {
    if (all_seen_) seen_at_ = now;
    return false;
  }
  if (IsUnsure(now)) return false;
  LetLapse(now, away_ms);
  SettlePlaces();
  const bool moves = CanMoveSomebody();
  if (!moves) left_since_.clear();
  // On a disk without room nobody knows whether the steward looks: nor need it be asked each time.
  const bool due = SeatsAreDue(now) && (frees || !quiet || now - last_look_ > kLooksWithoutRoomMs);
  if (due || moves || OrderIsUnknown(now)) {
    last_look_ = now;
    return true;
  }
  const bool could = SeatsAreDue(now) || SomebodyCouldTake(now);
  if (could && (!quiet || away_ms > 0)) return true;
  ended_now_.clear();
  all_seen_ = !could;
  if (all_seen_) seen_at_ = now;
  due_version_ = lists().version;
  due_at_ = frees ? NextDue(now) : now;
  return false;
}

std::vector<std::string> Waiting::PlacesToSee() const {
  std::vector<std::string> names;
  for (const auto& [person, name] : lists().place_of) names.push_back(name);
  return names;
}

std::vector<std::string> Waiting::ReservationsToSee() const {
  std::vector<std::string> names;
  for (const auto& [person, name] : lists().live) {
    if (IsDisplaced(lists(), lists().reservations.at(name))) names.push_back(name);
  }
  return names;
}

bool Waiting::Waits(const Place& place, const Lists& lists, Instant now) const {
  return place.state == Place::State::kWaiting && place.day < DayAt(now) &&
         !lists.live.contains(place.person) && !ended_now_.contains(place.person);
}

}  // namespace creneau::sim
