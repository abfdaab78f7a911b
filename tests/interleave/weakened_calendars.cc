// Calendars, and the slots and seats that publications make (weakened.h).
//
// One publisher comes after the other, under a lock. What one of them makes is reached through its
// calendar, or through a slot's count of seats.

#include "tests/interleave/weakened.h"

namespace creneau::interleave {

namespace {

using enum Reason;
constexpr unsigned kA = kNoAcquire, kR = kNoRelease, kS = kNoTotalOrder;

constexpr const char* kPublisher = "the publisher reads what publishers write";

const std::vector<Known> kCalendars = {
    {"ledger/ledger.h Ledger::CalendarOf load 1", kA, kShown, "restore/hold"},
    {"ledger/ledger.h Ledger::CalendarOf load 1", kS, kShown, "publish twice/look"},
    {"ledger/publish.cc Ledger::Apply rmw 1", kA, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::Apply rmw 1", kR, kShown, "publish/free"},
    {"ledger/publish.cc Ledger::Apply rmw 1", kS, kNotShown,
     "a reader with the old calendar that the retirer does not see; Trim's load of it puts it into "
     "S, unless another thread frees the calendar before"},
    {"ledger/publish.cc Ledger::Plan load 1", kA | kS, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::Plan load 2", kA | kS, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::Plan load 3", kA | kS, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::TallyOf load 1", kA, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::MakeSlot load 1", kA | kS, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::MakeSlot load 2", kA | kS, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::MakeSlot store 1", kR | kS, kReleasedElsewhere,
     "by the calendar; who goes through all slots by number publishes, or is alone"},
    {"ledger/publish.cc Ledger::MakeSeats load 1", kA | kS, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::MakeSeats load 2", kA | kS, kNobodyElse, kPublisher},
    {"ledger/publish.cc Ledger::MakeSeats store 2", kR, kReleasedElsewhere,
     "by the seat's bit or the calendar, through which its number gets known"},
    {"ledger/publish.cc Ledger::MakeSeats store 3", kR, kReleasedElsewhere,
     "by the seat's bit or the calendar, through which its number gets known"},
    {"ledger/publish.cc Ledger::MakeSeats store 4", kR, kReleasedElsewhere,
     "by the slot's count of seats, and by the seat's bit"},
    {"ledger/publish.cc Ledger::MakeSeats store 5", kR, kShown, "publish/count"},
    {"ledger/ledger.cc Ledger::Count load 1", kA, kShown, "publish/count"},
};

}  // namespace

const std::vector<Known>& KnownOfCalendars() { return kCalendars; }

}  // namespace creneau::interleave
