// What each request must be answered.
#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

using State = Booking::State;

const char* NameOf(State state) { return state == State::kConfirmed ? "confirmed" : "held"; }

bool IsIn(const Told& told, const std::string& slot) { return InSlot(told) == BareSlot(slot); }
bool IsOfWeb(const std::string& slot, const std::string& agenda) {
  return AgendaOf(slot) == agenda && ChannelOf(slot) == "web";
}

}  // namespace

std::string Auditor::Existing(const Booking& booking, const std::string& name,
                              const std::string& slot, const std::string& idempotency,
                              const Told& told, Instant now) {
  // Whoever made the hold of one that was given back to its owner is not the owner.
  if (booking.idempotency != idempotency || booking.rekeyed > 0) {
    Reach(booking.rekeyed > 0 ? "already-reserved-after-a-repair" : "already-reserved");
    if (told.code != "already-reserved") return Wrong("there is a reservation already", told);
    return told.body.find(name) == std::string::npos ? "" : Wrong("the name is told", told);
  }
  // One of a family who asks alone with its key, too.
  if (booking.asked != slot || !booking.party.empty()) {
    Reach("idempotency-mismatch");
    return told.code == "idempotency-mismatch" ? "" : Wrong("the key was another hold's", told);
  }
  if (Lapsed(booking, now)) {
    Reach("repeat-of-a-lapsed-hold");
    return told.code == "hold-expired" ? "" : Wrong("the hold has lapsed", told);
  }
  Reach("hold-repeated");
  if (told.status != 200 || told.Member("reservation") != name || told.Member("key") != booking.key)
    return Wrong("the same hold with the same key", told);
  return "";
}

std::string Auditor::Hold(int identity, const std::string& slot, const std::string& idempotency,
                          const Told& told, Instant now, bool disk_low) {
  const int person = book().people->Of(identity);
  if (person != identity) Reach("hold-of-somebody-linked");
  if (const auto at = book().live.find(person); at != book().live.end())
    return Existing(book().bookings.at(at->second), at->second, slot, idempotency, told, now);
  if (!queues_.Has(AgendaOf(slot))) {
    if (auto refusal = NotOpen(slot, told, now)) return *std::move(refusal);
  }
  if (told.code == "read-only") {
    Reach("read-only");
    return disk_low ? "" : Wrong("the disk has room", told);
  }
  // No more holds than can be confirmed in time, and no fewer.
  const bool full = Holds() >= hold_bound_;
  if (told.code == "overloaded" || full) {
    Reach("hold-overloaded");
    if (told.code == "overloaded" && full) return "";
    return Wrong(full ? "there are as many holds as can be" : "there is room for holds", told);
  }
  if (told.status == 201) return Granted(identity, slot, idempotency, told, now);
  const bool any = TimeOf(slot).empty();
  int least = 0;
  for (const auto& [each, state] : book().slots) {
    if (each == slot || (any && IsOfWeb(each, slot))) least += Free(book(), each, now).first;
  }
  const char* code = any ? "nothing-left" : "slot-taken";
  Reach(code);
  if (told.code != code) return Wrong(std::string("expected ") + code, told);
  return least == 0 ? "" : Wrong("there is a free seat", told);
}

std::string Auditor::Granted(int identity, const std::string& slot, const std::string& idempotency,
                             const Told& told, Instant now) {
  Reach("hold-granted");
  const std::string name = told.Member("reservation");
  const std::string given = InSlot(told);
  const bool any = TimeOf(slot).empty();
  if (!book().slots.contains(given) || (any ? AgendaOf(given) : given) != slot)
    return Wrong("another slot was asked for", told);
  if (Free(book(), given, now).second <= 0) return Wrong("that slot has no free seat", told);
  if (book().bookings.contains(name)) return Wrong("the name is another reservation's", told);
  if (Seconds(told.Member("expires_at")) != Later(0, now.ms + kHoldMs))
    return Wrong("a hold lasts five minutes", told);
  Booking booking;
  booking.identity = identity;
  booking.person = book().people->Of(identity);
  booking.key = told.Member("key");
  booking.idempotency = idempotency;
  booking.asked = slot;
  booking.slot = given;
  booking.deadline_s = Seconds(told.Member("expires_at"));
  Book& next = Next();
  next.bookings[name] = booking;
  next.live[booking.person] = name;
  return "";
}

// The answer to whoever acts on what has ended; nothing when it has not.
std::optional<std::string> Auditor::Ended(const Booking& booking, const Told& told, Instant now,
                                          const char* act) {
  // Its seat is the next one's, and still the same answer to whoever gives it up again.
  const bool repeats = booking.state == State::kCancelled && act == std::string("cancel");
  if (repeats && booking.was_turn != Sure::kNo && told.status == 200) {
    Reach("queue-cancel-repeated");
    return "";
  }
  if (repeats && booking.was_turn == Sure::kYes && booking.told_of &&
      booking.turn_day == Queues::DayOf(now) &&
      queues_.IsOpen(AgendaOf(booking.slot), now) == Sure::kYes)
    return Wrong("cancelled already, in this queue", told);
  const bool gone = !booking.live() && booking.known_until() < freed_until_;
  const bool may_be_gone = !booking.live() && booking.cools_from <= now;
  if (gone || (may_be_gone && told.code == "unknown-reservation")) {
    Reach("name-forgotten");
    return told.code == "unknown-reservation" ? "" : Wrong("its seat has cooled", told);
  }
  if (booking.state == State::kCancelled) {
    if (repeats) {
      Reach("cancel-repeated");
      return told.status == 200 ? "" : Wrong("cancelled already", told);
    }
    Reach("act-on-cancelled");
    return told.code == "cancelled" ? "" : Wrong("it was cancelled", told);
  }
  if (booking.state == State::kLapsed || Lapsed(booking, now)) {
    Reach("act-on-lapsed");
    return told.code == "hold-expired" ? "" : Wrong("it has lapsed", told);
  }
  return std::nullopt;
}

std::string Auditor::Confirm(const std::string& name, const Told& told, Instant now) {
  const Booking& booking = book().bookings.at(name);
  if (const auto ended = Ended(booking, told, now, "confirm")) return *ended;
  if (told.status != 200 || told.Member("state") != "confirmed" || !IsIn(told, booking.slot))
    return Wrong("whoever holds can confirm", told);
  Reach(booking.state == State::kHeld ? "confirmed" : "confirm-repeated");
  if (booking.state == State::kHeld) Next().bookings.at(name).state = State::kConfirmed;
  return "";
}

std::string Auditor::Extend(const std::string& name, const Told& told, Instant now) {
  const Booking& booking = book().bookings.at(name);
  if (booking.state == State::kConfirmed) {
    Reach("extend-confirmed");
    return told.code == "not-held" ? "" : Wrong("it has no deadline", told);
  }
  if (const auto ended = Ended(booking, told, now, "extend")) return *ended;
  const int64_t deadline_s = booking.deadline_s + (booking.extended ? 0 : kHoldMs / kMsPerSecond);
  if (told.status != 200 || Seconds(told.Member("expires_at")) != deadline_s)
    return Wrong("extended once, to " + std::to_string(deadline_s), told);
  Reach(booking.extended ? "extend-repeated" : "extended");
  if (booking.extended) return "";
  Booking& next = Next().bookings.at(name);
  next.extended = true;
  next.deadline_s = deadline_s;
  return "";
}

std::string Auditor::Cancel(const std::string& name, const Told& told, Instant now, bool disk_low) {
  const Booking& booking = book().bookings.at(name);
  if (const auto ended = Ended(booking, told, now, "cancel")) return *ended;
  if (told.code == "read-only") {
    Reach("read-only-cancel");
    return disk_low && booking.state == State::kConfirmed ? "" : Wrong("it can be given up", told);
  }
  if (told.status != 200 || told.Member("state") != "cancelled")
    return Wrong("whoever has it can give it up", told);
  Reach("cancelled");
  End(Next(), name, State::kCancelled, now);
  return "";
}

std::string Auditor::Move(const std::string& name, const std::string& slot, const Told& told,
                          Instant now, bool disk_low) {
  const Booking& booking = book().bookings.at(name);
  if (const auto ended = Ended(booking, told, now, "move")) return *ended;
  if (booking.slot == slot) {
    Reach("move-repeated");
    return told.status == 200 && IsIn(told, slot) ? "" : Wrong("it is there", told);
  }
  if (auto refusal = NotOpen(slot, told, now)) {
    Reach("move-not-open");
    return *std::move(refusal);
  }
  if (told.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  if (booking.moves == static_cast<int>(limits::kMaxMoves)) {
    Reach("moves-used");
    return told.code == "moves-used" ? "" : Wrong("moved twice", told);
  }
  const auto [least, most] = Free(book(), slot, now);
  if (told.code == "slot-taken") {
    Reach("move-refused");
    return least <= 0 ? "" : Wrong("there is a free seat", told);
  }
  if (told.status != 200 || !IsIn(told, slot)) return Wrong("it can be moved", told);
  if (most <= 0) return Wrong("there is no free seat", told);
  Reach("moved");
  Book& next = Next();
  Booking& moved = next.bookings.at(name);
  const Sure at_once =
      moved.state == State::kHeld ? queues_.IsOpen(AgendaOf(slot), now) : Sure::kNo;
  if (at_once == Sure::kYes) Reach("queue-hold-moved");
  const Cooling cools = Cools(moved.slot, now, at_once);
  next.slots.at(moved.slot).cooling.push_back(cools);
  moved.left_until = cools.until;
  moved.slot = slot;
  ++moved.moves;
  return "";
}

std::string Auditor::Attempt(const std::string& agenda, const Told& told, Instant now,
                             bool disk_low) {
  Told as = told;
  if (told.status == 201) as.code = told.Member("outcome");
  Reach("attempt-" + as.code);
  if (const auto refusal = NotOpen(agenda, as, now)) return *refusal;
  if (as.code == "read-only") return disk_low ? "" : Wrong("the disk has room", told);
  std::pair<int, int> free;
  for (const auto& [slot, state] : book().slots) {
    if (!IsOfWeb(slot, agenda)) continue;
    const auto [least, most] = Free(book(), slot, now);
    free = {free.first + least, free.second + most};
  }
  const bool full = Holds() >= hold_bound_;
  if (as.code == "nothing-left") return free.first == 0 ? "" : Wrong("there is a free seat", told);
  if (as.code == "overloaded" && full) return "";
  if (as.code != "seats-left") return Wrong("this is no reason", told);
  return free.second > 0 && !full ? "" : Wrong("nothing can be held", told);
}

std::string Auditor::Receipt(const std::string& name, const Told& told, Instant now) {
  const Booking& booking = book().bookings.at(name);
  if (const auto ended = Ended(booking, told, now, "receipt")) return *ended;
  if (booking.state == State::kHeld) {
    Reach("receipt-before-confirmation");
    return told.code == "not-confirmed" ? "" : Wrong("it is not confirmed", told);
  }
  return told.status == 200 ? "" : Wrong("whoever has a seat gets its receipt", told);
}

bool Auditor::Fits(const Booking* booking, const Told& told, Instant died, Instant now) {
  if (booking == nullptr) return told.code == "unknown-reservation";
  if (!booking->live()) {
    if (booking->cools_from <= now && told.code == "unknown-reservation") return true;
    return told.code == (booking->state == State::kCancelled ? "cancelled" : "hold-expired");
  }
  if (Lapsed(*booking, died) && told.code == "hold-expired") return true;
  return told.status == 200 && told.Member("state") == NameOf(booking->state) &&
         IsIn(told, booking->slot) && told.Member("party") == booking->party &&
         told.Member("moves_left") ==
             std::to_string(static_cast<int>(limits::kMaxMoves) - booking->moves) &&
         (booking->state != State::kHeld ||
          told.Member("extended") == (booking->extended ? "true" : "false"));
}

std::string Auditor::Look(const std::string& name, const Told& told, Instant now) const {
  const Booking& booking = book().bookings.at(name);
  const bool lapsed = Lapsed(booking, now);
  if (!Fits(&booking, told, now, now) || (lapsed && told.code != "hold-expired"))
    return Wrong(name + " should be otherwise", told);
  if (booking.state == State::kHeld && !lapsed &&
      Seconds(told.Member("expires_at")) != booking.deadline_s)
    return Wrong("the deadline is " + std::to_string(booking.deadline_s), told);
  return "";
}

std::string Auditor::Slots(const std::string& agenda, const Told& told, Instant now) {
  if (std::exchange(told_at_, now) != now) told_.clear();
  std::vector<FreeSeats>& moments = told_[agenda];
  FreeSeats& current = moments.emplace_back();
  std::map<std::string, int> free;
  for (const auto& [slot, state] : book().slots) {
    if (!IsOfWeb(slot, agenda)) continue;
    const size_t at = told.body.find("\"slot\":\"" + TimeOf(slot) + "\"");
    if (at == std::string::npos) return Wrong("slot " + slot + " is published", told);
    free[slot] = std::stoi(told.body.substr(told.body.find("\"free\":", at) + 7, 4));
    current[slot] = Free(book(), slot, now);
  }
  const auto fits = [&](const FreeSeats& moment) {
    return std::all_of(free.begin(), free.end(), [&](const auto& one) {
      const auto range = moment.find(one.first);
      return range != moment.end() && range->second.first <= one.second &&
             one.second <= range->second.second;
    });
  };
  if (std::any_of(moments.begin(), moments.end(), fits)) return "";
  std::string expected;
  for (const auto& [slot, range] : current)
    expected +=
        " " + slot + " " + std::to_string(range.first) + " to " + std::to_string(range.second);
  return Wrong("free seats are now" + expected, told);
}

}  // namespace creneau::sim
