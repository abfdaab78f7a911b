// Performs an operation on a ledger and writes down what was answered; and desks that lie, so that
// the checker can be seen to catch them.
//
// Threads: a Desk belongs to one thread; the ledger is everybody's.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ledger/ledger.h"
#include "tests/linear/history.h"

namespace creneau::linear {

enum class Lie {
  kNone,
  kStaleFind,        // a find answers what it answered this thread the last time
  kForgottenCancel,  // a cancellation is answered and not made
  kDoubleClaim,      // whoever finds a slot taken is given the seat that somebody else was given
  kStaleRefusal,     // a slot that was taken once stays so
  kEarlyAnswer,      // a confirmation is answered first and made with the thread's next operation
  kIdleExpiry,       // a hold past its time is said to be taken back, and is not
  kLostSeat,         // a seat that has cooled is said to be free, and is not
  kSecondHold,       // whoever has a reservation is given another by a second name
  kOldPlace,         // a move is answered with the place before it
};
inline constexpr Lie kLies[] = {Lie::kStaleFind,    Lie::kForgottenCancel, Lie::kDoubleClaim,
                                Lie::kStaleRefusal, Lie::kEarlyAnswer,     Lie::kIdleExpiry,
                                Lie::kLostSeat,     Lie::kSecondHold,      Lie::kOldPlace};
std::string_view LieName(Lie lie);

inline constexpr int kStrangers = 24;  // people beyond those of the world, who come at the end

Subject SubjectOf(int who);

class Desk {
 public:
  Desk(ledger::Ledger& ledger, ledger::EventSink& sink, Lie lie)
      : ledger_(ledger), sink_(sink), lie_(lie) {}

  // All that a verb asks for stands in `o`; its answer is written there. Not the moments.
  void Do(Operation& o);
  // A family's hold, which each of them has an operation of. Where somebody of them had a
  // reservation, only that one's is shown: of the others nothing was asked.
  void Together(std::span<Operation> each);

 private:
  bool Lied(Operation& o);
  bool StaleFind(Operation& o);
  bool NotDone(Operation& o);
  bool LiedAboutHold(Operation& o);
  void Honest(Operation& o);
  void Take(const ledger::Result& result, Operation& o);

  ledger::Ledger& ledger_;
  ledger::EventSink& sink_;
  Lie lie_;
  std::array<std::optional<Shown>, 8> found_;  // by person
  std::array<bool, 8> taken_{};                // by slot
  std::optional<Shown> given_;                 // the last hold's
  std::optional<Operation> later_;
};

}  // namespace creneau::linear
