// Those who wait, after a crash: what is there must be what some prefix of the decisions makes, and
// perhaps what the steward did in the round in which the machine ended.
#include <algorithm>

#include "tests/sim/verdict.h"
#include "tests/sim/waiting.h"

namespace creneau::sim {
namespace {

using State = Kept::State;

// Whether what was told of a place is what is known, or what the steward may have made of it.
bool Fits(const Place& place, const Told& told) {
  const std::string state = told.Member("state");
  const std::string offers = told.Member("offers");
  const std::string same = std::to_string(place.offers);
  if (told.status != 200) return false;
  switch (place.state) {
    case Place::State::kWaiting:
      if (state == "offered") return offers == std::to_string(place.offers + 1);
      return (state == "waiting" || state == "served") && offers == same;
    case Place::State::kOffered:
      if (state == "lapsed" && place.offers < kOffersOfPlace) return false;
      return (state == "offered" || state == "waiting" || state == "served" || state == "lapsed") &&
             offers == same;
    case Place::State::kServed:
      return state == "served" && offers == same;
    case Place::State::kLeft:
      return state == "left" && offers == same;
    case Place::State::kLapsed:
      return state == "lapsed" && offers == same;
  }
  return false;
}

}  // namespace

void Waiting::Gather(const Book& book, const Sight& sight) {
  for (const auto& [name, place] : book.lists->places) {
    const std::pair key{name, place.key};
    if (!seen_places_.contains(key)) seen_places_[key] = sight("/v1/waitlist/" + name, place.key);
  }
  for (const auto& [name, kept] : book.lists->reservations) {
    const std::pair key{name, kept.key};
    if (!seen_reservations_.contains(key))
      seen_reservations_[key] = sight("/v1/reservations/" + name, kept.key);
  }
}

std::string Waiting::Misfit(const Book& book, Instant died, Instant now) const {
  const Lists& lists = *book.lists;
  for (const auto& [asked, told] : seen_places_) {
    const auto at = lists.places.find(asked.first);
    const bool known = at != lists.places.end() && at->second.key == asked.second;
    if (known ? !Fits(at->second, told) : told.code != "unknown-place")
      return Wrong("place " + asked.first + " should be otherwise", told);
  }
  for (const auto& [asked, told] : seen_reservations_) {
    const auto at = lists.reservations.find(asked.first);
    const bool known = at != lists.reservations.end() && at->second.key == asked.second;
    if (!known) {
      if (told.code != "unknown-reservation") return Wrong("nobody has " + asked.first, told);
      continue;
    }
    const Kept& kept = at->second;
    if (!kept.live()) {
      const bool gone = kept.over <= now && told.code == "unknown-reservation";
      if (!gone && told.code != (kept.state == State::kCancelled ? "cancelled" : "hold-expired"))
        return Wrong(asked.first + " has ended", told);
      continue;
    }
    if (IsLate(kept, died) && told.code == "hold-expired") continue;
    const char* const state = kept.state == State::kHeld        ? "held"
                              : kept.state == State::kConfirmed ? "confirmed"
                                                                : "offered";
    const bool same = told.Member("state") == state && InSlot(told) == kept.slot;
    const bool moved =
        IsDisplaced(lists, kept) && told.Member("state") == "offered" && InSlot(told) != kept.slot;
    const bool longer =
        kept.state == State::kHeld && told.Member("extended") != (kept.extended ? "true" : "false");
    if (told.status != 200 || (!same && !moved) || longer ||
        told.Member("moves_left") != std::to_string(kOwnMoves - kept.moves))
      return Wrong(asked.first + " should be otherwise", told);
  }
  return "";
}

// What was given up at once, and nobody was told of, may never have been: its name may be given to
// another one, and its seat is nobody's then, or kept for those who wait.
void Waiting::ForgetUnknownEnds(Lists& lists, const Seen& reservations) {
  std::erase_if(lists.reservations, [&](const auto& one) {
    const auto& [name, kept] = one;
    if (kept.live() || auditor_.oldest().lists->reservations.contains(name) ||
        reservations.at({name, kept.key}).code != "unknown-reservation")
      return false;
    ListSeat& seat = lists.seats.at({kept.slot, kept.channel});
    if (seat.state == ListSeat::State::kReturning && seat.looks == 0) {
      auditor_.Reach("given-up-before-anybody-knew");
      seat.free_from = Instant{0};
      seat.looks = 1;
    }
    return true;
  });
}

// What is known is what was told from now on.
std::string Waiting::Adopt(Book& book, Instant died, Instant now) {
  Lists& lists = Change(book);
  std::string wrong;
  const auto reservations = std::exchange(seen_reservations_, {});
  const auto places = std::exchange(seen_places_, {});
  const std::map<std::string, Kept> known = lists.reservations;
  for (const auto& [name, before] : known) {
    const Told& told = reservations.at({name, before.key});
    Kept& kept = lists.reservations.at(name);
    if (!kept.live() || !wrong.empty()) continue;
    if (told.status != 200) {
      auditor_.Reach("lapsed-in-the-last-round");
      // The steward has been there, or has not and will soon.
      unsure_until_ = now + kSettlesMs;
      ended_now_.insert(kept.person);
      const Instant from{(died.ms + kPassesOnMs) / kMsPerSecond * kMsPerSecond};
      const Instant until{Later(0, unsure_until_.ms + kPassesOnMs) * kMsPerSecond};
      End(lists, name, State::kLapsed, from - 2 * kMsPerSecond, until);
    } else if (kept.state == State::kConfirmed && told.Member("state") == "offered") {
      auditor_.Reach("moved-in-the-last-round");
      wrong = NewMove(lists, name, told, now, /*exactly=*/false);
    } else if (kept.awaits()) {
      const int64_t deadline_s = Seconds(told.Member("expires_at"));
      const int64_t owed_s =
          IsLate(kept, died) ? kept.deadline_s : Later(kept.deadline_s, now - died);
      if (deadline_s < owed_s - 1)
        wrong = Wrong("a crash took time, due was " + std::to_string(owed_s), told);
      if (kept.state == State::kOffered && deadline_s > kept.deadline_s)
        auditor_.Reach("offer-lengthened-by-a-crash");
      kept.deadline_s = deadline_s;
    }
  }
  for (auto& [name, place] : lists.places) {
    if (place.ended() || !wrong.empty()) continue;
    const Told& told = places.at({name, place.key});
    const std::string state = told.Member("state");
    if (state == "offered" && told.Member("offers") != std::to_string(place.offers)) {
      auditor_.Reach("offered-in-the-last-round");
      wrong = NewOffer(lists, name, told, now, /*exactly=*/false);
      continue;
    }
    place.state = state == "waiting"   ? Place::State::kWaiting
                  : state == "offered" ? Place::State::kOffered
                  : state == "served"  ? Place::State::kServed
                                       : Place::State::kLapsed;
    if (place.ended()) lists.place_of.erase(place.person);
  }
  ForgetUnknownEnds(lists, reservations);
  // The moment at which a seat that nobody took is everybody's is drawn anew.
  for (auto& [key, seat] : lists.seats) {
    if (seat.state != ListSeat::State::kReturning) continue;
    // It has gone in the last round, or has not: then it may be anybody's once its day is back.
    if (seat.last && seat.looks == 0 && seat.cools_from <= died) {
      seat.free_from = Instant{0};
      seat.looks = 1;
    }
    if (seat.looks == 0) continue;
    seat.anew = true;
    seat.doubtful = false;
    seat.look_at = Instant{0};
  }
  left_since_.clear();
  return wrong;
}

}  // namespace creneau::sim
