// What is kept for somebody, and what the office moves: against all that meets it there.

#include "tests/interleave/cases.h"

namespace creneau::interleave {

namespace {

// A seat set aside: number 0, in slot 0.
#define ASIDE "hold carl 0; cancel carl; aside 0"

const std::vector<Case> kCases = {
    // A seat that has cooled goes one way.
    {"aside/free", "publish 1; hold ada 0; cancel ada", {"aside 0", "free 0"}},
    {"aside/look", "publish 1; hold ada 0; cancel ada", {"aside 0", "look ada"}},
    {"aside/cancel", "publish 1; hold ada 0; cancel ada", {"aside 0", "cancel ada"}},
    {"aside/hold by the same", "publish 1,1; hold ada 0; cancel ada", {"aside 0", "hold ada 1"}},
    {"aside/hold by another", "publish 1; hold ada 0; cancel ada", {"aside 0", "hold bert 0"}},
    {"touched/aside", "publish 1; hold ada 0; cancel ada; touched", {"touched", "aside 0"}},
    // Whom it is offered to, and who else wants it or has something already.
    {"offer/offer", "publish 1; " ASIDE, {"offer ada 0", "offer bert 0"}},
    {"offer/unaside", "publish 1; " ASIDE, {"offer ada 0", "unaside 0"}},
    {"unaside/unaside", "publish 1; " ASIDE, {"unaside 0", "unaside 0"}},
    {"unaside/hold", "publish 1; " ASIDE, {"unaside 0", "hold ada 0"}},
    // The seat is in the hand of an offer which then comes to nothing.
    {"offer/hold one subject",
     "publish 1,1; " ASIDE,
     {"offer ada 0", "hold ada 1"},
     {"already-reserved|ok", "ok|already-reserved"}},
    {"offer that loses/unaside",
     "publish 1,1; hold ada 1; " ASIDE,
     {"offer ada 0", "unaside 0"},
     {"already-reserved|no"}},
    {"offer that loses/offer",
     "publish 1,1; hold ada 1; " ASIDE,
     {"offer ada 0", "offer bert 0"},
     {"already-reserved|slot-taken"}},
    {"offer that loses/touched",
     "publish 1,1; hold ada 1; " ASIDE "; touched",
     {"offer ada 0", "touched"}},
    {"aside, offer that loses/touched",
     "publish 1,1; hold ada 1; hold carl 0; cancel carl; touched",
     {"aside 0; offer ada 0", "touched"}},
    {"offer/look by the last holder", "publish 1; " ASIDE, {"offer ada 0", "look carl"}},
    {"offer/hold by the last holder", "publish 1,1; " ASIDE, {"offer ada 0", "hold carl 1"}},
    {"offer/cancel one subject", "publish 1,1; hold ada 1; " ASIDE, {"offer ada 0", "cancel ada"}},
    {"offer/expire one subject", "publish 1,1; hold ada 1; " ASIDE, {"offer ada 0", "expire 8"}},
    {"offer/move one subject", "publish 1,1,1; hold ada 1; " ASIDE, {"offer ada 0", "move ada 2"}},
    {"offer/find", "publish 1; " ASIDE, {"offer ada 0", "find ada"}},
    {"aside and offer/hold of the same",
     "publish 1,1; hold carl 0; cancel carl",
     {"aside 0; offer ada 0", "hold ada 1"}},
    {"offer/withdraw",
     "publish 1,1; " ASIDE,
     {"offer ada 0", "publish 0,1"},
     {"ok|published -> ada offered@0, 1 free, "}},
    {"unaside/withdraw",
     "publish 1,1; " ASIDE,
     {"unaside 0", "publish 0,1"},
     {"yes|published -> 1 free, 1 free, "}},
    {"offer/growth",
     "publish 1,3; " ASIDE "; hold dora 1",
     {"offer ada 0", "hold bert 1"},
     {},
     4,
     5,
     false,
     1},
    // An offer's own races.
    {"offered: confirm/expire", "publish 1; " ASIDE "; offer ada 0", {"confirm ada", "expire 0"}},
    {"offered: confirm/cancel", "publish 1; " ASIDE "; offer ada 0", {"confirm ada", "cancel ada"}},
    {"offered: lengthen/expire", "publish 1; " ASIDE "; offer ada 0", {"lengthen 0", "expire 0"}},
    {"offered: move/expire", "publish 1,1; " ASIDE "; offer ada 0", {"move ada 1", "expire 0"}},
    // The office moves a reservation while its holder acts.
    {"displace/confirm", "publish 1,1; hold ada 0", {"displace ada 1", "confirm ada"}, {}, 4, -1},
    {"displace/cancel",
     "publish 1,1; hold ada 0; confirm ada",
     {"displace ada 1", "cancel ada"},
     {},
     4,
     -1},
    {"displace/expire", "publish 1,1; hold ada 0", {"displace ada 1", "expire 0"}},
    // The other one's move of the same reservation has claimed the seat.
    {"displace/displace",
     "publish 1,1; hold ada 0; confirm ada",
     {"displace ada 1", "displace ada 1"},
     {"ok|slot-taken", "slot-taken|ok"},
     4,
     -1},
    {"displace/move",
     "publish 1,1,1; hold ada 0; confirm ada",
     {"displace ada 1", "move ada 2"},
     {},
     4,
     -1},
    {"displace/hold", "publish 1,1; hold ada 0; confirm ada", {"displace ada 1", "hold bert 1"}},
    {"displace/withdraw",
     "publish 1,1; hold ada 0; confirm ada",
     {"displace ada 1", "publish 0,1"},
     {},
     4,
     -1},
    {"moved twice: displace/look",
     "publish 1,1,1,1; hold ada 0; confirm ada; move ada 1; move ada 2",
     {"displace ada 3", "look ada"}},
    // Snapshots: seats set aside, in the hand of an offer, offered.
    {"scan/aside", "publish 1; hold ada 0; cancel ada", {"scan", "aside 0"}},
    {"scan/unaside", "publish 1; " ASIDE, {"scan", "unaside 0"}},
    {"scan/offer", "publish 1; " ASIDE, {"scan", "offer ada 0"}},
    {"scan/offer that loses",
     "publish 1,1; hold ada 1; " ASIDE,
     {"scan", "offer ada 0; unaside 0"}},
    {"scan/offer, confirm", "publish 1; " ASIDE, {"scan", "offer ada 0; confirm ada"}},
    {"scan/displace", "publish 1,1; hold ada 0; confirm ada", {"scan", "displace ada 1"}},
    {"scan/withdraw of a seat set aside", "publish 1; " ASIDE "; begin", {"scan", "publish 0"}},
    // Three.
    {"aside/free/hold", "publish 1; hold ada 0; cancel ada", {"aside 0", "free 0", "hold bert 0"}},
    {"offer/offer/unaside",
     "publish 1; " ASIDE,
     {"offer ada 0", "offer bert 0", "unaside 0"},
     {},
     4,
     6},
    {"offer/hold/find one subject",
     "publish 1,1; " ASIDE,
     {"offer ada 0", "hold ada 1", "find ada"},
     {},
     4,
     6},
    {"offered: confirm/expire/cancel",
     "publish 1; " ASIDE "; offer ada 0",
     {"confirm ada", "expire 0", "cancel ada"}},
    {"displace/cancel/hold of the seat it goes to",
     "publish 1,1; hold ada 0; confirm ada",
     {"displace ada 1", "cancel ada", "hold bert 1"},
     {"cancelled|ok|slot-taken"},
     3,
     5},
};

#undef ASIDE

}  // namespace

const std::vector<Case>& Fairness() { return kCases; }

}  // namespace creneau::interleave
