// Two threads: every pair of operations that meets somewhere.

#include "tests/interleave/cases.h"

namespace creneau::interleave {

namespace {

const std::vector<Case> kCases = {
    // One seat, one word, the last free seat, one subject.
    {"hold/hold one word", "publish 2", {"hold ada 0", "hold bert 0"}},
    {"hold/hold last seat", "publish 1", {"hold ada 0", "hold bert 0"}},
    {"hold/hold earliest last seat", "publish 1", {"hold ada any", "hold bert any"}},
    {"hold/hold earliest two slots", "publish 1,1", {"hold ada any", "hold bert any"}},
    {"hold/hold one subject", "publish 1,1", {"hold ada 0", "hold ada 1"}},
    // The seat is taken, by her own other hold, which is not decided yet.
    {"hold/hold one subject last seat",
     "publish 1",
     {"hold ada 0", "hold ada 0"},
     {"ok|slot-taken", "slot-taken|ok"}},
    {"hold/hold one note", "publish 2", {"hold ada 0", "hold bert 0"}, {}, -1, -1, true},
    {"hold/cancel one subject", "publish 1,1; hold ada 0", {"hold ada 1", "cancel ada"}},
    {"hold/expire one subject", "publish 1,1; hold ada 0", {"hold ada 1", "expire 0"}},
    {"hold/confirm one subject", "publish 1,1; hold ada 0", {"hold ada 1", "confirm ada"}},
    {"hold/move one subject", "publish 1,1,1; hold ada 0", {"hold ada 1", "move ada 2"}},
    {"cancel/hold by another", "publish 1,1; hold ada 0", {"cancel ada; free 0", "hold bert 0"}},
    {"cancel and hold/hold", "publish 1,1; hold ada 0", {"cancel ada; hold ada 1", "hold bert 1"}},
    // A reservation's own races.
    {"confirm/expire", "publish 1; hold ada 0", {"confirm ada", "expire 0"}},
    {"confirm/cancel", "publish 1; hold ada 0", {"confirm ada", "cancel ada"}},
    {"confirm/confirm", "publish 1; hold ada 0", {"confirm ada", "confirm ada"}},
    {"cancel/cancel", "publish 1; hold ada 0", {"cancel ada", "cancel ada"}},
    {"cancel/expire", "publish 1; hold ada 0", {"cancel ada", "expire 0"}},
    {"extend/confirm", "publish 1; hold ada 0", {"extend ada", "confirm ada"}},
    {"extend/expire", "publish 1; hold ada 0", {"extend ada", "expire 0"}},
    {"lengthen/confirm", "publish 1; hold ada 0", {"lengthen 0", "confirm ada"}},
    {"lengthen/expire", "publish 1; hold ada 0", {"lengthen 0", "expire 0"}},
    // A seat that comes back.
    {"free/hold by another", "publish 1; hold ada 0; cancel ada", {"free 0", "hold bert 0"}},
    {"free/hold earliest", "publish 1; hold ada 0; cancel ada", {"free 0", "hold bert any"}},
    {"hold/hold, cancel, free", "publish 1", {"hold bert 0", "hold ada 0; cancel ada; free 0"}},
    {"cancel, free, hold/look",
     "publish 1; hold ada 0",
     {"cancel ada; free 0; hold bert 0", "look ada"},
     {"ok;yes;slot-taken|nothing"}},
    {"free/free", "publish 1; hold ada 0; cancel ada", {"free 0", "free 0"}},
    {"free/cancel", "publish 1; hold ada 0; cancel ada", {"free 0", "cancel ada"}},
    {"free/look", "publish 1; hold ada 0; cancel ada", {"free 0", "look ada"}},
    // Who looks may have finished the freeing, and be about to give the bit back.
    {"free and hold/look",
     "publish 1; hold ada 0; cancel ada",
     {"free 0; hold bert 0", "look ada"},
     {"yes;slot-taken|nothing"}},
    {"free and hold/cancel",
     "publish 1; hold ada 0; cancel ada",
     {"free 0; hold bert 0", "cancel ada"},
     {"yes;slot-taken|unknown-reservation"}},
    {"free/nothing left",
     "publish 1; hold ada 0; cancel ada; hold bert any",
     {"free 0", "hold bert any"}},
    // Moves: two seats, one decision.
    {"move/cancel", "publish 1,1; hold ada 0", {"move ada 1", "cancel ada"}},
    {"move/confirm", "publish 1,1; hold ada 0", {"move ada 1", "confirm ada"}},
    {"move/expire", "publish 1,1; hold ada 0", {"move ada 1", "expire 0"}},
    // This one and withdraw/move take many minutes to the end: in the long run.
    {"move/move", "publish 1,1,1; hold ada 0", {"move ada 1", "move ada 2"}, {}, 4, -1},
    {"move/hold of the seat it goes to", "publish 1,1; hold ada 0", {"move ada 1", "hold bert 1"}},
    {"move/hold of the seat it leaves",
     "publish 1,1; hold ada 0",
     {"move ada 1; free 0", "hold bert 0"}},
    {"moved: free/cancel", "publish 1,1; hold ada 0; move ada 1", {"free 0", "cancel ada"}},
    // Reads against each.
    {"look/hold", "publish 1", {"find ada", "hold ada 0"}},
    {"look/confirm", "publish 1; hold ada 0", {"look ada", "confirm ada"}},
    {"look/cancel", "publish 1; hold ada 0", {"look ada", "cancel ada"}},
    {"look/expire", "publish 1; hold ada 0", {"look ada", "expire 0"}},
    {"look/move", "publish 1,1; hold ada 0", {"look ada", "move ada 1"}},
    {"find/move", "publish 1,1; hold ada 0", {"find ada", "move ada 1"}},
    {"count/hold", "publish 1", {"count; slots", "hold ada 0"}},
    {"any free/hold", "publish 1", {"anyfree", "hold ada 0"}},
    {"any free/free", "publish 1; hold ada 0; cancel ada", {"anyfree", "free 0"}},
    {"touched/hold", "publish 1", {"touched", "hold ada 0"}},
    // Calendars.
    {"publish/hold", "publish 1", {"publish 2", "hold ada 0"}},
    // The second publication is the one that may free the calendar the first one replaced.
    {"publish twice/hold", "publish 1", {"publish 1; publish 1", "hold ada 0"}, {}, 3, 4},
    {"publish twice/look", "publish 1", {"publish 1; publish 1", "anyfree"}, {}, -1, -1},
    {"publish/free", "publish 1; hold ada 0; cancel ada", {"publish 1", "free 0"}},
    {"withdraw/hold", "publish 1,1", {"publish 0,1", "hold ada 0"}},
    {"withdraw/cancel", "publish 1,1; hold ada 0", {"publish 0,1", "cancel ada"}},
    // A seat on its way from cooling to free, its bit not given back yet, is out of the
    // publisher's reach: it stays until the next publication (README.md, "What was found").
    {"withdraw/free",
     "publish 1,1; hold ada 0; cancel ada",
     {"publish 0,1", "free 0"},
     {"published|yes -> 1 free, 1 free, "}},
    {"withdraw/move", "publish 1,1; hold ada 0", {"publish 1,0", "move ada 1"}, {}, 4, -1},
    {"restore/hold", "publish 1,1; publish 0,1", {"publish 1,1", "hold ada 0"}},
    // The index grows under them (its smallest table is crowded by the first subject).
    {"growth/find", "publish 2; hold ada 0", {"hold bert 0", "find ada"}, {}, -1, -1, false, 16},
    {"growth/cancel",
     "publish 2; hold ada 0",
     {"hold bert 0", "cancel ada"},
     {},
     -1,
     -1,
     false,
     16},
    // The entry of a reservation that moves is being copied.
    {"growth/move",
     "publish 3,1; hold ada 0",
     {"hold bert 0; hold carl 0", "move ada 1"},
     {},
     2,
     3,
     false,
     32},
    {"growth/hold", "publish 3; hold ada 0", {"hold bert 0", "hold carl 0"}, {}, 3, 4, false, 16},
    {"growth/hold one subject",
     "publish 3; hold ada 0",
     {"hold bert 0", "hold bert 0"},
     {},
     3,
     4,
     false,
     16},
};

}  // namespace

const std::vector<Case>& Pairs() { return kCases; }

}  // namespace creneau::interleave
