// What is recorded: who asked what when, and what the answer was. Moments are tickets of one atomic
// counter, taken just before the call and just after its return: if one operation's answer has the
// lower ticket than another's call, it was over before the other began.
//
// Plain values. A history belongs to one thread once its recording has ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/outcome.h"
#include "ledger/seat_word.h"
#include "tests/linear/checker.h"

namespace creneau::linear {

enum class Verb : uint8_t {
  kHold,
  kConfirm,
  kExtend,
  kCancel,
  kMove,
  kLook,  // by name
  kFind,  // by subject
  kExpire,
  kFree,
  kLengthen,
  kAside,     // a seat that has cooled is kept for an offer
  kUnaside,   // it is free again
  kOffer,     // it is somebody's: as a hold, of that seat
  kDisplace,  // the office moves a reservation
  kPublish,   // a calendar comes into force
  kTrim,      // one slot is brought to it
};

// What an answer shows of a reservation, or what is believed of one. A history of the engine does
// not see places and deadlines; a model does not know everything before an answer has shown it.
struct Shown {
  bool any = false;
  int who = -1;
  int slot = -1;  // -1: not known
  SeatRef name;   // generation 0: not known
  SeatRef at;     // generation 0: not known
  ledger::SeatWord word;
  bool timed = true;  // whether the word's deadline says anything
};

struct Operation {
  Verb verb = Verb::kFind;
  int thread = 0;
  uint64_t called = 0;
  uint64_t returned = kNever;
  // No answer came, but a crash: it may have happened before `returned`, which is the crash, or
  // not.
  bool lost = false;

  // What was asked, as far as the verb has it.
  int who = -1;   // person
  int slot = -1;  // hold: -1 is the earliest free one
  SeatRef name;
  SeatId seat;
  Instant now;      // received, or the steward's now
  Instant until;    // deadline of a hold, or of cooling
  Instant offered;  // of a displaced one: until when the seat is offered
  int64_t by_ms = 0;
  int seats = 1;  // of a hold: of how many people together; each has an operation of their own
  uint32_t listed = 0;  // of a publication: which slots are in the calendar, a bit for each

  // What was answered.
  Outcome outcome = Outcome::kOk;
  bool repeated = false;
  bool yes = false;  // what the steward does to a seat
  Shown shown;
  uint32_t withdrawn = 0;  // trim: free and cooling seats
  uint32_t kept = 0;
  uint32_t restored = 0;
};

using History = std::vector<Operation>;  // by `called`

constexpr int kSeatsPerBlock = 8;  // a slot's seats are numbered from 8 times the slot's number on
inline int SlotOf(SeatId seat) { return static_cast<int>(seat.value) / kSeatsPerBlock; }

std::string Told(const Operation& operation);
// One line for each, in the order of the calls.
std::string Told(const std::vector<const Operation*>& operations);

inline bool Overlap(const Operation& a, const Operation& b) {
  return a.called < b.returned && b.called < a.returned;
}

}  // namespace creneau::linear
