// What the steward was seen to have done for those who wait, and for people whose day was closed.
#include <algorithm>

#include "base/text.h"
#include "tests/sim/verdict.h"
#include "tests/sim/waiting.h"

namespace creneau::sim {
namespace {

using State = Kept::State;

// Above these odds, one to so many, it is no chance.
constexpr double kNoLuck = 1e9;

// To people whose day was closed: free, or kept for whoever may come.
bool IsToGive(const ListSeat& seat) {
  const bool is_kept = seat.state == ListSeat::State::kReturning && seat.looks > 0 && !seat.anew &&
                       !seat.doubtful && !seat.last;
  return is_kept || seat.state == ListSeat::State::kFree;
}

int MinuteOf(const std::string& slot) {
  const auto minute = ParseLocalMinute(TimeOf(slot));
  CHECK(minute.has_value());
  return minute->value;
}

int Apart(const std::string& one, const std::string& other) {
  return std::abs(MinuteOf(one) - MinuteOf(other));
}

}  // namespace

// A seat that came back is kept for whoever has that place.
std::string Waiting::NewOffer(Lists& lists, const std::string& name, const Told& told, Instant now,
                              bool exactly) const {
  Place& place = lists.places.at(name);
  const std::string slot = told.Member("agenda") + "/" + told.Member("slot");
  const std::string reservation = told.Member("reservation");
  const int64_t deadline_s = reservation.empty() ? 0 : Seconds(told.Member("expires_at"));
  const auto at = lists.seats.find({slot, place.channel});
  if (at == lists.seats.end()) return Wrong("another channel's seat is offered", told);
  ListSeat& seat = at->second;
  if (place.state != Place::State::kWaiting || place.offers >= kOffersOfPlace)
    return Wrong("nothing more is offered to that place", told);
  if (place.day >= DayAt(now)) return Wrong("today's order is not drawn yet", told);
  if (lists.live.contains(place.person)) return Wrong("they have a reservation", told);
  if (seat.state != ListSeat::State::kReturning || seat.cools_from > now || seat.last)
    return Wrong("that seat is nobody's to offer", told);
  // One made before this round may have got the time of an outage since, rounded up.
  const int64_t least_s = OfferEnds(place.channel, seen_at_);
  if (exactly && (deadline_s < least_s || deadline_s > OfferEnds(place.channel, now) + 1))
    return Wrong("an offer ends at " + std::to_string(OfferEnds(place.channel, now)), told);
  if (lists.reservations.contains(reservation)) return Wrong("that name is another's", told);
  place.state = Place::State::kOffered;
  ++place.offers;
  const std::string offer = told.body.substr(told.body.find("\"offer\":"));
  Kept kept;
  kept.state = State::kOffered;
  kept.person = place.person;
  kept.key = Told("HTTP/1.1 200 x\r\n\r\n" + offer).Member("key");
  kept.slot = slot;
  kept.channel = place.channel;
  kept.deadline_s = deadline_s;
  seat = {ListSeat::State::kTaken};
  lists.live[place.person] = reservation;
  lists.reservations[reservation] = std::move(kept);
  auditor_.Reach("offered-" + place.channel);
  if (place.offers == kOffersOfPlace) auditor_.Reach("offered-a-second-time");
  return "";
}

// The office has moved somebody whose day was closed, to the nearest seat; they may decline.
std::string Waiting::NewMove(Lists& lists, const std::string& name, const Told& told, Instant now,
                             bool exactly) const {
  Kept& kept = lists.reservations.at(name);
  const std::string slot = told.Member("agenda") + "/" + told.Member("slot");
  if (!IsDisplaced(lists, kept) || told.Member("state") != "offered")
    return Wrong("nobody has moved " + name, told);
  if (told.Member("moves_left") != std::to_string(kOwnMoves - kept.moves))
    return Wrong("the office's move is not its holder's", told);
  ListSeat& seat = lists.seats.at({slot, kept.channel});
  const bool anybodys = seat.state == ListSeat::State::kFree ||
                        (seat.state == ListSeat::State::kReturning && seat.cools_from <= now);
  if (!anybodys || seat.last || lists.unlisted.contains(DateOf(slot)))
    return Wrong("that seat is nobody's to give", told);
  const int64_t deadline_s = Seconds(told.Member("expires_at"));
  if (exactly && (deadline_s < OfferEnds(kept.channel, seen_at_) ||
                  deadline_s > OfferEnds(kept.channel, now) + 1))
    return Wrong("an offer ends at " + std::to_string(OfferEnds(kept.channel, now)), told);
  // Its own day is over: the seat goes in the next round, unless the day comes back before that.
  ListSeat& left = lists.seats.at({kept.slot, kept.channel});
  const Instant gone{Later(0, now.ms + 1) * kMsPerSecond};
  Return(left, gone, gone);
  if (!exactly) {
    // Gone already perhaps, so that it may be anybody's as soon as the day is there again.
    left.cools_from = Instant{0};
    left.looks = 1;
    left.anew = true;
  }
  auditor_.Reach(seat.state == ListSeat::State::kFree ? "displaced-to-a-free-seat"
                                                      : "displaced-to-a-freed-seat");
  seat = {ListSeat::State::kTaken};
  kept.state = State::kOffered;
  kept.by_office = true;
  kept.slot = slot;
  kept.deadline_s = deadline_s;
  return "";
}

// It was moved from there; no seat that is free now, and so was then, is nearer.
std::string Waiting::Nearest(const Lists& lists, const std::string& name, const std::string& from) {
  const Kept& kept = lists.reservations.at(name);
  for (const auto& [key, seat] : lists.seats) {
    if (key.second == kept.channel && seat.state == ListSeat::State::kFree &&
        !lists.unlisted.contains(DateOf(key.first)) &&
        Apart(key.first, from) < Apart(kept.slot, from))
      return name + " was moved to " + kept.slot + ", but " + key.first + " is nearer";
  }
  return "";
}

// Of one day. Whoever could choose his place by when he joins would know the order.
std::string Waiting::LearnDrawn(const std::vector<std::string>& names, const Lists& lists) {
  const auto joined = [&](const std::string& name) { return lists.places.at(name).joined; };
  const auto before = [&](const std::string& a, const std::string& b) {
    return joined(a) < joined(b);
  };
  double orders = 1;
  for (size_t i = 2; i <= names.size(); ++i) orders *= static_cast<double>(i);
  odds_of_joining_ *= std::is_sorted(names.begin(), names.end(), before) ? orders : 0;
  odds_of_opposite_ *= std::is_sorted(names.rbegin(), names.rend(), before) ? orders : 0;
  if (std::max(odds_of_joining_, odds_of_opposite_) < kNoLuck) return "";
  return "people always come in the order in which they joined, or in the opposite one";
}

// From the places that are told: one order, by days, and the same as was told before.
std::string Waiting::LearnOrder(const Answers& places, const Lists& lists, Instant now) {
  std::map<std::string, std::map<int, std::string>> by_channel;
  for (const auto& [name, told] : places) {
    const Place& place = lists.places.at(name);
    const std::string said = told.Member("position");
    if (place.day >= DayAt(now)) continue;
    if (said.empty()) return Wrong("its order is drawn", told);
    if (!by_channel[place.channel].emplace(std::stoi(said), name).second)
      return Wrong("somebody else is told that position", told);
  }
  for (const auto& [channel, line] : by_channel) {
    int expected = 0;
    const Place* last = nullptr;
    std::map<int, std::vector<std::string>> drawn;
    for (const auto& [position, name] : line) {
      const Place& place = lists.places.at(name);
      if (position != ++expected) return "nobody is at " + std::to_string(expected);
      if (last != nullptr && last->day > place.day) return name + " is before an earlier day";
      last = &place;
      drawn[place.day].push_back(name);
    }
    for (auto& [day, names] : drawn) {
      const auto known = order_.find({channel, day});
      if (known == order_.end()) {
        if (names.size() > 1) auditor_.Reach("order-drawn");
        order_[{channel, day}] = names;
        if (std::string wrong = LearnDrawn(names, lists); !wrong.empty()) return wrong;
        continue;
      }
      std::vector<std::string> left;
      for (const std::string& name : known->second) {
        if (std::find(names.begin(), names.end(), name) != names.end()) left.push_back(name);
      }
      if (left != names) return "the order of " + channel + " is another one than was told";
    }
  }
  return "";
}

// Whoever got an offer was the foremost of those who wait for that channel and have nothing.
std::string Waiting::PassedOver(const Lists& lists, const std::set<std::string>& offered,
                                Instant now) const {
  for (const std::string& name : offered) {
    const Place& place = lists.places.at(name);
    for (const auto& [other_name, other] : lists.places) {
      if (other.channel != place.channel || !Waits(other, lists, now)) continue;
      if (IsBefore(other, other_name, place, name))
        return name + " is offered a seat, but " + other_name + " comes before";
    }
  }
  return "";
}

// People whose day was closed get a seat as soon as there is one, before those who wait.
std::string Waiting::LeftWaiting(const Lists& lists, const std::set<std::string>& offered,
                                 Instant now, bool frees) {
  std::map<std::string, Instant> left;
  for (const auto& [person, name] : lists.live) {
    const Kept& kept = lists.reservations.at(name);
    if (!IsDisplaced(lists, kept)) continue;
    for (const std::string& place : offered) {
      if (lists.places.at(place).channel == kept.channel && kept.displaced_from < now)
        return place + " is offered a seat, but " + name + " was displaced";
    }
    const bool could = std::any_of(lists.seats.begin(), lists.seats.end(), [&](const auto& one) {
      return one.first.second == kept.channel && IsToGive(one.second) &&
             !lists.unlisted.contains(DateOf(one.first.first));
    });
    if (!could) continue;
    const auto since = left_since_.find(name);
    left[name] = since == left_since_.end() ? now : since->second;
    if (frees && now - std::max(left[name], kept.displaced_from) > kMovesWithinMs)
      return name + " was displaced, and is not moved though there is a seat";
  }
  left_since_ = std::move(left);
  return "";
}

// Seats that were looked at in this round and that nobody has.
std::string Waiting::LookAgain(Lists& lists, Instant now, bool frees) const {
  for (auto& [key, seat] : lists.seats) {
    if (seat.state != ListSeat::State::kReturning) continue;
    if (seat.last && seat.cools_until <= now && !frees) {
      // It has gone, or has not: then it may be anybody's as soon as the day is there again.
      seat.free_from = Instant{0};
      seat.looks = std::max(seat.looks, 1);
      seat.look_at = Instant{0};
      seat.doubtful = true;
      continue;
    }
    if (seat.last && seat.cools_until <= now) {
      auditor_.Reach("freed-on-a-closed-day");
      seat = {ListSeat::State::kGone};
      continue;
    }
    if ((seat.looks == 0 ? seat.cools_until : seat.look_at) > now) continue;
    const bool may_be_free = seat.MayBeFree(now);
    if (!frees) {
      if (seat.looks == 0) seat.free_from = now + kKeptLeastMs;
      seat.looks = std::max(seat.looks, 1);
      seat.look_at = Instant{0};
      seat.doubtful = true;
      continue;
    }
    const bool begins = seat.looks == 0 || (seat.anew && !may_be_free);
    const bool wanted = std::any_of(lists.places.begin(), lists.places.end(), [&](const auto& one) {
      return one.second.channel == key.second && Waits(one.second, lists, now);
    });
    // At the second look too: then its moment has not come, or only just.
    const bool second = seat.looks == 1 && !seat.anew && !seat.doubtful;
    if (wanted && !seat.doubtful && (begins || second))
      return "the seat in " + key.first + " is kept from those who wait";
    if (second) auditor_.Reach("looked-for-takers-again");
    if (begins) auditor_.Reach("nobody-takes-a-freed-seat");
    if (begins && !seat.doubtful) seat.free_from = now + kKeptLeastMs;
    if (begins || seat.anew || seat.doubtful) seat.free_until = now + kKeptMostMs;
    // The bounds are told: everybody can have it from the second one on.
    if (now >= seat.free_until) {
      auditor_.Reach("freed-for-everybody");
      seat = {ListSeat::State::kFree};
      continue;
    }
    seat.looks = begins && !seat.doubtful ? 1 : seat.looks + 1;
    seat.anew = seat.doubtful = false;
    seat.look_at = now + kKeptLeastMs;
  }
  return "";
}

std::string Waiting::See(const Answers& places, const Answers& reservations, Instant now,
                         bool frees) {
  Lists seen = lists();
  std::set<std::string> offered;
  for (const auto& [name, told] : places) {
    if (told.Member("state") != "offered" ||
        told.Member("offers") != std::to_string(seen.places.at(name).offers + 1))
      continue;
    if (std::string wrong = NewOffer(seen, name, told, now, /*exactly=*/true); !wrong.empty())
      return wrong;
    offered.insert(name);
  }
  std::map<std::string, std::string> moved_from;
  for (const auto& [name, told] : reservations) {
    const std::string slot = told.Member("agenda") + "/" + told.Member("slot");
    const std::string from = seen.reservations.at(name).slot;
    if (told.status != 200 || slot == from) continue;
    if (std::string wrong = NewMove(seen, name, told, now, /*exactly=*/true); !wrong.empty())
      return wrong;
    moved_from[name] = from;
  }
  std::string wrong = LearnOrder(places, seen, now);
  for (const auto& [name, from] : moved_from) {
    if (wrong.empty()) wrong = Nearest(seen, name, from);
  }
  if (wrong.empty()) wrong = PassedOver(seen, offered, now);
  if (wrong.empty()) wrong = LeftWaiting(seen, offered, now, frees);
  if (wrong.empty()) wrong = LookAgain(seen, now, frees);
  if (!wrong.empty()) return wrong;
  Lists& next = Next();
  seen.version = next.version;
  next = std::move(seen);
  seen_at_ = now;
  ended_now_.clear();
  for (const auto& [name, told] : places) {
    if (wrong.empty()) wrong = Read(name, told, now);
  }
  for (const auto& [name, told] : reservations) {
    if (wrong.empty()) wrong = Looked(name, told, now);
  }
  return wrong;
}

}  // namespace creneau::sim
