// Who waits for a seat, and who is offered which (design 5): what the engine must answer and do in
// an agenda with a waitlist whose office closes days, kept by somebody who knows the rules and not
// the code. Beside the auditor (auditor.h), in its books, so that what a crash leaves is what some
// prefix of all decisions makes, places and offers with it. The agenda is a group of its own.
//
// A slot has one seat of each channel, so that of each seat is known whose it is. What the steward
// does is told to nobody: after a round in which it may have done something, Life looks at every
// place, and what is found must be what the rules allow and, where time and order leave no choice,
// demand. Not known are: the order within a day, before the first look at it after that day, and
// when in its bounds a seat that nobody takes is everybody's again.
//
// Methods return "" or what is wrong.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "tests/sim/auditor.h"
#include "tests/sim/told.h"

namespace creneau::sim {

// A freed seat cools for so long before it is offered.
inline constexpr int64_t kPassesOnMs = kMsPerMinute;
// Then it comes back to everybody at a moment between these, if nobody takes it.
inline constexpr int64_t kKeptLeastMs = kMsPerHour;
inline constexpr int64_t kKeptMostMs = 24 * kMsPerHour;
inline constexpr int kOffersOfPlace = 2;
inline constexpr int kOwnMoves = 2;
// By then the steward has looked for people whose day was closed.
inline constexpr int64_t kMovesWithinMs = 4 * kMsPerSecond;

// A reservation there.
struct Kept {
  enum class State : uint8_t { kHeld, kConfirmed, kOffered, kCancelled, kLapsed };
  State state = State::kHeld;
  int person = 0;
  std::string key;
  std::string idempotency;  // empty: no hold has made it
  std::string asked;
  std::string slot;
  std::string channel;
  int64_t deadline_s = 0;  // of a hold or an offer
  bool extended = false;
  int moves = 0;  // its holder's
  bool by_office = false;
  Instant displaced_from;  // confirmed, on a day that was closed
  Instant over;            // ended: its name may be forgotten from here on
  bool awaits() const { return state == State::kHeld || state == State::kOffered; }
  bool live() const { return awaits() || state == State::kConfirmed; }
};
// Its time is over, whether or not the steward has been there.
inline bool IsLate(const Kept& kept, Instant now) {
  return kept.awaits() && now.ms > kept.deadline_s * kMsPerSecond;
}

// "sim-wait/2027-06-15T09:00" is of 2027-06-15.
inline std::string DateOf(const std::string& slot) {
  return slot.substr(slot.find('/') + 1, std::string("2027-06-15").size());
}

struct Place {
  enum class State : uint8_t { kWaiting, kOffered, kServed, kLeft, kLapsed };
  State state = State::kWaiting;
  int person = 0;
  std::string channel;
  int day = 0;  // on which it was taken
  std::string key;
  std::string idempotency;
  int offers = 0;
  uint64_t joined = 0;  // grows from one to the next
  bool ended() const { return state != State::kWaiting && state != State::kOffered; }
};

struct ListSeat {
  enum class State : uint8_t { kFree, kTaken, kReturning, kGone };
  State state = State::kFree;
  bool last = false;  // its day was closed: when it ends, it is gone
  // Returning: nobody's before the one, offered from the other on.
  Instant cools_from{};
  Instant cools_until{};
  int looks = 0;  // at which nobody was there to take it
  Instant look_at{};
  bool anew = false;      // the engine has started since, and draws the moment again
  bool doubtful = false;  // a look was due on a disk without room: nobody knows whether it was
  // Once there was one: everybody's, but nobody knows when in between.
  Instant free_from{};
  Instant free_until{};
  bool MayBeFree(Instant now) const {
    return state == State::kFree || (state == State::kReturning && looks > 0 && free_from <= now);
  }
};

struct Lists {
  uint64_t version = 0;
  using SeatKey = std::pair<std::string, std::string>;  // slot, channel
  std::map<std::string, Kept> reservations;             // by name
  std::map<int, std::string> live;                      // person → name
  std::map<std::string, Place> places;                  // by name
  std::map<int, std::string> place_of;                  // person → name, of those not ended
  std::map<SeatKey, ListSeat> seats;
  std::set<std::string> closed;    // days, "2027-06-15"
  std::set<std::string> unlisted;  // days that the calendar does not have, closed or not any more
};

class Waiting final : public Beside {
 public:
  explicit Waiting(Auditor& auditor) : auditor_(auditor) {}

  // The agenda has these slots, and how many hours the people of a channel have to answer.
  void Keep(const std::vector<std::string>& slots, const std::map<std::string, int>& offer_hours);

  struct Join {
    int person = 0;
    std::string channel;
    std::string idempotency;
  };
  // Each checks the decided reply, and makes what it says the newest book.
  std::string Published(const Told& told, bool disk_low);
  // Whether the calendar that is told has the slots that are known, and no others.
  bool IsPublished(const Told& told) const;
  // `made`: a book that somebody of the staff has made for it, or null.
  std::string Joined(const Join& join, const Told& told, Instant now, Book* made);
  std::string Read(const std::string& place, const Told& told, Instant now) const;
  std::string Left(const std::string& place, const Told& told, Instant now, bool disk_low);
  struct Ask {
    int person = 0;
    std::string slot;
    std::string channel;
    std::string idempotency;
  };
  // `full`: there are as many holds as can be.
  std::string Held(const Ask& ask, const Told& told, Instant now, bool disk_low, bool full);
  // A refusal of what is on no calendar, which nobody is said to have asked for.
  std::string CheckRefused(const Ask& ask, const Told& told) const;
  // By an agent. `made`: as above.
  std::string Booked(const Ask& ask, const Told& told, Instant now, Book& made);
  std::string Confirmed(const std::string& name, const Told& told, Instant now);
  std::string Extended(const std::string& name, const Told& told, Instant now);
  std::string Cancelled(const std::string& name, const Told& told, Instant now, bool disk_low);
  std::string Moved(const std::string& name, const std::string& slot, const Told& told, Instant now,
                    bool disk_low);
  std::string Looked(const std::string& name, const Told& told, Instant now) const;
  // What was told within the same millisecond may be told again.
  std::string Slots(const Told& told, Instant now);
  std::string Closed(const std::string& day, bool closed, const Told& told, Instant now);
  // What an order whose outcome nobody knew has made of that day.
  void LearnClosed(const std::string& day, bool closed, Instant now);

  // The steward has been, `away_ms` late; whether Life must look at what it did.
  // `quiet`: nobody has asked for anything since its last round.
  bool Tick(Instant now, int64_t away_ms, bool frees, bool quiet);
  bool AnyAwaits() const;
  bool IsUnsure(Instant now) const { return now < unsure_until_; }
  uint64_t Holds() const;
  // What is looked at, and what it says, by name: places that have not ended, and reservations of
  // people whose day was closed.
  using Answers = std::map<std::string, Told>;
  std::vector<std::string> PlacesToSee() const;
  std::vector<std::string> ReservationsToSee() const;
  std::string See(const Answers& places, const Answers& reservations, Instant now, bool frees);

  // After a crash.
  void Gather(const Book& book, const Sight& sight) override;
  std::string Misfit(const Book& book, Instant died, Instant now) const override;
  std::string Adopt(Book& book, Instant died, Instant now) override;

  const Lists& lists() const { return *auditor_.book().lists; }

 private:
  using SeatKey = Lists::SeatKey;
  Lists& Next();
  Lists& Change(Book& book);
  bool IsOpen(const std::string& slot) const;
  std::string CheckHold(const Ask& ask, const Told& told, Instant now) const;
  std::string Existing(const Ask& ask, const Told& told, Instant now) const;
  void Make(Lists& lists, const Ask& ask, const Told& told, Kept::State state) const;
  std::optional<std::string> Ended(const Kept& kept, const Told& told, Instant now) const;
  std::string WrongPosition(const Place& place, const std::string& name, const Told& told,
                            Instant now) const;
  static bool IsDisplaced(const Lists& lists, const Kept& kept);
  int64_t OfferEnds(const std::string& channel, Instant now) const;
  bool IsBefore(const Place& one, const std::string& name, const Place& other,
                const std::string& other_name) const;
  static int DayAt(Instant now);

  // waiting_time.cc
  // By name and key.
  using Seen = std::map<std::pair<std::string, std::string>, Told>;
  void ForgetUnknownEnds(Lists& lists, const Seen& reservations);
  static void End(Lists& lists, const std::string& name, Kept::State state, Instant from,
                  Instant until);
  static void Return(ListSeat& seat, Instant from, Instant until);
  void LetLapse(Instant now, int64_t away_ms);
  void SettlePlaces();
  Instant NextDue(Instant now) const;
  bool SeatsAreDue(Instant now) const;
  bool CanMoveSomebody() const;
  bool SomebodyCouldTake(Instant now) const;
  bool OrderIsUnknown(Instant now) const;
  bool Waits(const Place& place, const Lists& lists, Instant now) const;
  std::string NewOffer(Lists& lists, const std::string& name, const Told& told, Instant now,
                       bool exactly) const;
  std::string NewMove(Lists& lists, const std::string& name, const Told& told, Instant now,
                      bool exactly) const;
  static std::string Nearest(const Lists& lists, const std::string& name, const std::string& from);
  std::string LearnOrder(const Answers& places, const Lists& lists, Instant now);
  std::string LearnDrawn(const std::vector<std::string>& names, const Lists& lists);
  std::string PassedOver(const Lists& lists, const std::set<std::string>& offered,
                         Instant now) const;
  std::string LeftWaiting(const Lists& lists, const std::set<std::string>& offered, Instant now,
                          bool frees);
  std::string LookAgain(Lists& lists, Instant now, bool frees) const;

  Auditor& auditor_;
  std::vector<std::string> slots_;
  std::map<std::string, int> offer_hours_;
  uint64_t versions_ = 0;
  // By channel and day: who comes after whom, since somebody has seen it.
  std::map<std::pair<std::string, int>, std::vector<std::string>> order_;
  // One to so many that all orders so far are drawn and yet those in which people joined, or the
  // opposite ones. 0: not all of them are.
  double odds_of_joining_ = 1;
  double odds_of_opposite_ = 1;
  // Of the latest round: whose reservation or offer ended in it.
  std::set<int> ended_now_;
  // Displaced people who have no other seat though there is a free one: since when that is seen.
  std::map<std::string, Instant> left_since_;
  // Of that version of the lists nothing is due before then.
  Instant last_look_;
  bool all_seen_ = false;
  Instant seen_at_;  // all that the steward did until then is known
  uint64_t due_version_ = 0;
  Instant due_at_;
  // Free seats at least and at most, over all reads of that millisecond.
  std::map<std::string, std::pair<int, int>> told_;
  Instant told_at_;
  // After a crash, until then the steward may not have been where something has lapsed.
  Instant unsure_until_;
  // After a crash, by name and key: what was told.
  Seen seen_places_;
  Seen seen_reservations_;
};

}  // namespace creneau::sim
