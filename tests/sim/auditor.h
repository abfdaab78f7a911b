// What the engine must answer, kept in plain maps by somebody who knows the rules and not the code:
// no seats, no words, no log. Checks every reply, and after every restart that what is there is
// what some prefix of what was decided makes, with all that was acknowledged in it.
//
// A freed seat cools for one to 24 hours and only the engine knows how long, and which of several
// seats a smaller publication takes away: free seats are known between two bounds. Everything else
// is exact. Methods return "" or what is wrong.
//
// A slot is named "agenda/2027-06-01T09:00" here, and "agenda/" is any slot of it. All agendas are
// one group: a person has one reservation in all of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/limits.h"
#include "tests/sim/fair_book.h"
#include "tests/sim/machine.h"
#include "tests/sim/queues.h"
#include "tests/sim/who.h"

namespace creneau::sim {

inline constexpr int64_t kHoldMs = 300'000;
inline constexpr int64_t kCoolLeastMs = kMsPerHour;
// A hold whose deadline a crash moved may lapse a few seconds later than is known here.
inline constexpr int64_t kUnsureMs = 5 * kMsPerSecond;
inline constexpr int64_t kCoolMostMs = 24 * kMsPerHour + kUnsureMs;

// After a start the steward has ended by then what had lapsed.
inline constexpr int64_t kSettlesMs = 2'500;

struct Booking {
  enum class State : uint8_t { kHeld, kConfirmed, kCancelled, kLapsed };
  State state = State::kHeld;
  int identity = 0;  // that it was booked with
  int person = 0;    // whom that stood for then
  std::string key;
  std::vector<std::string> old_keys;  // that it had before it was repaired, and that open nothing
  std::string party;                  // of the family that it was held for
  int rekeyed = 0;
  std::string idempotency;
  std::string asked;  // the slot that the hold named, or any of that agenda
  std::string slot;
  int64_t deadline_s = 0;  // of a hold
  bool extended = false;
  int moves = 0;
  Instant cools_from;  // ended: the seat may be free, and the name forgotten, from here on
  Instant cools_until;
  Instant left_until;         // moved: the seat that it was named after may cool until then
  Sure was_turn = Sure::kNo;  // of its person, in a queue on turn_day
  int turn_day = 0;
  bool told_of = false;  // it was given up in the queue, and the process that runs knows that
  Instant known_until() const { return std::max(cools_until, left_until); }
  bool live() const { return state == State::kHeld || state == State::kConfirmed; }
};

struct Cooling {
  Instant from;
  Instant until;
};

struct Slot {
  int seats = 0;  // as published
  std::vector<Cooling> cooling;
  // Of those that are cooling or somebody's, at most so many do not come back when they end:
  // publications of fewer seats took them away.
  int leaving_most = 0;
};

struct Lists;  // waiting.h
std::shared_ptr<const Lists> NoLists();

// What the world is like after a decision.
struct Book {
  std::map<std::string, Booking> bookings;  // by name
  std::map<int, std::string> live;          // person → name
  // By agenda, day and person: holds that were let go while its queue was open.
  std::map<std::tuple<std::string, int, int>, Turns> turns;
  std::map<std::string, Slot> slots;
  std::shared_ptr<const WhoIsWho> people = std::make_shared<const WhoIsWho>();
  uint64_t deeds = 0;  // how much the staff has done (trust.h)
  std::shared_ptr<const FairBook> fair = std::make_shared<const FairBook>();
  std::shared_ptr<const Lists> lists = NoLists();
};

// Who keeps a part of the books that the auditor knows nothing of, and finds it again after a
// crash.
class Beside {
 public:
  // GETs what is called so, with its key.
  using Sight = std::function<Told(const std::string& path, const std::string& key)>;

  virtual ~Beside() = default;
  // Looks at everything that the book knows of.
  virtual void Gather(const Book& book, const Sight& sight) = 0;
  // What of what was seen the book does not explain.
  virtual std::string Misfit(const Book& book, Instant died, Instant now) const = 0;
  // Makes the book say what was seen; and forgets that.
  virtual std::string Adopt(Book& book, Instant died, Instant now) = 0;
};

// Of an agenda, in minutes of the office's day; a day is all days.
struct Hours {
  int open = 0;
  int close = 24 * 60;
  bool Has(Instant now) const;
};

class Auditor {
 public:
  // Agendas give out seats at all times, but for those with hours.
  void KeepHours(const std::string& agenda, Hours hours) { hours_[agenda] = hours; }
  // An agenda that opens each day, in minutes of the office's: what is freed comes back then.
  void KeepOpening(const std::string& agenda, int minute) { opens_at_[agenda] = minute; }
  // Whether a hold whose deadline has gone by may still keep its seat and its person.
  bool AnyLapsed(Instant now) const;
  Queues& queues() { return queues_; }
  bool HasReservation(int identity) const {
    return book().live.contains(book().people->Of(identity));
  }
  Turns TurnsOf(const std::string& agenda, int person, Instant now) const;
  // Not owned; once each.
  void Know(Beside& beside, Beside::Sight sight) {
    beside_.emplace_back(&beside, std::move(sight));
  }
  // How many holds the engine says it may have; before a hold is judged.
  void Bound(uint64_t holds) { hold_bound_ = holds; }
  uint64_t Holds() const;
  bool Knows(const std::string& slot) const { return book().slots.contains(slot); }

  // Each checks the decided reply, and makes what it says the newest book.
  // So many seats for each of these slots; `keep`: reservations beyond them are honoured.
  std::string Publish(const std::vector<std::string>& slots, int seats, bool keep, const Told& told,
                      Instant now, bool disk_low);
  // What a publication whose outcome nobody knew has made of it.
  void Learn(const std::vector<std::string>& slots, int seats, Instant now);
  // The same where slots have each their own number of seats.
  using Seats = std::map<std::string, int>;
  std::string Publish(const Seats& seats, bool keep, const Told& told, Instant now, bool disk_low);
  void Learn(const Seats& seats, Instant now);
  std::string Hold(int identity, const std::string& slot, const std::string& idempotency,
                   const Told& told, Instant now, bool disk_low);
  std::string Confirm(const std::string& name, const Told& told, Instant now);
  std::string Extend(const std::string& name, const Told& told, Instant now);
  std::string Cancel(const std::string& name, const Told& told, Instant now, bool disk_low);
  std::string Move(const std::string& name, const std::string& slot, const Told& told, Instant now,
                   bool disk_low);
  std::string Look(const std::string& name, const Told& told, Instant now) const;
  // Somebody says that he found nothing, where there is no queue.
  std::string Attempt(const std::string& agenda, const Told& told, Instant now, bool disk_low);
  // Somebody asks for a reservation's receipt, which comes when the answer leaves.
  std::string Receipt(const std::string& name, const Told& told, Instant now);
  // What was told within the same millisecond may be told again, as a whole.
  std::string Slots(const std::string& agenda, const Told& told, Instant now);
  // The steward has been, `away_ms` late. `frees`: it gives cooled seats back, which on a nearly
  // full disk it puts off.
  void Tick(Instant now, int64_t away_ms, bool frees);
  // There was an outage until now, whether or not anybody held anything.
  void NoteOutage(Instant now);

  // The position of the newest book; an answer that left acknowledges all up to its own.
  uint64_t position() const { return first_ + history_.size() - 1; }
  void Acknowledge(uint64_t position);
  // The machine, which had ended at `died`, is back: finds the book that it has. `look` asks it for
  // a reservation with a key. A hold that had not lapsed by then must have got all the time since.
  // `deeds`: how much of the staff's acts the log has, where that is not known otherwise.
  using Looker = std::function<Told(const std::string& name, const std::string& key)>;
  std::string Reconcile(const Looker& look, Instant died, Instant now,
                        std::optional<uint64_t> deeds = std::nullopt);

  const Book& book() const { return history_.back(); }
  const Book& oldest() const { return history_.front(); }  // that a crash may leave
  Book& Next();                                            // a new book, to be changed
  // What keeps a book from being the one that a crash has left, beside its reservations; "":
  // nothing.
  void AlsoFits(std::function<std::string(const Book&)> misfit) { misfit_ = std::move(misfit); }

  // For the auditors of other rules.
  // Free seats of a slot: at least, at most.
  std::pair<int, int> Free(const Book& book, const std::string& slot, Instant now) const;
  static int Live(const Book& book, const std::string& slot);
  // Live holds, before and behind the bound.
  bool IsFull(size_t more = 1) const { return Holds() + more > hold_bound_; }
  std::optional<std::string> NotOpen(const std::string& slot, const Told& told, Instant now);

  std::map<std::string, uint64_t>& reached() { return reached_; }
  void Reach(const std::string& branch) { ++reached_[branch]; }

 private:
  // What was told of each reservation with each key that it may have.
  using Seen = std::map<std::pair<std::string, std::string>, Told>;
  Seen LookAtAll(const Looker& look);
  static std::string Misfit(const Book& book, const Seen& seen, Instant died, Instant now);
  std::string Granted(int identity, const std::string& slot, const std::string& idempotency,
                      const Told& told, Instant now);
  std::string Existing(const Booking& booking, const std::string& name, const std::string& slot,
                       const std::string& idempotency, const Told& told, Instant now);
  std::optional<std::string> Ended(const Booking& booking, const Told& told, Instant now,
                                   const char* act);
  void LapseAgain(Book& book, Booking& booking, Instant now);
  void End(Book& book, const std::string& name, Booking::State state, Instant now);
  // How long a seat of that slot cools that is given back about now.
  Cooling Cools(const std::string& slot, Instant now, Sure at_once) const;
  // `died`: until then holds could be confirmed.
  static bool Fits(const Booking* booking, const Told& told, Instant died, Instant now);

  void NoteEmptyQueues(Instant now);

  std::deque<Book> history_{Book{}};
  uint64_t first_ = 0;                   // position of history_.front()
  Instant unsure_until_;                 // a lapse that a crash took back has come again
  Instant freed_until_;                  // what had cooled by then is free
  std::map<std::string, Hours> hours_;   // by agenda
  std::map<std::string, int> opens_at_;  // likewise
  std::map<std::string, uint64_t> reached_;
  Queues queues_{reached_};
  uint64_t hold_bound_ = UINT64_MAX;
  std::function<std::string(const Book&)> misfit_;
  std::vector<std::pair<Beside*, Beside::Sight>> beside_;
  // Outages inside opening hours move their end, by what the engine knows of them.
  Instant hours_moved_until_;
  // Free seats of an agenda's slots, at least and at most, at each read of it since told_at_.
  using FreeSeats = std::map<std::string, std::pair<int, int>>;
  std::map<std::string, std::vector<FreeSeats>> told_;
  Instant told_at_;
};

}  // namespace creneau::sim
