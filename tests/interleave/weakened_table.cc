// Made by `interleave weakened --long`; a name is file, function, kind of access, and how many of
// that kind there are in the function.

#include "tests/interleave/weakened.h"

namespace creneau::interleave {

namespace {

const std::vector<MustShow> kTable = {
    {"wal/commit.cc CommitQueue::Push cas 1, no release", "queue p|c"},
    {"wal/commit.cc CommitQueue::TakeAll rmw 1, no acquire", "queue pp|t"},
    {"wal/commit.cc CommitQueue::Close rmw 1, no acquire", "queue p|c"},
    {"ledger/ledger.h Ledger::CalendarOf load 1, no acquire", "restore/hold"},
    {"ledger/ledger.cc Ledger::WordOf load 1, no acquire", "count/hold"},
    {"ledger/hold.cc Ledger::WritePayload store 2, no release", "cancel/free/hold by another"},
    {"ledger/hold.cc Ledger::WritePayload store 3, no release", "cancel/free/hold by another"},
    {"ledger/subject_index.cc SubjectIndex::Replace cas 1, no release", "find/move"},
    {"ledger/resolve.cc Ledger::CompareExchange cas 1, no release", "look/move"},
    {"ledger/resolve.cc Ledger::ImageOf load 2, no acquire", "cancel/free/hold by another"},
    {"ledger/resolve.cc Ledger::ImageOf load 3, no acquire", "cancel/free/hold by another"},
    {"ledger/subject_index.cc SubjectIndex::Get load 4, no acquire", "find/move"},
    {"ledger/claim.cc Ledger::GiveBit rmw 1, no release", "cancel/hold by another"},
    {"ledger/claim.cc Ledger::GiveBit load 1, no acquire", "publish/free"},
    {"ledger/publish.cc Ledger::Apply rmw 1, no release", "publish/free"},
    {"ledger/trim.cc Ledger::WithdrawFree rmw 1, no acquire", "withdraw/free"},
    {"ledger/subject_index.cc SubjectIndex::StartGrowth cas 1, no release",
     "growth/hold one subject"},
    {"ledger/epochs.cc Epochs::Guard::Guard cas 1, no acquire", "publish twice/look"},
    {"ledger/epochs.cc Epochs::Guard::Guard cas 1, no release", "publish twice/look"},
    {"ledger/epochs.cc Epochs::Guard::Guard cas 1, no seq_cst", "publish twice/look"},
    {"ledger/epochs.h Epochs::Guard::~Guard store 1, no release", "publish twice/look"},
    {"ledger/epochs.cc Epochs::OldestReader load 1, no acquire", "publish twice/look"},
    {"ledger/epochs.cc Epochs::OldestReader load 1, no seq_cst", "publish twice/look"},
};

}  // namespace

const std::vector<MustShow>& WeakenedThatShow() { return kTable; }

}  // namespace creneau::interleave
