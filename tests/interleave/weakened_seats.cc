// Words, payloads and moves (weakened.h).
//
// A payload is read between two looks at the word: release and acquire on each part of it bring
// along that the word has gone on. Others than its owner come to a claimed or moving seat through
// the index alone, whose exchange releases all that was written before it.

#include "tests/interleave/weakened.h"

namespace creneau::interleave {

namespace {

using enum Reason;
constexpr unsigned kA = kNoAcquire, kR = kNoRelease, kS = kNoTotalOrder;

constexpr const char* kReused = "moved, cancelled, freed, moved to/look";

const std::vector<Known> kSeats = {
    {"ledger/ledger.cc Ledger::WordOf load 1", kA, kShown, "count/hold"},
    {"ledger/hold.cc Ledger::WritePayload store 1", kR, kUnargued,
     "the reader's word is old, its payload half the next owner's; as stores 2 and 3"},
    {"ledger/hold.cc Ledger::WritePayload store 2", kR, kShown, "cancel/free/hold by another"},
    {"ledger/hold.cc Ledger::WritePayload store 3", kR, kShown, "cancel/free/hold by another"},
    {"ledger/resolve.cc Ledger::ImageOf load 1", kA, kUnargued, "as store 1 of WritePayload"},
    {"ledger/resolve.cc Ledger::ImageOf load 2", kA, kShown, "cancel/free/hold by another"},
    {"ledger/resolve.cc Ledger::ImageOf load 3", kA, kShown, "cancel/free/hold by another"},
    {"ledger/hold.cc Ledger::Hold store 1", kR, kReleasedElsewhere,
     "by the index entry; who looks at a claimed seat by its number reads no payload"},
    {"ledger/hold.cc Ledger::Hold store 2", kR, kReleasedElsewhere,
     "by the bit that is given back; a free seat's payload is nobody's"},
    {"ledger/resolve.cc Ledger::CompareExchange cas 1", kA, kAcquiredElsewhere,
     "the expected word was loaded with acquire; what a failure reads is loaded anew"},
    {"ledger/resolve.cc Ledger::CompareExchange cas 1", kR, kShown, "look/move"},
    {"ledger/resolve.cc Ledger::Resolve load 1", kA, kAcquiredElsewhere,
     "a name comes from an answer, a made-up one has no generation that its seat's word has"},
    {"ledger/resolve.cc Ledger::ViewOf load 1", kA, kUnargued, "of the origin, as of the payload"},

    {"ledger/move.cc Ledger::PrepareMove store 1", kR, kUnargued, "as of the payload: the origin"},
    {"ledger/move.cc Ledger::PrepareMove store 2", kR, kShown, kReused},
    {"ledger/move.cc Ledger::PrepareMove store 3", kR, kUnargued, "as of the payload: cooling"},
    {"ledger/move.cc Ledger::PrepareMove store 4", kR, kReleasedElsewhere, "by the index entry"},
    {"ledger/move.cc Ledger::Move store 1", kR, kReleasedElsewhere,
     "by the bit that is given back; a free seat's payload is nobody's"},
    {"ledger/move.cc Ledger::DecideMove load 1", kA, kUnargued, "of the intent, as of the payload"},
    {"ledger/move.cc Ledger::DecideMove load 2", kA, kUnargued, "of cooling, as of the payload"},
    {"ledger/move.cc Ledger::RecordMove load 1", kA, kUnargued, "of the intent, as of the payload"},
    {"ledger/move.cc Ledger::RecordMove load 2", kA, kUnargued, "of the origin, as of the payload"},
    {"ledger/move.cc Ledger::FinishMove load 1", kA, kShown, kReused},
    {"ledger/move.cc Ledger::FinishMovedAway load 1", kA, kUnargued,
     "the word is read after the intent, and its generation must be the index entry's"},

    {"ledger/scan.cc Ledger::ScanSeat load 1", kA, kUnargued, "of the origin, as of the payload"},
    {"ledger/scan.cc Ledger::Scan load 1", kA, kAcquiredElsewhere,
     "a check of the count that was taken when the snapshot was begun"},
    {"ledger/scan.cc Ledger::SeatsBySlot load 1", kA | kS, kNobodyElse,
     "no publication is under way, and the last one ended under the same lock"},
    {"ledger/scan.cc Ledger::SeatsBySlot load 2", kA, kNobodyElse, "as load 1"},
};

}  // namespace

const std::vector<Known>& KnownOfSeats() { return kSeats; }

}  // namespace creneau::interleave
