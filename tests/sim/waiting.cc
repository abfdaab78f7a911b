// What people who wait, hold and book there must be answered.
#include "tests/sim/waiting.h"

#include <algorithm>

#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

using State = Kept::State;

const char* NameOf(Place::State state) {
  switch (state) {
    case Place::State::kWaiting:
      return "waiting";
    case Place::State::kOffered:
      return "offered";
    case Place::State::kServed:
      return "served";
    case Place::State::kLeft:
      return "left";
    case Place::State::kLapsed:
      return "lapsed";
  }
  return "";
}

}  // namespace

std::shared_ptr<const Lists> NoLists() {
  static const auto kNone = std::make_shared<const Lists>();
  return kNone;
}

void Waiting::Keep(const std::vector<std::string>& slots,
                   const std::map<std::string, int>& offer_hours) {
  slots_ = slots;
  offer_hours_ = offer_hours;
}

Lists& Waiting::Change(Book& book) {
  auto changed = std::make_shared<Lists>(*book.lists);
  Lists& lists = *changed;
  lists.version = ++versions_;
  book.lists = std::move(changed);
  return lists;
}

Lists& Waiting::Next() { return Change(auditor_.Next()); }

bool Waiting::IsOpen(const std::string& slot) const {
  return lists().seats.contains({slot, "web"}) && !lists().unlisted.contains(DateOf(slot));
}

uint64_t Waiting::Holds() const {
  return static_cast<uint64_t>(std::count_if(
      lists().live.begin(), lists().live.end(),
      [&](const auto& one) { return lists().reservations.at(one.second).state == State::kHeld; }));
}

bool Waiting::AnyAwaits() const {
  return std::any_of(lists().live.begin(), lists().live.end(),
                     [&](const auto& one) { return lists().reservations.at(one.second).awaits(); });
}

bool Waiting::IsPublished(const Told& told) const {
  return std::all_of(slots_.begin(), slots_.end(), [&](const std::string& slot) {
    return IsOpen(slot) ==
           (told.body.find("\"slot\":\"" + TimeOf(slot) + "\"") != std::string::npos);
  });
}

// Days that are not closed any more have their slots again.
std::string Waiting::Published(const Told& told, bool disk_low) {
  if (told.code == "read-only" && disk_low) return "";
  if (told.status != 200 && told.status != 201) return Wrong("it can be published", told);
  auditor_.Reach("lists-published");
  Lists& next = Next();
  for (const std::string& slot : slots_) {
    if (next.closed.contains(DateOf(slot))) continue;
    next.unlisted.erase(DateOf(slot));
    for (const auto& [channel, hours] : offer_hours_) {
      ListSeat& seat = next.seats[{slot, channel}];
      if (seat.state == ListSeat::State::kGone) seat = {};
      seat.last = false;
    }
  }
  return "";
}

// --- places --------------------------------------------------------------------------------------

std::string Waiting::Joined(const Join& join, const Told& told, Instant now, Book* made) {
  if (const auto has = lists().place_of.find(join.person); has != lists().place_of.end()) {
    const Place& place = lists().places.at(has->second);
    if (place.idempotency != join.idempotency) {
      auditor_.Reach("already-waiting");
      return Expected("already-waiting", "a person has one place", told);
    }
    if (place.channel != join.channel) {
      auditor_.Reach("place-with-another-body");
      return Expected("idempotency-mismatch", "the key was another place's", told);
    }
    auditor_.Reach("place-repeated");
    if (told.status != 200 || told.Member("place") != has->second ||
        told.Member("key") != place.key)
      return Wrong("the same place with the same key", told);
    return WrongPosition(place, has->second, told, now);
  }
  if (const auto live = lists().live.find(join.person); live != lists().live.end()) {
    auditor_.Reach("place-of-somebody-with-a-seat");
    return Expected("already-reserved", "who has a reservation does not wait", told);
  }
  const std::string name = told.Member("place");
  if (told.status != 201 || told.Member("state") != "waiting" || name.empty() ||
      told.Member("channel") != join.channel)
    return Wrong("anybody can wait", told);
  if (lists().places.contains(name)) return Wrong("the name is another place's", told);
  if (!told.Member("position").empty()) return Wrong("today's order is not drawn yet", told);
  auditor_.Reach("joined-" + join.channel);
  Lists& next = made == nullptr ? Next() : Change(*made);
  Place place;
  place.person = join.person;
  place.channel = join.channel;
  place.day = DayAt(now);
  place.key = told.Member("key");
  place.idempotency = join.idempotency;
  place.joined = next.version;
  next.places[name] = place;
  next.place_of[join.person] = name;
  return "";
}

// Where the order is known, the place in it; before, as many as there can be before it.
std::string Waiting::WrongPosition(const Place& place, const std::string& name, const Told& told,
                                   Instant now) const {
  const std::string said = told.Member("position");
  if (place.ended() || place.day >= DayAt(now))
    return said.empty() ? "" : Wrong("it has no position", told);
  int least = 1;
  int most = 1;
  const bool known = order_.contains({place.channel, place.day});
  for (const auto& [other_name, other] : lists().places) {
    if (other.ended() || other.channel != place.channel || other_name == name) continue;
    const bool before = IsBefore(other, other_name, place, name);
    least += before && (known || other.day != place.day);
    most += before || (!known && other.day == place.day);
  }
  const int position = said.empty() ? 0 : std::stoi(said);
  if (least <= position && position <= most) return "";
  return Wrong("it is number " + std::to_string(least) + " to " + std::to_string(most), told);
}

std::string Waiting::Read(const std::string& name, const Told& told, Instant now) const {
  const Place& place = lists().places.at(name);
  if (told.status != 200 || told.Member("state") != NameOf(place.state) ||
      told.Member("offers") != std::to_string(place.offers))
    return Wrong("place " + name + " is " + NameOf(place.state) + " after " +
                     std::to_string(place.offers) + " offers",
                 told);
  const auto live = lists().live.find(place.person);
  const bool offered = !place.ended() && live != lists().live.end() &&
                       lists().reservations.at(live->second).state == State::kOffered;
  if (offered != (told.body.find("\"offer\":") != std::string::npos) ||
      (offered && told.Member("reservation") != live->second))
    return Wrong("a place shows what is offered to it", told);
  if (offered &&
      Seconds(told.Member("expires_at")) != lists().reservations.at(live->second).deadline_s)
    return Wrong(
        "the offer ends at " + std::to_string(lists().reservations.at(live->second).deadline_s),
        told);
  return WrongPosition(place, name, told, now);
}

std::string Waiting::Left(const std::string& name, const Told& told, Instant now, bool disk_low) {
  const Place& place = lists().places.at(name);
  if (place.ended()) {
    auditor_.Reach("left-again");
    return told.status == 200 && told.Member("state") == NameOf(place.state)
               ? ""
               : Wrong("it has ended already", told);
  }
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  if (told.status != 200 || told.Member("state") != "left") return Wrong("leaving is free", told);
  Lists& next = Next();
  Place& left = next.places.at(name);
  left.state = Place::State::kLeft;
  next.place_of.erase(left.person);
  const auto live = next.live.find(left.person);
  const bool offered = live != next.live.end() &&
                       next.reservations.at(live->second).state == State::kOffered &&
                       !IsLate(next.reservations.at(live->second), now);
  auditor_.Reach(offered ? "left-with-an-offer" : "left");
  if (offered) {
    const Instant until{Later(0, now.ms + kPassesOnMs) * kMsPerSecond};
    End(next, std::string(live->second), State::kCancelled, until, until);
  }
  return "";
}

// --- days ----------------------------------------------------------------------------------------

bool Waiting::IsDisplaced(const Lists& lists, const Kept& kept) {
  return kept.state == State::kConfirmed && !kept.by_office &&
         lists.closed.contains(DateOf(kept.slot));
}

std::string Waiting::Closed(const std::string& day, bool closed, const Told& told, Instant now) {
  if (told.status != 200) return Wrong("a day can be closed", told);
  const bool was = lists().closed.contains(day) == closed;
  int slots = 0;
  int withdrawn = 0;
  int displaced = 0;
  for (const auto& [key, seat] : lists().seats) {
    if (!closed || DateOf(key.first) != day || lists().unlisted.contains(day)) continue;
    slots += key.second == "web";
    displaced += seat.state == ListSeat::State::kTaken;
    withdrawn += seat.state != ListSeat::State::kTaken;
  }
  auditor_.Reach(was             ? "day-closed-or-reopened-again"
                 : !closed       ? "day-reopened"
                 : displaced > 0 ? "day-closed-with-people"
                                 : "day-closed");
  if (was != (told.Member("existed") == "true")) return Wrong("it was so before, or not", told);
  if (told.Member("slots") != std::to_string(slots) ||
      told.Member("displaced") != std::to_string(displaced) ||
      told.Member("seats_withdrawn") != std::to_string(withdrawn))
    return Wrong(
        std::to_string(displaced) + " are displaced and " + std::to_string(withdrawn) + " seats go",
        told);
  LearnClosed(day, closed, now);
  return "";
}

// What is free or kept goes at once, what cools when it has, and what is somebody's when it ends.
void Waiting::LearnClosed(const std::string& day, bool closed, Instant now) {
  Lists& next = Next();
  if (!closed) {
    next.closed.erase(day);
    return;
  }
  next.closed.insert(day);
  next.unlisted.insert(day);
  for (auto& [key, seat] : next.seats) {
    if (DateOf(key.first) != day) continue;
    const bool cools = seat.state == ListSeat::State::kReturning && seat.looks == 0;
    if (cools || seat.state == ListSeat::State::kTaken) {
      seat.last = true;
    } else {
      seat = {ListSeat::State::kGone};
    }
  }
  for (auto& [name, kept] : next.reservations) {
    if (DateOf(kept.slot) == day) kept.displaced_from = now;
  }
}

}  // namespace creneau::sim
