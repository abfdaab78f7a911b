#include "tests/sim/auditor.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace creneau::sim {
namespace {

using State = Booking::State;

std::string Wrong(const std::string& what, const Told& told) {
  return what + ", but the answer is " + std::to_string(told.status) + " " + told.body;
}

bool Lapsed(const Booking& booking, Instant now) {
  return booking.state == State::kHeld && now.ms > booking.deadline_s * kMsPerSecond;
}

// Whole seconds, a begun one counting.
int64_t Later(int64_t deadline_s, int64_t by_ms) {
  return (deadline_s * kMsPerSecond + by_ms + kMsPerSecond - 1) / kMsPerSecond;
}

// "2026-11-30T10:05:00+01:00" in seconds since 1970; the office's offset is what the text says.
int64_t Seconds(const std::string& rfc3339) {
  const auto minute = ParseLocalMinute(rfc3339.substr(0, 16));
  CHECK(minute.has_value());
  const int64_t offset = std::stoll(rfc3339.substr(19, 3)) * 3600;
  return int64_t{minute->value} * 60 + std::stoll(rfc3339.substr(17, 2)) - offset;
}

const char* NameOf(State state) { return state == State::kConfirmed ? "confirmed" : "held"; }

}  // namespace

Book& Auditor::Next() {
  history_.push_back(history_.back());
  Book& next = history_.back();
  // What has been over for an hour is asked for no more.
  std::erase_if(next.bookings, [&](const auto& one) {
    return !one.second.live() && one.second.cools_until + kMsPerHour < freed_until_;
  });
  for (auto& [slot, all] : next.cooling)
    std::erase_if(all, [&](const Cooling& one) { return one.until < freed_until_; });
  return next;
}

void Auditor::Acknowledge(uint64_t position) {
  while (first_ < position) {
    history_.pop_front();
    ++first_;
  }
}

void Auditor::Publish(const std::vector<std::string>& slots, int seats) {
  Book& book = Next();
  for (const std::string& slot : slots) book.seats[slot] = seats;
}

bool Auditor::AnyCooling() const {
  for (const auto& [slot, all] : book().cooling) {
    for (const Cooling& one : all) {
      if (one.until >= freed_until_) return true;
    }
  }
  return false;
}

bool Auditor::AnyLapsed(Instant now) const {
  const auto& bookings = book().bookings;
  return std::any_of(bookings.begin(), bookings.end(),
                     [&](const auto& one) { return Lapsed(one.second, now); });
}

bool Auditor::CanPublish(int seats) const {
  std::map<std::string, int> live;
  for (const auto& [person, name] : book().live) ++live[book().bookings.at(name).slot];
  return std::all_of(live.begin(), live.end(),
                     [&](const auto& one) { return one.second <= seats; });
}

std::pair<int, int> Auditor::Free(const Book& book, const std::string& slot, Instant now) const {
  int taken = 0;
  for (const auto& [person, name] : book.live) taken += book.bookings.at(name).slot == slot;
  int surely = 0;
  int perhaps = 0;
  if (const auto at = book.cooling.find(slot); at != book.cooling.end()) {
    for (const Cooling& one : at->second) {
      if (one.until < freed_until_) continue;  // the steward has freed it
      ++perhaps;
      if (one.from > now) ++surely;
    }
  }
  const int left = book.seats.at(slot) - taken;
  return {left - perhaps, left - surely};
}

void Auditor::End(Book& book, const std::string& name, State state, Instant now) {
  Booking& booking = book.bookings.at(name);
  booking.state = state;
  booking.cools_from = now + kCoolLeastMs;
  booking.cools_until = now + kCoolMostMs;
  book.cooling[booking.slot].push_back({booking.cools_from, booking.cools_until});
  book.live.erase(booking.person);
}

// --- replies -------------------------------------------------------------------------------------

std::string Auditor::Existing(const Booking& booking, const std::string& name,
                              const std::string& slot, const std::string& idempotency,
                              const Told& told, Instant now) {
  if (booking.idempotency != idempotency) {
    Reach("already-reserved");
    if (told.code != "already-reserved") return Wrong("there is a reservation already", told);
    return told.body.find(name) == std::string::npos ? "" : Wrong("the name is told", told);
  }
  if (booking.asked != slot) {
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

std::string Auditor::Hold(int person, const std::string& slot, const std::string& idempotency,
                          const Told& told, Instant now, bool disk_low) {
  if (const auto at = book().live.find(person); at != book().live.end())
    return Existing(book().bookings.at(at->second), at->second, slot, idempotency, told, now);
  if (told.code == "read-only") {
    Reach("read-only");
    return disk_low ? "" : Wrong("the disk has room", told);
  }
  int least = 0;
  int most = 0;
  for (const auto& [each, seats] : book().seats) {
    if (!slot.empty() && each != slot) continue;
    const auto [low, high] = Free(book(), each, now);
    least += std::max(0, low);
    most += std::max(0, high);
  }
  if (told.status != 201) {
    const char* code = slot.empty() ? "nothing-left" : "slot-taken";
    Reach(code);
    if (told.code != code) return Wrong(std::string("expected ") + code, told);
    return least == 0 ? "" : Wrong("there is a free seat", told);
  }
  Reach("hold-granted");
  if (most == 0) return Wrong("there is no free seat", told);
  const std::string name = told.Member("reservation");
  const std::string given = told.Member("slot");
  if (!book().seats.contains(given) || (!slot.empty() && given != slot))
    return Wrong("another slot was asked for", told);
  if (Free(book(), given, now).second <= 0) return Wrong("that slot has no free seat", told);
  if (const auto old = book().bookings.find(name);
      old != book().bookings.end() && old->second.cools_from > now)
    return Wrong("the name is another reservation's", told);
  if (Seconds(told.Member("expires_at")) != Later(0, now.ms + kHoldMs))
    return Wrong("a hold lasts five minutes", told);
  Booking booking;
  booking.person = person;
  booking.key = told.Member("key");
  booking.idempotency = idempotency;
  booking.asked = slot;
  booking.slot = given;
  booking.deadline_s = Seconds(told.Member("expires_at"));
  Book& next = Next();
  next.bookings[name] = booking;
  next.live[person] = name;
  return "";
}

// The answer to whoever acts on what has ended; nothing when it has not.
std::optional<std::string> Auditor::Ended(const Booking& booking, const Told& told, Instant now,
                                          const char* act) {
  const bool gone = !booking.live() && booking.cools_until < freed_until_;
  const bool may_be_gone = !booking.live() && booking.cools_from <= now;
  if (gone || (may_be_gone && told.code == "unknown-reservation")) {
    Reach("name-forgotten");
    return told.code == "unknown-reservation" ? "" : Wrong("its seat has cooled", told);
  }
  if (booking.state == State::kCancelled) {
    if (act == std::string("cancel")) {
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
  if (told.status != 200 || told.Member("state") != "confirmed" ||
      told.Member("slot") != booking.slot)
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
  if (told.code == "read-only" && disk_low && booking.live() && booking.slot != slot) return "";
  if (const auto ended = Ended(booking, told, now, "move")) return *ended;
  if (booking.slot == slot) {
    Reach("move-repeated");
    return told.status == 200 && told.Member("slot") == slot ? "" : Wrong("it is there", told);
  }
  if (told.code == "read-only") return Wrong("the disk has room", told);
  if (booking.moves == static_cast<int>(limits::kMaxMoves)) {
    Reach("moves-used");
    return told.code == "moves-used" ? "" : Wrong("moved twice", told);
  }
  const auto [least, most] = Free(book(), slot, now);
  if (told.code == "slot-taken") {
    Reach("move-refused");
    return least <= 0 ? "" : Wrong("there is a free seat", told);
  }
  if (told.status != 200 || told.Member("slot") != slot) return Wrong("it can be moved", told);
  if (most <= 0) return Wrong("there is no free seat", told);
  Reach("moved");
  Book& next = Next();
  Booking& moved = next.bookings.at(name);
  next.cooling[moved.slot].push_back({now + kCoolLeastMs, now + kCoolMostMs});
  moved.slot = slot;
  ++moved.moves;
  return "";
}

bool Auditor::Fits(const Booking* booking, const Told& told, Instant now) {
  if (booking == nullptr) return told.code == "unknown-reservation";
  if (!booking->live()) {
    if (booking->cools_from <= now && told.code == "unknown-reservation") return true;
    return told.code == (booking->state == State::kCancelled ? "cancelled" : "hold-expired");
  }
  if (Lapsed(*booking, now) && told.code == "hold-expired") return true;
  return told.status == 200 && told.Member("state") == NameOf(booking->state) &&
         told.Member("slot") == booking->slot &&
         told.Member("moves_left") ==
             std::to_string(static_cast<int>(limits::kMaxMoves) - booking->moves) &&
         (booking->state != State::kHeld ||
          told.Member("extended") == (booking->extended ? "true" : "false"));
}

std::string Auditor::Look(const std::string& name, const Told& told, Instant now) const {
  const Booking& booking = book().bookings.at(name);
  const bool lapsed = Lapsed(booking, now);
  if (!Fits(&booking, told, now) || (lapsed && told.code != "hold-expired"))
    return Wrong(name + " should be otherwise", told);
  if (booking.state == State::kHeld && !lapsed &&
      Seconds(told.Member("expires_at")) != booking.deadline_s)
    return Wrong("the deadline is " + std::to_string(booking.deadline_s), told);
  return "";
}

std::string Auditor::Slots(const Told& told, Instant now) const {
  for (const auto& [slot, seats] : book().seats) {
    const size_t at = told.body.find("\"slot\":\"" + slot + "\"");
    if (at == std::string::npos) return Wrong("slot " + slot + " is published", told);
    const size_t free_at = told.body.find("\"free\":", at);
    const int free = std::stoi(told.body.substr(free_at + 7, 4));
    const auto [least, most] = Free(book(), slot, now);
    if (free < least || free > most)
      return Wrong("slot " + slot + " has " + std::to_string(least) + " to " +
                       std::to_string(most) + " free seats",
                   told);
  }
  return "";
}

// --- time and crashes ----------------------------------------------------------------------------

void Auditor::Tick(Instant now, int64_t away_ms, bool frees) {
  if (frees) freed_until_ = now;
  std::vector<std::string> lapsed;
  bool changes = away_ms > 0;
  for (const auto& [person, name] : book().live) {
    const Booking& booking = book().bookings.at(name);
    if (booking.state != State::kHeld) continue;
    const int64_t deadline_s =
        away_ms > 0 ? Later(booking.deadline_s, away_ms) : booking.deadline_s;
    if (deadline_s * kMsPerSecond + limits::kExpiryGraceMs <= now.ms) lapsed.push_back(name);
  }
  if (!changes && lapsed.empty()) return;
  Book& next = Next();
  if (away_ms > 0) {
    Reach("outage-while-running");
    for (auto& [name, booking] : next.bookings) {
      if (booking.state == State::kHeld) booking.deadline_s = Later(booking.deadline_s, away_ms);
    }
  }
  for (const std::string& name : lapsed) {
    Reach("lapsed");
    End(next, name, State::kLapsed, now);
  }
}

std::string Auditor::Reconcile(const std::function<Told(const std::string&, const Booking&)>& look,
                               Instant now) {
  std::map<std::string, Told> seen;
  for (const Book& candidate : history_) {
    for (const auto& [name, booking] : candidate.bookings) {
      if (!seen.contains(name)) seen[name] = look(name, booking);
    }
  }
  size_t kept = history_.size();
  std::string misfit;
  while (kept > 0) {
    misfit.clear();
    for (const auto& [name, told] : seen) {
      const auto at = history_[kept - 1].bookings.find(name);
      const Booking* booking = at == history_[kept - 1].bookings.end() ? nullptr : &at->second;
      if (!Fits(booking, told, now)) misfit = Wrong(name + " should be otherwise", told);
    }
    if (misfit.empty()) break;
    --kept;
  }
  if (kept == 0)
    return "no prefix of the " + std::to_string(history_.size()) +
           " that what was acknowledged allows makes this state; against the oldest: " + misfit;
  if (history_.size() > 1)
    Reach(kept == history_.size() ? "undelivered-act-kept" : "undelivered-act-lost");
  Book book = history_[kept - 1];
  for (auto& [name, booking] : book.bookings) {
    if (booking.state != State::kHeld || seen.at(name).status != 200) continue;
    const int64_t deadline_s = Seconds(seen.at(name).Member("expires_at"));
    if (deadline_s < booking.deadline_s) return Wrong("a crash took time from a hold", seen[name]);
    if (deadline_s > booking.deadline_s) Reach("lengthened-by-a-crash");
    booking.deadline_s = deadline_s;
  }
  first_ += history_.size();
  history_.assign(1, std::move(book));
  freed_until_ = Instant{0};
  return "";
}

}  // namespace creneau::sim
