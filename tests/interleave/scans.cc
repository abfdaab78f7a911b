// A snapshot that is taken while others act, against everything that changes a seat. Where one of
// them publishes, it begins before: the engine begins none while a publication is under way.

#include "tests/interleave/cases.h"

namespace creneau::interleave {

namespace {

const std::vector<Case> kCases = {
    // A seat that is taken: private, decided and not told, told.
    {"scan/hold", "publish 1", {"scan", "hold ada 0"}},
    {"scan/hold of a seat that has been somebody's",
     "publish 1; hold ada 0; cancel ada; free 0",
     {"scan", "hold bert 0"}},
    {"scan/hold, cancel, free", "publish 1", {"scan", "hold ada 0; cancel ada; free 0"}},
    // The scan may have finished the freeing, and be about to give the bit back.
    {"scan/free, hold by another",
     "publish 1; hold ada 0; cancel ada",
     {"scan", "free 0; hold bert 0"},
     {"scanned|yes;slot-taken"}},
    // One transition.
    {"scan/confirm", "publish 1; hold ada 0", {"scan", "confirm ada"}},
    {"scan/cancel", "publish 1; hold ada 0", {"scan", "cancel ada"}},
    {"scan/expire", "publish 1; hold ada 0", {"scan", "expire 0"}},
    {"scan/extend", "publish 1; hold ada 0", {"scan", "extend ada"}},
    {"scan/lengthen", "publish 1; hold ada 0", {"scan", "lengthen 0"}},
    {"scan/free", "publish 1; hold ada 0; cancel ada", {"scan", "free 0"}},
    {"scan/look", "publish 1; hold ada 0", {"scan", "look ada"}},
    {"scan/find", "publish 1; hold ada 0", {"scan", "find ada"}},
    // Both seats of a move are scanned: the one it leaves first, or the one it goes to.
    {"scan/move", "publish 1,1; hold ada 0", {"scan", "move ada 1"}},
    {"scan/move to the first slot", "publish 1,1; hold ada 1", {"scan", "move ada 0"}},
    {"scan/move of one that was moved",
     "publish 1,1,1; hold ada 0; move ada 1",
     {"scan", "move ada 2"}},
    {"scan/move, then cancel",
     "publish 1,1; hold ada 0",
     {"scan", "move ada 1; cancel ada"},
     {},
     4,
     6},
    {"scan/cancel, free, move of another to it",
     "publish 1,1,1; hold ada 0; hold bert 2; move ada 1",
     {"scan", "cancel ada; free 8; move bert 1"},
     {"scanned|ok;yes;slot-taken"},
     3,
     4,
     false,
     128,
     false},
    // Publications: seats that go, that come back, that are made.
    {"scan/withdraw", "publish 1,1; begin", {"scan", "publish 0,1"}},
    {"scan/withdraw of a held seat", "publish 1; hold ada 0; begin", {"scan", "publish 0"}},
    {"scan/withdraw of a cooling seat",
     "publish 1; hold ada 0; cancel ada; begin",
     {"scan", "publish 0"}},
    {"scan/restore", "publish 1,1; publish 0,1; begin", {"scan", "publish 1,1"}},
    {"scan/publish", "publish 1; begin", {"scan", "publish 2,1"}},
    {"scan/publish, then hold", "publish 1; begin", {"scan", "publish 2,1; hold ada 1"}},
    // The scan helps what goes through an index that grows.
    {"scan/growth", "publish 2; hold ada 0", {"scan", "hold bert 0"}, {}, -1, -1, false, 1},
    {"scan/move, growth", "publish 1,1; hold ada 0", {"scan", "move ada 1"}, {}, -1, -1, false, 1},
    // Two who race, and a scan that meets what either has left half done.
    {"scan/hold/hold last seat", "publish 1", {"scan", "hold ada 0", "hold bert 0"}},
    // The private seat of the hold that loses was never anybody's.
    {"scan/hold/hold one subject", "publish 1,1", {"scan", "hold ada 0", "hold ada 1"}, {}, 4, -1},
    {"scan/hold/cancel", "publish 1,1; hold ada 0", {"scan", "hold bert 1", "cancel ada"}},
    {"scan/confirm/expire", "publish 1; hold ada 0", {"scan", "confirm ada", "expire 0"}},
    {"scan/confirm/cancel", "publish 1; hold ada 0", {"scan", "confirm ada", "cancel ada"}},
    {"scan/cancel, free/hold by another",
     "publish 1; hold ada 0",
     {"scan", "cancel ada; free 0", "hold bert 0"},
     {},
     5,
     -1},
    {"scan/free/hold", "publish 1; hold ada 0; cancel ada", {"scan", "free 0", "hold bert 0"}},
    {"scan/move/hold of the seat it goes to",
     "publish 1,1; hold ada 0",
     {"scan", "move ada 1", "hold bert 1"},
     {},
     4,
     6},
    {"scan/move/cancel", "publish 1,1; hold ada 0", {"scan", "move ada 1", "cancel ada"}, {}, 3, 5},
    {"scan/move/confirm",
     "publish 1,1; hold ada 0",
     {"scan", "move ada 1", "confirm ada"},
     {},
     3,
     5,
     false,
     128,
     false},
    {"scan/withdraw/hold",
     "publish 1,1; begin",
     {"scan", "publish 0,1", "hold ada 0"},
     {},
     3,
     5,
     false,
     128,
     false},
};

}  // namespace

const std::vector<Case>& Scans() { return kCases; }

}  // namespace creneau::interleave
