// Free words, what is noted beside them, and the bitmaps (weakened.h).
//
// A freeing sets the word, counts itself, and sets the summary's bits; a clearing takes the bit and
// looks at the word again. Both change the bit by read-modify-writes of one word: whichever is
// second has, by release and acquire, what the first one did before.

#include "tests/interleave/weakened.h"

namespace creneau::interleave {

namespace {

using enum Reason;
constexpr unsigned kA = kNoAcquire, kR = kNoRelease, kS = kNoTotalOrder;

constexpr const char* kByLook =
    "a summary bit that is lost; ClaimByLook reads the words once for each freeing";

const std::vector<Known> kFree = {
    {"ledger/claim.cc Ledger::PlaceOf load 1", kA, kAcquiredElsewhere,
     "a seat's number comes through the index, a calendar or a name, all later than its block"},
    {"ledger/claim.cc Ledger::ClaimInSlot load 1", kA, kExchangeChecks,
     "a guess: the read-modify-write after it decides and acquires; no seat is how it was"},
    {"ledger/claim.cc Ledger::ClaimInSlot load 1", kS, kExchangeChecks,
     "a guess, as without acquire"},
    {"ledger/claim.cc Ledger::ClaimInSlot rmw 1", kA, kShown, "hold/hold, cancel, free of two"},
    {"ledger/claim.cc Ledger::ClaimInSlot rmw 1", kR, kNothingPublished,
     "a bit that is gone leads nowhere"},
    {"ledger/claim.cc Ledger::ClaimInSlot rmw 1", kS, kNoTotalOrderNeeded,
     "one word decides; the summary is cleared after it and looks at it again"},
    {"ledger/claim.cc Ledger::ClaimInSlot load 2", kA | kS, kAcquiredElsewhere,
     "by the clearing just before it, from whoever set the bit"},
    {"ledger/claim.cc Ledger::ClaimInSlot load 3", kA | kS, kAcquiredElsewhere,
     "by the clearing just before it, from whoever set the bit"},
    {"ledger/claim.cc Ledger::ClaimSeats load 1", kA | kS, kExchangeChecks,
     "a guess: the exchange after it decides and acquires; no seat is how it was"},
    {"ledger/claim.cc Ledger::ClaimSeats cas 1", kA, kShown, "party/party/hold"},
    {"ledger/claim.cc Ledger::ClaimSeats cas 1", kR, kNothingPublished,
     "a bit that is gone leads nowhere"},
    {"ledger/claim.cc Ledger::ClaimSeats cas 1", kS, kNoTotalOrderNeeded,
     "one word decides; the summary is cleared after it and looks at it again"},
    {"ledger/claim.cc Ledger::ClaimSeats load 2", kA | kS, kAcquiredElsewhere,
     "by the clearing just before it, from whoever set the bit"},
    {"ledger/claim.cc Ledger::ClaimByLook load 1", kA, kNotShown,
     "the count of a freeing without its word, noted as empty; an S that the checker does not "
     "have"},
    {"ledger/claim.cc Ledger::ClaimByLook load 1", kS, kNoTotalOrderNeeded,
     "an older count is looked up again; a newer one brings its words"},
    {"ledger/claim.cc Ledger::ClaimByLook load 2", kA | kS, kAcquiredElsewhere,
     "by load 1: the count brings the words of all freeings that it counts"},
    {"ledger/calendar.cc Calendar::KnownEmpty load 1", kA | kS, kOnlyCompared,
     "with the count that the reader has itself"},
    {"ledger/calendar.cc Calendar::NoteEmpty store 1", kR | kS, kNothingPublished,
     "the note is a number, and true of that count for whoever reads it"},
    {"ledger/claim.cc Ledger::GiveBits rmw 1", kA, kOnlyCompared,
     "a bit that was set already fails the check; nothing is read through it"},
    {"ledger/claim.cc Ledger::GiveBits rmw 1", kR, kShown, "cancel/hold by another"},
    {"ledger/claim.cc Ledger::GiveBits rmw 1", kS, kShown, "publish and any free/free"},
    {"ledger/claim.cc Ledger::GiveBits rmw 2", kA, kOnlyCompared,
     "nobody looks at what it returns"},
    {"ledger/claim.cc Ledger::GiveBits rmw 2", kR, kNotShown,
     "as ClaimByLook's load of it: the other side"},
    {"ledger/claim.cc Ledger::GiveBits rmw 2", kS, kNoTotalOrderNeeded,
     "word, then count: released here, acquired by ClaimByLook"},
    {"ledger/claim.cc Ledger::GiveBits load 1", kA, kShown, "publish/free"},
    {"ledger/claim.cc Ledger::GiveBits load 1", kS, kShown, "publish twice/free"},
    {"ledger/trim.cc Ledger::WithdrawFree rmw 1", kA, kShown, "withdraw/free"},
    {"ledger/trim.cc Ledger::WithdrawFree rmw 1", kR, kNothingPublished,
     "a bit that is gone leads nowhere"},
    {"ledger/trim.cc Ledger::WithdrawFree rmw 1", kS, kNoTotalOrderNeeded, "one word decides"},
    {"ledger/ledger.cc Ledger::AnyFree load 1", kA | kS, kStaleIsEarlier,
     "an answer that was right"},
    {"ledger/ledger.cc Ledger::AnyFree load 2", kA | kS, kAcquiredElsewhere,
     "by the clearing just before it, from whoever set the bit"},

    {"ledger/bitmap.cc Bitmap::Set rmw 1", kA, kOnlyCompared, "nobody looks at what it returns"},
    {"ledger/bitmap.cc Bitmap::Set rmw 1", kR, kHint, kByLook},
    {"ledger/bitmap.cc Bitmap::Set rmw 1", kS, kNoTotalOrderNeeded,
     "released here, acquired by whoever clears it"},
    {"ledger/bitmap.cc Bitmap::ClearAt rmw 1", kA, kHint, kByLook},
    {"ledger/bitmap.cc Bitmap::ClearAt rmw 1", kR, kNothingPublished,
     "a bit that is gone says nothing"},
    {"ledger/bitmap.cc Bitmap::ClearAt rmw 1", kS, kNoTotalOrderNeeded,
     "acquired here from whoever set it"},
    {"ledger/bitmap.cc Bitmap::ClearParents rmw 1", kA, kHint, kByLook},
    {"ledger/bitmap.cc Bitmap::ClearParents rmw 1", kR, kNothingPublished,
     "a bit that is gone says nothing"},
    {"ledger/bitmap.cc Bitmap::ClearParents rmw 1", kS, kNoTotalOrderNeeded,
     "acquired here from whoever set it"},
    {"ledger/bitmap.cc Bitmap::ClearParents load 1", kA | kS, kAcquiredElsewhere,
     "by the clearing just before it, from whoever set the bit"},
    {"ledger/bitmap.cc Bitmap::ClearParents rmw 2", kA, kOnlyCompared,
     "nobody looks at what it returns"},
    {"ledger/bitmap.cc Bitmap::ClearParents rmw 2", kR, kHint,
     "whoever made the word non-empty sets the bit above by itself, after this"},
    {"ledger/bitmap.cc Bitmap::ClearParents rmw 2", kS, kNoTotalOrderNeeded, "as Set"},
    {"ledger/bitmap.cc Bitmap::Find load 1", kA | kS, kHint,
     "claims look at the word itself, and ClaimByLook at those not found; the steward comes again"},
    {"ledger/inbox.h Inbox::Add load 1", kA, kOnlyCompared, "nothing is read through it"},
    {"ledger/inbox.h Inbox::Add load 1", kS, kShown, "touched/hold beside it"},
    {"ledger/inbox.h Inbox::Add rmw 1", kR, kReleasedElsewhere,
     "by the one total order: the writing, load 1, the taking, the taker's reading"},
    {"ledger/ledger.cc Ledger::TakeTouched load 1", kA, kAcquiredElsewhere,
     "it says how far to look; what is taken was acquired"},
    {"ledger/ledger.cc Ledger::TakeTouched load 2", kA, kShown, "touched/hold beside it"},
    {"ledger/ledger.cc Ledger::TakeTouched load 2", kS, kShown, "touched/hold beside it"},
    {"ledger/inbox.h Inbox::Take rmw 1", kA, kShown, "touched/hold beside it"},
    {"ledger/inbox.h Inbox::Take rmw 1", kR, kNothingPublished, "a bit that is gone leads nowhere"},
    {"ledger/inbox.h Inbox::Take rmw 1", kS, kShown, "touched/hold beside it"},
    {"ledger/bitmap.cc Bitmap::SetAll store 1", kR | kS, kNobodyElse,
     "the bitmap is not shared yet; the calendar's exchange releases it"},
    {"ledger/bitmap.cc Bitmap::SetAll rmw 1", kA | kR | kS, kNobodyElse, "as store 1"},
};

}  // namespace

const std::vector<Known>& KnownOfFreeWords() { return kFree; }

}  // namespace creneau::interleave
