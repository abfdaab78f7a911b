// Families: seats of one slot for several, all or none, against all that meets them. Suspended,
// each thread is stopped for ever in each step of it.

#include "tests/interleave/cases.h"

namespace creneau::interleave {

namespace {

const std::vector<Case> kCases = {
    // Against one who wants something of the same slot, or is one of them.
    {"party/hold last seats", "publish 2", {"party ada bert 0", "hold carl 0"}},
    {"party/hold beside it", "publish 3", {"party ada bert 0", "hold carl 0"}},
    {"party/hold of the first", "publish 3,1", {"party ada bert 0", "hold ada 1"}},
    {"party/hold of the second", "publish 3,1", {"party ada bert 0", "hold bert 1"}},
    {"party earliest/hold", "publish 2,2", {"party ada bert any", "hold carl any"}},
    {"party/find of the first", "publish 2", {"party ada bert 0", "find ada"}},
    {"party/find of the second", "publish 2", {"party ada bert 0", "find bert"}},
    {"party/cancel of what one has",
     "publish 2,1; hold bert 1",
     {"party ada bert 0", "cancel bert"}},
    {"party/expire of what one has", "publish 2,1; hold bert 1", {"party ada bert 0", "expire 8"}},
    {"party/move of what one has",
     "publish 2,1,1; hold bert 1",
     {"party ada bert 0", "move bert 2"}},
    {"party/free", "publish 2; hold carl 0; cancel carl", {"party ada bert 0", "free 0"}},
    {"party, then each of them/expire",
     "publish 2",
     {"party ada bert 0; confirm ada; cancel bert", "expire 0"},
     {"ok;hold-expired;ok|yes", "ok;hold-expired;hold-expired|yes"}},
    {"party/expire of both", "publish 2", {"party ada bert 0", "expire 0; expire 1"}},
    {"party/lengthen of both", "publish 2", {"party ada bert 0", "lengthen 0; lengthen 1"}},
    {"touched/party", "publish 2", {"touched", "party ada bert 0"}},
    // Their words go on one by one; so do counts.
    {"count/party", "publish 2", {"count; slots", "party ada bert 0"}, {"1h0c;0f|ok"}},
    {"any free/party", "publish 2", {"anyfree", "party ada bert 0"}},
    // Calendars and the index under them.
    {"party/publish", "publish 2", {"party ada bert 0", "publish 3"}},
    {"party/withdraw", "publish 3,1", {"party ada bert 0", "publish 1,1"}, {}, 3, 4},
    {"growth/party",
     "publish 4; hold carl 0",
     {"hold dora 0", "party ada bert 0"},
     {},
     4,
     5,
     false,
     1},
    {"growth under a party/find",
     "publish 4; hold carl 0",
     {"party ada bert 0", "find bert"},
     {},
     -1,
     -1,
     false,
     1},
    // Two parties with members in common: one of them gets its seats.
    {"party/party the same", "publish 4", {"party ada bert 0", "party bert ada 0"}},
    // The seats are taken, by the other request, which is not decided yet.
    {"party/party the same, last seats",
     "publish 2",
     {"party ada bert 0", "party ada bert 0"},
     {"ok|slot-taken", "slot-taken|ok"}},
    {"party/party one in common", "publish 4", {"party ada bert 0", "party bert carl 0"}},
    {"party/party of others", "publish 4", {"party ada bert 0", "party carl dora 0"}},
    {"party/party two slots, crosswise", "publish 2,2", {"party ada bert 0", "party ada bert 1"}},
    {"party of three/party of two", "publish 5", {"party ada bert carl 0", "party carl ada 0"}},
    // Three: a helper finds two parties half done.
    {"party/party/find",
     "publish 4",
     {"party ada bert 0", "party bert carl 0", "find bert"},
     {},
     4,
     5},
    {"party/party/hold",
     "publish 4,1",
     {"party ada bert 0", "party bert carl 0", "hold carl 1"},
     {},
     3,
     4},
    {"party/hold/hold",
     "publish 3,1,1",
     {"party ada bert 0", "hold ada 1", "hold bert 2"},
     {},
     3,
     4},
    {"party/cancel/hold",
     "publish 3,1; hold ada 1",
     {"party ada bert 0", "cancel ada", "hold bert 1"},
     {},
     4,
     5},
    // Snapshots.
    {"scan/party", "publish 2", {"scan", "party ada bert 0"}},
    {"scan/party that loses",
     "publish 2,1; hold bert 1",
     {"scan", "party ada bert 0; cancel bert"}},
    {"scan/party, then each of them",
     "publish 2",
     {"scan", "party ada bert 0; confirm ada; cancel bert"}},
    {"scan/party/hold", "publish 2,1", {"scan", "party ada bert 0", "hold bert 1"}, {}, 3, 4},
    {"scan/party/find", "publish 2", {"scan", "party ada bert 0", "find bert"}, {}, 3, 4},
};

}  // namespace

const std::vector<Case>& Parties() { return kCases; }

}  // namespace creneau::interleave
