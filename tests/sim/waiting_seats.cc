// What people who hold and book beside a waitlist must be answered, and who is offered a seat
// there.
#include <algorithm>

#include "tests/sim/verdict.h"
#include "tests/sim/waiting.h"

namespace creneau::sim {
namespace {

using State = Kept::State;

}  // namespace

std::string Waiting::Existing(const Ask& ask, const Told& told, Instant now) const {
  const std::string& name = lists().live.at(ask.person);
  const Kept& kept = lists().reservations.at(name);
  if (kept.idempotency != ask.idempotency)
    return Expected("already-reserved", "there is a reservation already", told);
  if (kept.asked != ask.slot)
    return Expected("idempotency-mismatch", "the key was another hold's", told);
  if (IsLate(kept, now)) return Expected("hold-expired", "the hold has lapsed", told);
  if (told.status != 200 || told.Member("reservation") != name || told.Member("key") != kept.key)
    return Wrong("the same hold with the same key", told);
  return "";
}

// What is granted must be anybody's, and what is refused nobody's.
std::string Waiting::CheckHold(const Ask& ask, const Told& told, Instant now) const {
  const bool any = TimeOf(ask.slot).empty();
  if (told.status == 201) {
    const std::string given = InSlot(told);
    const auto seat = lists().seats.find({given, ask.channel});
    if (seat == lists().seats.end() || (any ? AgendaOf(given) : given) != ask.slot)
      return Wrong("another slot was asked for", told);
    if (!IsOpen(given) || !seat->second.MayBeFree(now))
      return Wrong("that seat is not anybody's to take", told);
    if (lists().reservations.contains(told.Member("reservation")))
      return Wrong("the name is another reservation's", told);
    return "";
  }
  if (!any && !IsOpen(ask.slot)) {
    auditor_.Reach("hold-on-a-closed-day");
    return Expected("validation-failed", "that day is closed", told);
  }
  bool free = false;
  for (const auto& [key, seat] : lists().seats) {
    if (key.second == ask.channel && (any || key.first == ask.slot) && IsOpen(key.first))
      free |= seat.state == ListSeat::State::kFree;
  }
  const std::string wrong = Expected(any ? "nothing-left" : "slot-taken", "it is taken", told);
  return wrong.empty() && free ? Wrong("there is a free seat", told) : wrong;
}

void Waiting::Make(Lists& lists, const Ask& ask, const Told& told, State state) const {
  Kept kept;
  kept.state = state;
  kept.person = ask.person;
  kept.key = told.Member("key");
  kept.idempotency = ask.idempotency;
  kept.asked = ask.slot;
  kept.slot = InSlot(told);
  kept.channel = ask.channel;
  if (kept.awaits()) kept.deadline_s = Seconds(told.Member("expires_at"));
  ListSeat& seat = lists.seats.at({kept.slot, kept.channel});
  seat = {ListSeat::State::kTaken, seat.last};
  const std::string name = told.Member("reservation");
  lists.live[ask.person] = name;
  lists.reservations[name] = std::move(kept);
}

std::string Waiting::Held(const Ask& ask, const Told& told, Instant now, bool disk_low, bool full) {
  if (lists().live.contains(ask.person)) return Existing(ask, told, now);
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  if (told.code == "overloaded" || (full && told.code != "validation-failed"))
    return told.code == "overloaded" && full ? "" : Wrong("as many holds as can be, or not", told);
  if (std::string wrong = CheckHold(ask, told, now); !wrong.empty() || told.status != 201)
    return wrong;
  if (told.Member("state") != "held" ||
      Seconds(told.Member("expires_at")) != Later(0, now.ms + kHoldMs))
    return Wrong("a hold lasts five minutes", told);
  const ListSeat& seat = lists().seats.at({InSlot(told), ask.channel});
  auditor_.Reach(seat.state == ListSeat::State::kFree ? "hold-beside-the-list"
                                                      : "hold-of-a-seat-that-nobody-took");
  if (lists().place_of.contains(ask.person)) auditor_.Reach("hold-of-somebody-who-waits");
  Make(Next(), ask, told, State::kHeld);
  return "";
}

std::string Waiting::CheckRefused(const Ask& ask, const Told& told) const {
  const bool closed = !TimeOf(ask.slot).empty() && !IsOpen(ask.slot);
  return closed && !lists().live.contains(ask.person) ? "" : Wrong("that can be booked", told);
}

std::string Waiting::Booked(const Ask& ask, const Told& told, Instant now, Book& made) {
  if (lists().live.contains(ask.person))
    return Expected("already-reserved", "there is a reservation already", told);
  if (std::string wrong = CheckHold(ask, told, now); !wrong.empty() || told.status != 201)
    return wrong;
  if (told.Member("state") != "confirmed" || told.Member("channel") != ask.channel)
    return Wrong("an agent's booking is confirmed at once", told);
  auditor_.Reach("booked-beside-the-list");
  Make(Change(made), ask, told, State::kConfirmed);
  return "";
}

// The answer to whoever acts on what has ended; nothing when it has not.
std::optional<std::string> Waiting::Ended(const Kept& kept, const Told& told, Instant now) const {
  if (!kept.live() && kept.over <= now && told.code == "unknown-reservation") return "";
  if (kept.state == State::kCancelled) return Expected("cancelled", "it was given up", told);
  if (kept.state == State::kLapsed || IsLate(kept, now))
    return Expected("hold-expired", "it has lapsed", told);
  return std::nullopt;
}

std::string Waiting::Confirmed(const std::string& name, const Told& told, Instant now) {
  const Kept& kept = lists().reservations.at(name);
  if (const auto ended = Ended(kept, told, now)) return *ended;
  if (told.status != 200 || told.Member("state") != "confirmed" || InSlot(told) != kept.slot)
    return Wrong("whoever has a seat can confirm it", told);
  if (kept.state == State::kConfirmed) return "";
  auditor_.Reach(kept.state == State::kHeld ? "confirmed-beside-the-list"
                 : kept.by_office           ? "office-offer-confirmed"
                                            : "offer-confirmed");
  Kept& next = Next().reservations.at(name);
  next.state = State::kConfirmed;
  next.displaced_from = now;
  return "";
}

std::string Waiting::Extended(const std::string& name, const Told& told, Instant now) {
  const Kept& kept = lists().reservations.at(name);
  if (kept.state == State::kConfirmed) return Expected("not-held", "it has no deadline", told);
  if (const auto ended = Ended(kept, told, now)) return *ended;
  if (kept.state == State::kOffered) {
    auditor_.Reach("offer-is-not-extended");
    return Expected("not-held", "an offer is no hold", told);
  }
  const int64_t deadline_s = kept.deadline_s + (kept.extended ? 0 : kHoldMs / kMsPerSecond);
  if (told.status != 200 || Seconds(told.Member("expires_at")) != deadline_s)
    return Wrong("extended once", told);
  if (kept.extended) return "";
  Kept& next = Next().reservations.at(name);
  next.extended = true;
  next.deadline_s = deadline_s;
  return "";
}

std::string Waiting::Cancelled(const std::string& name, const Told& told, Instant now,
                               bool disk_low) {
  const Kept& kept = lists().reservations.at(name);
  if (kept.state == State::kCancelled && told.status == 200) return "";
  if (const auto ended = Ended(kept, told, now)) return *ended;
  if (told.code == "read-only")
    return disk_low && kept.state == State::kConfirmed ? "" : Wrong("it can be given up", told);
  if (told.status != 200 || told.Member("state") != "cancelled")
    return Wrong("whoever has it can give it up", told);
  if (kept.state == State::kOffered) auditor_.Reach("offer-given-up");
  const Instant until{Later(0, now.ms + kPassesOnMs) * kMsPerSecond};
  End(Next(), name, State::kCancelled, until, until);
  return "";
}

std::string Waiting::Moved(const std::string& name, const std::string& slot, const Told& told,
                           Instant now, bool disk_low) {
  const Kept& kept = lists().reservations.at(name);
  if (const auto ended = Ended(kept, told, now)) return *ended;
  if (kept.slot == slot)
    return told.status == 200 && InSlot(told) == slot ? "" : Wrong("it is there", told);
  if (!IsOpen(slot)) return Expected("validation-failed", "that day is closed", told);
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  if (kept.moves == kOwnMoves) {
    auditor_.Reach(kept.by_office ? "three-moves-used" : "both-moves-used");
    return Expected("moves-used", "moved twice", told);
  }
  const ListSeat& seat = lists().seats.at({slot, kept.channel});
  if (told.code == "slot-taken")
    return seat.state == ListSeat::State::kFree ? Wrong("there is a free seat", told) : "";
  if (told.status != 200 || InSlot(told) != slot) return Wrong("it can be moved", told);
  if (!seat.MayBeFree(now)) return Wrong("that seat is not anybody's to take", told);
  if (told.Member("moves_left") != std::to_string(kOwnMoves - kept.moves - 1))
    return Wrong("one move fewer is left", told);
  auditor_.Reach(kept.by_office                  ? "moved-beside-the-office"
                 : kept.state == State::kOffered ? "offer-moved"
                                                 : "moved-beside-the-list");
  Lists& next = Next();
  Kept& moved = next.reservations.at(name);
  const Instant until{Later(0, now.ms + kPassesOnMs) * kMsPerSecond};
  Return(next.seats.at({moved.slot, moved.channel}), until, until);
  ListSeat& taken = next.seats.at({slot, moved.channel});
  taken = {ListSeat::State::kTaken, taken.last};
  moved.slot = slot;
  ++moved.moves;
  return "";
}

std::string Waiting::Looked(const std::string& name, const Told& told, Instant now) const {
  const Kept& kept = lists().reservations.at(name);
  if (const auto ended = Ended(kept, told, now)) return *ended;
  const char* state = kept.state == State::kHeld        ? "held"
                      : kept.state == State::kConfirmed ? "confirmed"
                                                        : "offered";
  if (told.status != 200 || told.Member("state") != state || InSlot(told) != kept.slot ||
      told.Member("moves_left") != std::to_string(kOwnMoves - kept.moves))
    return Wrong(name + " is " + state + " in " + kept.slot, told);
  if (kept.awaits() && Seconds(told.Member("expires_at")) != kept.deadline_s)
    return Wrong("the deadline is " + std::to_string(kept.deadline_s), told);
  return "";
}

std::string Waiting::Slots(const Told& told, Instant now) {
  if (std::exchange(told_at_, now) != now) told_.clear();
  for (const std::string& slot : slots_) {
    const size_t at = told.body.find("\"slot\":\"" + TimeOf(slot) + "\"");
    if ((at != std::string::npos) != IsOpen(slot))
      return Wrong(slot + (IsOpen(slot) ? " is published" : " is on a closed day"), told);
    if (at == std::string::npos) continue;
    const int free = std::stoi(told.body.substr(told.body.find("\"free\":", at) + 7, 4));
    const ListSeat& seat = lists().seats.at({slot, "web"});
    const std::pair range{seat.state == ListSeat::State::kFree ? 1 : 0,
                          seat.MayBeFree(now) ? 1 : 0};
    auto& [least, most] = told_.try_emplace(slot, range).first->second;
    least = std::min(least, range.first);
    most = std::max(most, range.second);
    if (free > most || free < least) return Wrong("free in " + slot, told);
  }
  return "";
}

}  // namespace creneau::sim
