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

constexpr const char* kLaterIntent =
    "who still helps an earlier move to that seat takes a later one's intent for its own: more "
    "switches and stale reads than the bounds allow";

constexpr const char* kLaterParty =
    "who still helps an earlier party takes what a later one has noted beside its seat for that "
    "one's: more switches and stale reads than the bounds allow";

const std::vector<Known> kSeats = {
    {"ledger/ledger.cc Ledger::WordOf load 1", kA, kShown, "count/hold"},
    {"ledger/hold.cc Ledger::WritePayload store 1", kR, kShown, "free and hold/look"},
    {"ledger/hold.cc Ledger::WritePayload store 2", kR, kShown, "free and hold/look"},
    {"ledger/hold.cc Ledger::WritePayload store 3", kR, kShown, "free and hold/cancel"},
    {"ledger/resolve.cc Ledger::ImageOf load 1", kA, kShown, "free and hold/look"},
    {"ledger/resolve.cc Ledger::ImageOf load 2", kA, kShown, "free and hold/look"},
    {"ledger/resolve.cc Ledger::ImageOf load 3", kA, kShown, "free/hold/look"},
    {"ledger/hold.cc Ledger::HoldTo store 1", kR, kReleasedElsewhere,
     "by the index entry; who looks at a claimed seat by its number reads no payload"},
    {"ledger/hold.cc Ledger::HoldTo store 2", kR, kReleasedElsewhere,
     "by the bit that is given back; a free seat's payload is nobody's"},
    {"ledger/resolve.cc Ledger::CompareExchange cas 1", kA, kAcquiredElsewhere,
     "the expected word was loaded with acquire; what a failure reads is loaded anew"},
    {"ledger/resolve.cc Ledger::CompareExchange cas 1", kR, kShown, "look/move"},
    {"ledger/resolve.cc Ledger::CompareExchange cas 1", kS, kShown, "touched/hold beside it"},
    {"ledger/resolve.cc Ledger::ResolveTo load 1", kA, kAcquiredElsewhere,
     "a name comes from an answer, a made-up one has no generation that its seat's word has"},
    {"ledger/resolve.cc Ledger::ViewOf load 1", kA, kShown, "find/cancelled, freed, moved to"},

    {"ledger/move.cc Ledger::PrepareMove store 1", kR, kShown, "find/cancelled, freed, moved to"},
    {"ledger/move.cc Ledger::PrepareMove store 2", kR, kNotShown, kLaterIntent},
    {"ledger/move.cc Ledger::PrepareMove store 3", kR, kExchangeChecks,
     "it goes into the exchange that decides, which succeeds only while the move is the seat's "
     "own"},
    {"ledger/move.cc Ledger::PrepareMove store 4", kR, kReleasedElsewhere, "by the index entry"},
    {"ledger/move.cc Ledger::MoveTo store 1", kR, kReleasedElsewhere,
     "by the bit that is given back; a free seat's payload is nobody's"},
    {"ledger/move.cc Ledger::WentThrough load 1", kA, kOnlyCompared,
     "with a seat and generation that were one reservation's alone; Resolve has acquired the word "
     "after which it was written"},
    {"ledger/move.cc Ledger::DecideMove load 1", kA, kNotShown, kLaterIntent},
    {"ledger/move.cc Ledger::DecideMove load 2", kA, kExchangeChecks, "as store 3 of PrepareMove"},
    {"ledger/move.cc Ledger::RecordMove load 1", kA, kNotShown, kLaterIntent},
    {"ledger/move.cc Ledger::RecordMove load 2", kA, kNotShown, kLaterIntent},
    {"ledger/move.cc Ledger::FinishMove load 1", kA, kAcquiredElsewhere,
     "by the old seat's word: what fits a later intent was written by one who knew of it"},
    {"ledger/move.cc Ledger::FinishMovedAway load 1", kA, kOnlyCompared,
     "with the mark's own seat and sequence, which no later move has; the entry brings this one's"},

    {"ledger/party.cc Ledger::PrepareParty store 1", kR, kNotShown, kLaterParty},
    {"ledger/party.cc Ledger::PrepareParty store 2", kR, kNotShown, kLaterParty},
    {"ledger/party.cc Ledger::PrepareParty store 3", kR, kReleasedElsewhere, "by the index entry"},
    {"ledger/party.cc Ledger::LeaderOf load 1", kA, kNotShown, kLaterParty},
    {"ledger/party.cc Ledger::DecideParty load 1", kA, kNotShown, kLaterParty},
    {"ledger/party.cc Ledger::RecordParty load 1", kA, kNotShown, kLaterParty},
    {"ledger/party.cc Ledger::DisbandParty load 1", kA, kNotShown, kLaterParty},

    {"ledger/scan.cc Ledger::ScanSeat load 1", kA, kShown,
     "scan/cancel, free, move of another to it"},
    {"ledger/scan.cc Ledger::Scan load 1", kA, kAcquiredElsewhere,
     "a check of the count that was taken when the snapshot was begun"},
    {"ledger/scan.cc Ledger::SeatsBySlot load 1", kA | kS, kNobodyElse,
     "no publication is under way, and the last one ended under the same lock"},
    {"ledger/scan.cc Ledger::SeatsBySlot load 2", kA, kNobodyElse, "as load 1"},
};

}  // namespace

const std::vector<Known>& KnownOfSeats() { return kSeats; }

}  // namespace creneau::interleave
