// One person at nine o'clock, or one identity of a bot: a state machine in fixed memory, pure. The
// crowd (crowd.h) tells it what happened and carries out what it does next.
//
//   arrives -> asks for a ticket -> waits, looking at the status document (and, restless, asks
//   again)
//   -> is admitted -> looks at the slots -> holds -> types -> confirms -> leaves
//
// On the way it may be told that nothing is left, lose patience, close the page, leave a hold
// behind, or lose the connection and ask the same once more.
//
// A person knows only what was said: it is admitted when the document's served rank has passed the
// rank that it works out from K and its ticket. The clock of truth: from the moment somebody asks
// for anything until a reply says how it stands (a ticket, a place, not open yet, nothing left, a
// seat). A refusal under load, or no reply at all, lets it run on.
//
// Nanoseconds of the run's clock. One owner at a time.
#pragma once

#include <cstdint>

#include "base/prng.h"
#include "bench/creneau-bench/crowd/sight.h"
#include "bench/creneau-bench/schedule.h"
#include "surge/ticket.h"

namespace creneau::bench {

enum class Group : uint8_t {
  kPerson,
  kWatcher,  // only looks at the document
  kBot,      // with an identity that exists
  kInvented  // with one that does not
};
inline constexpr size_t kGroups = 4;
std::string_view NameOf(Group group);

// What becomes of somebody, if nothing else happens.
enum class Fate : uint8_t {
  kStays,
  kClosesPage,  // once it has its ticket
  kLeavesHold,  // once it has a seat: the phone is dead
};

struct Traits {
  Group group = Group::kPerson;
  Fate fate = Fate::kStays;
  bool picks = false;            // a slot of its own choice, not the first that is free
  uint8_t drops_of_256 = 0;      // requests after which its connection is gone, before the reply
  uint32_t think_ms = 0;         // typing, from the hold to the confirm
  uint32_t look_ms = 0;          // from the slots to the hold
  uint32_t reload_ms = 0;        // asks for its ticket again so often while it waits; 0: does not
  int64_t patience_ns = kNever;  // for a seat, from its arrival
};

enum class Act : uint8_t { kAskTicket, kPoll, kLook, kHold, kConfirm, kLeave };

// What somebody is in the middle of, or how it ended.
enum class Stage : uint8_t { kComing, kWaiting, kChoosing, kConfirming, kGone };
enum class End : uint8_t {
  kStillThere,  // when the run ended
  kSeated,
  kNothingLeft,  // was told so
  kClosed,       // was told that the opening is over
  kNotListed,    // was told so
  kGaveUp,       // lost patience
  kWalkedAway,   // closed the page, or left its hold
  kTooSlow,      // confirmed after the hold had lapsed
  kHoldLost,     // confirmed in time, and was told that the hold had lapsed
  kBroken,       // got replies that are none
};
inline constexpr size_t kEnds = 10;
std::string_view NameOf(End end);

struct Person {
  Traits traits;
  Stage stage = Stage::kComing;
  End end = End::kStillThere;
  Act act = Act::kAskTicket;  // what comes next, or is under way
  bool has_ticket = false;
  bool ask_anew = false;  // its grant has lapsed
  bool in_time = false;   // a confirm of it was sent before its deadline
  uint8_t broken = 0;     // replies that are none, in a row
  uint16_t agenda = 0;
  int32_t day = 0;  // of the opening for which it has come; 0: has seen no document
  uint32_t requests = 0;
  uint32_t reservation = UINT32_MAX;  // its place in the journal
  uint32_t before = 0;                // of its ticket
  surge::Bucket bucket;
  surge::Tag tag{};
  surge::Rank rank;  // 0: not known yet
  int64_t arrives_ns = 0;
  int64_t reloads_ns = 0;        // the restless ask for their ticket again then
  int64_t asked_ns = kNever;     // waits since then for a true answer
  int64_t first_truth_ns = -1;   // how long the first one took; -1: has had none
  int64_t worst_truth_ns = 0;    // the longest wait for one
  int64_t admitted_ns = kNever;  // since when it has known
  int64_t deadline_ns = kNever;  // of its hold
  int64_t ended_ns = 0;

  bool is_bot() const { return traits.group >= Group::kBot; }
  bool told() const { return first_truth_ns >= 0; }
  // Asks, at the moment at which it wanted to.
  void Asks(int64_t at_ns) {
    if (asked_ns == kNever) asked_ns = at_ns;
  }
};

// The act, and when.
struct Move {
  Act act = Act::kLeave;
  int64_t at_ns = 0;
};

Move Arrive(Person* person);
// What the document said to somebody who looked at it.
Move AfterSight(Person* person, const Sight& sight, int64_t now_ns, Prng* prng);
// What came back from the act that was under way. `sight` is the document as it was last seen by
// anybody: the page that shows the reply shows it as well.
Move AfterReply(Person* person, const Heard& heard, const Sight& sight, int64_t now_ns, Prng* prng);

// A ticket that came. The first one stays unless `ask_anew`: a later one has a later bucket. False:
// it is about somebody else than the one before, which cannot be true. `*keep`: this one is to be
// used from now on.
bool TakeTicket(Person* person, const surge::Ticket& ticket, bool* keep);

// From the K of the document, where it has one.
void LearnRank(Person* person, const Sight& sight);

}  // namespace creneau::bench
