// Three threads, where the third finds what two have left half done.

#include "tests/interleave/cases.h"

namespace creneau::interleave {

namespace {

const std::vector<Case> kCases = {
    {"hold/hold/hold last seat", "publish 1", {"hold ada 0", "hold bert 0", "hold carl 0"}},
    {"hold/hold/hold two seats", "publish 2", {"hold ada 0", "hold bert 0", "hold carl 0"}},
    // Bert meets the seat that ada's second hold has claimed, and is about to give back.
    {"hold twice by one/hold by another",
     "publish 1,1",
     {"hold ada 0", "hold ada 1", "hold bert 1"},
     {"ok|already-reserved|slot-taken"},
     5,
     -1},
    // The same, of the hold that she has already.
    {"cancel/hold by one/hold by another",
     "publish 1,1; hold ada 0",
     {"cancel ada", "hold ada 1", "hold bert 1"},
     {"ok|already-reserved|slot-taken"}},
    {"cancel/free/hold by another",
     "publish 1; hold ada 0",
     {"cancel ada", "free 0", "hold bert 0"}},
    {"expire/free/hold by another",
     "publish 1; hold ada 0",
     {"expire 0", "free 0", "hold bert any"}},
    {"confirm/expire/lengthen", "publish 1; hold ada 0", {"confirm ada", "expire 0", "lengthen 0"}},
    {"confirm/expire/cancel", "publish 1; hold ada 0", {"confirm ada", "expire 0", "cancel ada"}},
    {"confirm/expire/look", "publish 1; hold ada 0", {"confirm ada", "expire 0", "look ada"}},
    {"free/hold/hold",
     "publish 1; hold ada 0; cancel ada",
     {"free 0", "hold bert 0", "hold carl any"}},
    {"free/free/hold", "publish 1; hold ada 0; cancel ada", {"free 0", "free 0", "hold bert 0"}},
    {"free/hold/look", "publish 1; hold ada 0; cancel ada", {"free 0", "hold bert 0", "look ada"}},
    {"hold/find/cancel", "publish 1,1; hold ada 0", {"hold ada 1", "find ada", "cancel ada"}},
    // Bert meets the seat that a move has claimed which then comes to nothing.
    {"move/cancel/hold by another",
     "publish 1,1; hold ada 0",
     {"move ada 1", "cancel ada", "hold bert 1"},
     {"cancelled|ok|slot-taken"},
     4,
     6},
    {"move/cancel/hold by the same",
     "publish 1,1,1; hold ada 0",
     {"move ada 1", "cancel ada", "hold ada 2"},
     {},
     4,
     6},
    {"move/confirm/expire",
     "publish 1,1; hold ada 0",
     {"move ada 1", "confirm ada", "expire 0"},
     {},
     4,
     6},
    {"move/move/cancel",
     "publish 1,1,1; hold ada 0",
     {"move ada 1", "move ada 2", "cancel ada"},
     {},
     3,
     5},
    {"move/confirm/look",
     "publish 1,1; hold ada 0",
     {"move ada 1", "confirm ada", "look ada"},
     {},
     4,
     6},
    {"withdraw/hold/cancel",
     "publish 2; hold ada 0",
     {"publish 1", "hold bert 0", "cancel ada"},
     {},
     5,
     -1},
};

}  // namespace

const std::vector<Case>& Triples() { return kCases; }

}  // namespace creneau::interleave
