// What the office's books say: publications, time, crashes.
#include "tests/sim/auditor.h"

#include <algorithm>

#include "tests/sim/verdict.h"

namespace creneau::sim {
namespace {

using State = Booking::State;

}  // namespace

// The office is in France, and a life ends long before the clocks change: an hour ahead of UTC.
bool Hours::Has(Instant now) const {
  const int64_t minute = (now.ms / kMsPerMinute + 60) % (24 * 60);
  return open <= minute && minute < close;
}

Book& Auditor::Next() {
  history_.push_back(history_.back());
  Book& next = history_.back();
  // What has been over for an hour is asked for no more.
  std::erase_if(next.bookings, [&](const auto& one) {
    return !one.second.live() && one.second.cools_until + kMsPerHour < freed_until_;
  });
  for (auto& [slot, state] : next.slots) {
    std::erase_if(state.cooling, [&](const Cooling& one) { return one.until < freed_until_; });
    if (state.cooling.empty() && Live(next, slot) == 0) state.leaving_most = 0;
  }
  return next;
}

void Auditor::Acknowledge(uint64_t position) {
  while (first_ < position) {
    history_.pop_front();
    ++first_;
  }
}

bool Auditor::AnyLapsed(Instant now) const {
  const auto& bookings = book().bookings;
  return now < unsure_until_ || std::any_of(bookings.begin(), bookings.end(), [&](const auto& one) {
           return Lapsed(one.second, now);
         });
}

bool Auditor::IsOpen(const std::string& slot, Instant now) const {
  const auto at = hours_.find(AgendaOf(slot));
  return at == hours_.end() || at->second.Has(now);
}

int Auditor::Live(const Book& book, const std::string& slot) {
  int live = 0;
  for (const auto& [person, name] : book.live) live += book.bookings.at(name).slot == slot;
  return live;
}

std::pair<int, int> Auditor::Free(const Book& book, const std::string& slot, Instant now) const {
  const Slot& state = book.slots.at(slot);
  int surely = Live(book, slot);
  int perhaps = surely;
  for (const Cooling& one : state.cooling) {
    if (one.until < freed_until_) continue;  // the steward has freed it
    ++perhaps;
    if (one.from > now) ++surely;
  }
  surely -= std::min(surely, state.leaving_most);
  return {std::max(0, state.seats - perhaps), std::max(0, state.seats - surely)};
}

void Auditor::End(Book& book, const std::string& name, State state, Instant now) {
  Booking& booking = book.bookings.at(name);
  booking.state = state;
  booking.cools_from = now + kCoolLeastMs;
  booking.cools_until = now + kCoolMostMs;
  book.slots.at(booking.slot).cooling.push_back({booking.cools_from, booking.cools_until});
  book.live.erase(booking.person);
}

// --- publications --------------------------------------------------------------------------------

std::string Auditor::Publish(const std::vector<std::string>& slots, int seats, bool keep,
                             const Told& told, Instant now, bool disk_low) {
  bool may_displace = false;
  bool must_displace = false;
  for (const std::string& slot : slots) {
    if (!Knows(slot)) continue;
    const int live = Live(book(), slot);
    may_displace |= live > seats;
    must_displace |= live - book().slots.at(slot).leaving_most > seats;
  }
  if (told.code == "seats-reserved") {
    Reach("publication-refused");
    return may_displace && !keep ? "" : Wrong("nobody's seat is taken away", told);
  }
  if (told.code == "read-only" && disk_low) return "";
  if (told.status != 200 && told.status != 201) return Wrong("it can be published", told);
  if (must_displace && !keep) return Wrong("seats that are taken would go", told);
  Reach(may_displace ? "published-beyond-reservations" : "published");
  Learn(slots, seats, now);
  return "";
}

// Free seats go first, then those that are cooling, then, when they end, those that are taken; and
// they come back in the opposite order.
void Auditor::Learn(const std::vector<std::string>& slots, int seats, Instant now) {
  Book& next = Next();
  for (const std::string& slot : slots) {
    Slot& state = next.slots[slot];
    const int fewer = state.seats - seats;
    if (fewer > 0) {
      const int goes_later = std::max(0, fewer - Free(next, slot, now).first);
      if (goes_later > Live(next, slot)) Reach("withdrawn-while-cooling");
      state.leaving_most += goes_later;
    } else {
      state.leaving_most = std::max(0, state.leaving_most + fewer);
    }
    state.seats = seats;
  }
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

// Or once only: the seat cools between the bounds of both.
void Auditor::LapseAgain(Book& book, Booking& booking, Instant now) {
  unsure_until_ = now + kSettlesMs;
  const Instant until = unsure_until_ + kCoolMostMs;
  for (Cooling& one : book.slots.at(booking.slot).cooling) {
    if (one.from == booking.cools_from && one.until == booking.cools_until) one.until = until;
  }
  booking.cools_until = until;
}

std::string Auditor::Reconcile(const std::function<Told(const std::string&, const Booking&)>& look,
                               Instant died, Instant now) {
  told_.clear();  // another process
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
      if (!Fits(booking, told, died, now)) misfit = Wrong(name + " should be otherwise", told);
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
    // Nobody was told that it had lapsed: it may be held there, with the time of the crash, and
    // lapse again.
    const auto at = history_.front().bookings.find(name);
    const Booking* told = at == history_.front().bookings.end() ? nullptr : &at->second;
    if (booking.state == State::kLapsed && (told == nullptr || told->live())) {
      Reach("lapse-perhaps-lost");
      LapseAgain(book, booking, now);
    }
    if (booking.state != State::kHeld || seen.at(name).status != 200) continue;
    const int64_t deadline_s = Seconds(seen.at(name).Member("expires_at"));
    int64_t least_s =
        Lapsed(booking, died) ? booking.deadline_s : Later(booking.deadline_s, now - died);
    // A standstill whose time was not durable is made good for together with the crash: one
    // rounding less.
    if (told == nullptr || told->deadline_s != booking.deadline_s) --least_s;
    if (deadline_s < least_s)
      return Wrong("a crash took time from a hold, due " + std::to_string(least_s), seen[name]);
    if (deadline_s > booking.deadline_s) Reach("lengthened-by-a-crash");
    booking.deadline_s = deadline_s;
  }
  first_ += history_.size();
  history_.assign(1, std::move(book));
  freed_until_ = Instant{0};
  return "";
}

}  // namespace creneau::sim
