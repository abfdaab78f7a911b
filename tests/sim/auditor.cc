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
    return !one.second.live() && one.second.known_until() + kMsPerHour < freed_until_;
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

// The answer of an agenda that gives out no seats now; nothing when it should.
std::optional<std::string> Auditor::NotOpen(const std::string& slot, const Told& told,
                                            Instant now) {
  if (ChannelOf(slot) != "web") return std::nullopt;  // openings do not bind the desk
  const std::string agenda = AgendaOf(slot);
  if (queues_.Has(agenda)) return queues_.MayMove(agenda, told, now);
  const auto at = hours_.find(agenda);
  if (at == hours_.end() || at->second.Has(now)) return std::nullopt;
  Reach("not-open");
  if (told.code == "not-open-yet") return "";
  if (now < hours_moved_until_) return std::nullopt;
  return Wrong("the agenda is closed", told);
}

uint64_t Auditor::Holds() const {
  return static_cast<uint64_t>(std::count_if(
      book().live.begin(), book().live.end(),
      [&](const auto& one) { return book().bookings.at(one.second).state == State::kHeld; }));
}

Turns Auditor::TurnsOf(const std::string& agenda, int person, Instant now) const {
  const auto at = book().turns.find({agenda, Queues::DayOf(now), person});
  return at == book().turns.end() ? Turns{} : at->second;
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

// Between an hour and a day, or in the first opening that begins after an hour; no opening binds
// the office's own channels. `at_once`: what a hold leaves in an open queue is the next one's.
Cooling Auditor::Cools(const std::string& slot, Instant now, Sure at_once) const {
  if (at_once == Sure::kYes) return {now, Instant{Later(0, now.ms) * kMsPerSecond}};
  if (at_once == Sure::kPerhaps) return {now, Cools(slot, now, Sure::kNo).until};
  const auto opens = opens_at_.find(AgendaOf(slot));
  if (opens == opens_at_.end() || ChannelOf(slot) != "web")
    return {now + kCoolLeastMs, now + kCoolMostMs};
  const auto next = [&](Instant after) {
    const Instant today = Queues::TimeOn(Queues::DayOf(after), opens->second);
    return today < after ? Queues::TimeOn(Queues::DayOf(after) + 1, opens->second) : today;
  };
  return {next(now + kCoolLeastMs), next(now + kCoolLeastMs + kUnsureMs)};
}

void Auditor::End(Book& book, const std::string& name, State state, Instant now) {
  Booking& booking = book.bookings.at(name);
  const std::string agenda = AgendaOf(booking.slot);
  // A hold that is let go in an open queue is the next one's seat at once, and was a turn.
  const Sure at_once = booking.state == State::kHeld ? queues_.IsOpen(agenda, now) : Sure::kNo;
  if (at_once != Sure::kNo) {
    Reach(state == State::kLapsed ? "queue-hold-lapsed" : "queue-hold-given-up");
    booking.was_turn = at_once;
    booking.turn_day = Queues::DayOf(now);
    Turns& turns = book.turns[{agenda, booking.turn_day, booking.person}];
    turns.least += at_once == Sure::kYes;
    ++turns.most;
  }
  booking.state = state;
  booking.told_of = state == State::kCancelled;
  const Cooling cools = Cools(booking.slot, now, at_once);
  booking.cools_from = cools.from;
  booking.cools_until = cools.until;
  book.slots.at(booking.slot).cooling.push_back(cools);
  book.live.erase(booking.person);
}

// --- publications --------------------------------------------------------------------------------

std::string Auditor::Publish(const std::vector<std::string>& slots, int seats, bool keep,
                             const Told& told, Instant now, bool disk_low) {
  Seats all;
  for (const std::string& slot : slots) all[slot] = seats;
  return Publish(all, keep, told, now, disk_low);
}

std::string Auditor::Publish(const Seats& seats, bool keep, const Told& told, Instant now,
                             bool disk_low) {
  bool may_displace = false;
  bool must_displace = false;
  for (const auto& [slot, count] : seats) {
    if (!Knows(slot)) continue;
    const int live = Live(book(), slot);
    may_displace |= live > count;
    must_displace |= live - book().slots.at(slot).leaving_most > count;
  }
  if (told.code == "seats-reserved") {
    Reach("publication-refused");
    return may_displace && !keep ? "" : Wrong("nobody's seat is taken away", told);
  }
  if (told.code == "read-only" && disk_low) return "";
  if (told.status != 200 && told.status != 201) return Wrong("it can be published", told);
  if (must_displace && !keep) return Wrong("seats that are taken would go", told);
  Reach(may_displace ? "published-beyond-reservations" : "published");
  Learn(seats, now);
  return "";
}

// Free seats go first, then those that are cooling, then, when they end, those that are taken; and
// they come back in the opposite order.
void Auditor::Learn(const Seats& seats, Instant now) {
  Book& next = Next();
  for (const auto& [slot, count] : seats) {
    Slot& state = next.slots[slot];
    const int fewer = state.seats - count;
    if (fewer > 0) {
      const int goes_later = std::max(0, fewer - Free(next, slot, now).first);
      if (goes_later > Live(next, slot)) Reach("withdrawn-while-cooling");
      state.leaving_most += goes_later;
    } else {
      state.leaving_most = std::max(0, state.leaving_most + fewer);
    }
    state.seats = count;
  }
}

void Auditor::Learn(const std::vector<std::string>& slots, int seats, Instant now) {
  Seats all;
  for (const std::string& slot : slots) all[slot] = seats;
  Learn(all, now);
}

// --- time and crashes ----------------------------------------------------------------------------

void Auditor::Tick(Instant now, int64_t away_ms, bool frees) {
  if (frees) freed_until_ = now;
  if (away_ms > 0) NoteOutage(now);
  std::vector<std::string> lapsed;
  bool changes = away_ms > 0;
  for (const auto& [name, booking] : book().bookings) {
    if (booking.state != State::kHeld) continue;
    const int64_t deadline_s =
        away_ms > 0 ? Later(booking.deadline_s, away_ms) : booking.deadline_s;
    if (deadline_s * kMsPerSecond + limits::kExpiryGraceMs <= now.ms) lapsed.push_back(name);
  }
  if (!changes && lapsed.empty()) return NoteEmptyQueues(now);
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
  NoteEmptyQueues(now);
}

// Outages inside opening hours move their end. The engine counts from the last thing that it knows
// to have been written, which in quiet hours may have been their beginning.
void Auditor::NoteOutage(Instant now) {
  const Instant midnight{now.ms - (now.ms + kMsPerHour) % kMsPerDay};
  for (const auto& [agenda, hours] : hours_) {
    const Instant opens = midnight + hours.open * kMsPerMinute;
    if (now < opens) continue;
    const Instant closes = midnight + hours.close * kMsPerMinute;
    hours_moved_until_ = std::max(hours_moved_until_, closes + (now - opens));
  }
}

// What the steward counts in its round: whether a queue has anything to wait for.
void Auditor::NoteEmptyQueues(Instant now) {
  if (!queues_.any()) return;
  std::map<std::string, bool> empty;
  for (const auto& [slot, state] : book().slots) {
    const std::string agenda = AgendaOf(slot);
    if (!queues_.Has(agenda)) continue;
    const auto at = empty.try_emplace(agenda, true).first;
    at->second = at->second && Free(book(), slot, now).first == 0;
  }
  for (const auto& [person, name] : book().live) {
    const Booking& booking = book().bookings.at(name);
    const auto at = empty.find(AgendaOf(booking.slot));
    if (at != empty.end() && booking.state == State::kHeld) at->second = false;
  }
  for (const auto& [agenda, is] : empty) queues_.NoteEmpty(agenda, is);
}

// Or once only: the seat cools between the bounds of both.
void Auditor::LapseAgain(Book& book, Booking& booking, Instant now) {
  unsure_until_ = now + kSettlesMs;
  const Instant until = Cools(booking.slot, unsure_until_, Sure::kNo).until;
  for (Cooling& one : book.slots.at(booking.slot).cooling) {
    if (one.from == booking.cools_from && one.until == booking.cools_until) one.until = until;
  }
  booking.cools_until = until;
  // By then its queue may have closed.
  if (booking.was_turn == Sure::kYes) {
    const auto turns = book.turns.find({AgendaOf(booking.slot), booking.turn_day, booking.person});
    if (turns != book.turns.end()) --turns->second.least;
    booking.was_turn = Sure::kPerhaps;
  }
}

// What of what was told that book does not explain; a key that it does not know, or no longer,
// opens nothing.
std::string Auditor::Misfit(const Book& book, const Seen& seen, Instant died, Instant now) {
  std::string misfit;
  for (const auto& [asked, told] : seen) {
    const auto at = book.bookings.find(asked.first);
    const bool opens = at != book.bookings.end() && at->second.key == asked.second;
    if (!Fits(opens ? &at->second : nullptr, told, died, now))
      misfit = Wrong(asked.first + " should be otherwise", told);
  }
  return misfit;
}

Auditor::Seen Auditor::LookAtAll(const Looker& look) {
  Seen seen;
  for (const Book& candidate : history_) {
    for (const auto& [name, booking] : candidate.bookings) {
      std::vector<std::string> keys = booking.old_keys;
      keys.push_back(booking.key);
      for (const std::string& key : keys) {
        if (!seen.contains({name, key})) seen[{name, key}] = look(name, key);
      }
    }
    for (const auto& [part, sight] : beside_) part->Gather(candidate, sight);
  }
  return seen;
}

std::string Auditor::Reconcile(const Looker& look, Instant died, Instant now,
                               std::optional<uint64_t> deeds) {
  told_.clear();  // another process
  NoteOutage(now);
  const Seen seen = LookAtAll(look);
  size_t kept = history_.size();
  std::string misfit;
  while (kept > 0) {
    const Book& candidate = history_[kept - 1];
    misfit = deeds && candidate.deeds != *deeds
                 ? "the log has " + std::to_string(*deeds) + " acts of the staff"
                 : Misfit(candidate, seen, died, now);
    if (misfit.empty() && misfit_) misfit = misfit_(candidate);
    for (const auto& [part, sight] : beside_) {
      if (misfit.empty()) misfit = part->Misfit(candidate, died, now);
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
    booking.told_of = false;
    // Nobody was told that it had lapsed: it may be held there, with the time of the crash, and
    // lapse again.
    const auto at = history_.front().bookings.find(name);
    const Booking* told = at == history_.front().bookings.end() ? nullptr : &at->second;
    if (booking.state == State::kLapsed && (told == nullptr || told->live())) {
      Reach("lapse-perhaps-lost");
      LapseAgain(book, booking, now);
    }
    const Told& is = seen.at({name, booking.key});
    if (booking.state != State::kHeld || is.status != 200) continue;
    const int64_t deadline_s = Seconds(is.Member("expires_at"));
    int64_t least_s =
        Lapsed(booking, died) ? booking.deadline_s : Later(booking.deadline_s, now - died);
    // A standstill whose time was not durable is made good for together with the crash: one
    // rounding less.
    if (told == nullptr || told->deadline_s != booking.deadline_s) --least_s;
    if (deadline_s < least_s)
      return Wrong("a crash took time from a hold, due " + std::to_string(least_s), is);
    if (deadline_s > booking.deadline_s) Reach("lengthened-by-a-crash");
    booking.deadline_s = deadline_s;
  }
  // What was given up at once, and nobody was told of, may never have been.
  std::erase_if(book.bookings, [&](const auto& one) {
    const bool perhaps = !one.second.live() && !history_.front().bookings.contains(one.first) &&
                         seen.at({one.first, one.second.key}).code == "unknown-reservation";
    if (perhaps && one.second.was_turn == Sure::kYes)
      --book.turns[{AgendaOf(one.second.slot), one.second.turn_day, one.second.person}].least;
    return perhaps;
  });
  std::string wrong;
  for (const auto& [part, sight] : beside_) {
    const std::string adopted = part->Adopt(book, died, now);
    if (wrong.empty()) wrong = adopted;
  }
  first_ += history_.size();
  history_.assign(1, std::move(book));
  freed_until_ = Instant{0};
  return wrong;
}

}  // namespace creneau::sim
