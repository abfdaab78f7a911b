// The rules of a seat's life, one case each, in the language of script.h.
#include "tests/ledger/catch.h"
#include "tests/ledger/script.h"

using creneau::ledger::Script;

TEST_CASE("a hold takes one seat, and the last seat goes to one applicant") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1    -> +2 -0 kept 0
    hold slot=09:00 who=ada  at=0s     -> held
    hold slot=09:00 who=bert at=1s     -> slot-taken
    hold slot=09:10 who=bert at=1s     -> slot-taken
    hold            who=bert at=1s     -> held 09:20
    hold            who=cleo at=1s     -> nothing-left
    hold slot=09:20 who=cleo channel=phone -> slot-taken
    holds                              -> 2
  )") == "");
}

TEST_CASE("without a slot, the earliest seat that may be booked is given") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1 09:40=web:2 10:00=web:1 -> +5 -0 kept 0
    hold from=09:20 until=09:40 who=ada  -> held 09:20
    hold from=09:20 until=09:40 who=bert -> held 09:40
    hold from=09:20 until=09:40 who=cleo -> held 09:40
    hold from=09:20 until=09:40 who=dora -> nothing-left
    hold slot=10:00 until=09:40 who=dora -> slot-taken
    hold            until=09:40 who=dora -> held 09:00
  )") == "");
}

TEST_CASE("a subject has one live reservation, and the same key finds it again") {
  CHECK(Script().Run(R"(
    publish 09:00=web:3             -> +3 -0 kept 0
    hold slot=09:00 who=ada key=k1  -> held
    hold slot=09:00 who=ada key=k1  -> the same
    hold slot=09:00 who=ada key=k2  -> already-reserved
    confirm who=ada at=10s          -> confirmed
    hold slot=09:00 who=ada key=k1  -> the same
    hold slot=09:00 who=ada key=k2  -> already-reserved
    free slot=09:00                 -> web:2
  )") == "");
}

TEST_CASE("a confirm counts by when it was received") {
  CHECK(Script().Run(R"(
    publish 09:00=web:2             -> +2 -0 kept 0
    hold slot=09:00 who=ada at=0s   -> held
    hold slot=09:00 who=bert at=0s  -> held
    confirm who=ada at=300s         -> confirmed
    confirm who=ada at=900s         -> confirmed already
    confirm who=bert at=301s        -> hold-expired
    tick at=300s                    -> nothing
    tick at=301s                    -> expired bert
    confirm who=bert at=300s        -> hold-expired
    holds                           -> 0
  )") == "");
}

TEST_CASE("what the desk gives is confirmed at once, and is no live hold") {
  CHECK(Script().Run(R"(
    publish 09:00=phone:2                                        -> +2 -0 kept 0
    hold slot=09:00 who=ada channel=phone into=confirmed key=k   -> confirmed
    hold slot=09:00 who=ada channel=phone into=confirmed key=k   -> the same
    hold slot=09:00 who=ada channel=phone into=confirmed key=l   -> already-reserved
    holds                                                        -> 0
    confirm who=ada at=9000s                                     -> confirmed already
    extend who=ada at=0s                                         -> not-held
    tick at=9000s                                                -> nothing
    restart                                                      -> same
    cancel who=ada at=9001s                                      -> cancelled
    hold slot=09:00 who=bert channel=phone into=confirmed        -> confirmed
    hold slot=09:00 who=cleo channel=phone into=confirmed        -> slot-taken
  )") == "");
}

TEST_CASE("an offer is its subject's until its deadline, and is no live hold") {
  CHECK(Script().Run(R"(
    publish 09:00=web:3 09:20=web:1                      -> +4 -0 kept 0
    hold slot=09:00 who=ada  into=offered for=7200s      -> offered
    hold slot=09:00 who=bert into=offered for=7200s      -> offered
    hold slot=09:00 who=cleo into=offered for=7200s      -> offered
    holds                                                -> 0
    hold slot=09:20 who=ada key=other                    -> already-reserved
    extend who=ada at=10s                                -> not-held
    restart                                              -> same
    confirm who=ada at=7200s                             -> confirmed
    confirm who=bert at=7201s                            -> hold-expired
    cancel who=cleo at=100s cool=0s                      -> cancelled
    tick at=7200s                                        -> free
    tick at=7201s                                        -> expired bert
    hold slot=09:20 who=bert                             -> held
    holds                                                -> 1
  )") == "");
}

TEST_CASE("an offer is moved as it is") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1                 -> +2 -0 kept 0
    hold slot=09:00 who=ada into=offered for=7200s  -> offered
    move who=ada slot=09:20 at=10s                  -> offered 09:20
    look who=ada                                    -> offered 09:20 by ada
    restart                                         -> same
    confirm who=ada at=7200s                        -> confirmed
    holds                                           -> 0
  )") == "");
}

TEST_CASE("a hold is extended once") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1             -> +1 -0 kept 0
    hold slot=09:00 who=ada at=0s   -> held
    extend who=ada at=100s          -> held until 600s
    extend who=ada at=200s          -> held until 600s already
    tick at=301s                    -> nothing
    confirm who=ada at=600s         -> confirmed
    extend who=ada at=601s          -> not-held
  )") == "");
}

TEST_CASE("a cancelled seat cools before it is free, and its holder may book again at once") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1 -> +2 -0 kept 0
    hold slot=09:00 who=ada at=0s   -> held
    confirm who=ada at=10s          -> confirmed
    cancel who=ada at=20s           -> cancelled
    cancel who=ada at=30s           -> cancelled already
    confirm who=ada at=30s          -> cancelled
    extend who=ada at=30s           -> cancelled
    move who=ada slot=09:20 at=30s  -> cancelled
    hold slot=09:00 who=bert at=40s -> slot-taken
    note who=ada as=first           -> noted
    hold slot=09:20 who=ada at=50s  -> held
    look who=first                  -> cancelled 09:00 by ada
    tick at=340s                    -> nothing
    confirm who=ada at=350s         -> confirmed
    tick at=3619s                   -> nothing
    tick at=3620s                   -> free
    look who=first                  -> unknown
    hold slot=09:00 who=bert at=3621s -> held
    look who=first                  -> unknown
    cancel who=first at=3622s       -> unknown-reservation
    look who=bert                   -> held 09:00 by bert
  )") == "");
}

TEST_CASE("a hold that lapses cools too, and its name answers meanwhile") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1             -> +1 -0 kept 0
    hold slot=09:00 who=ada at=0s   -> held
    tick at=301s cool=100s          -> expired ada
    look who=ada                    -> expired 09:00 by ada
    cancel who=ada at=302s          -> hold-expired
    move who=ada slot=09:00 at=302s -> hold-expired
    hold slot=09:00 who=ada at=302s -> slot-taken
    tick at=401s                    -> free
    restart                         -> same
    hold slot=09:00 who=ada at=402s -> held
  )") == "");
}

TEST_CASE("a reservation moves twice, keeps its name, and a repeat is free") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1 09:40=web:1 10:00=web:1 -> +4 -0 kept 0
    hold slot=09:00 who=ada at=0s   -> held
    confirm who=ada at=1s           -> confirmed
    move who=ada slot=09:20 at=2s   -> confirmed 09:20
    move who=ada slot=09:20 at=3s   -> confirmed 09:20 already
    look who=ada                    -> confirmed 09:20 by ada
    hold slot=09:00 who=bert at=3s  -> slot-taken
    move who=ada slot=09:40 at=4s   -> confirmed 09:40
    move who=ada slot=09:40 at=5s   -> confirmed 09:40 already
    move who=ada slot=10:00 at=6s   -> moves-used
    look who=ada                    -> confirmed 09:40 by ada
    restart                         -> same
    look who=ada                    -> confirmed 09:40 by ada
    hold slot=10:00 who=ada at=7s   -> the same
    cancel who=ada at=8s            -> cancelled
    look who=ada                    -> cancelled 09:40 by ada
    tick at=3602s                   -> free
    tick at=3604s                   -> free
    look who=ada                    -> cancelled 09:40 by ada
    restart                         -> same
    look who=ada                    -> cancelled 09:40 by ada
    tick at=3608s                   -> free
    look who=ada                    -> unknown
    holds                           -> 0
  )") == "");
}

TEST_CASE("a hold moves with its deadline, and is confirmed under its first name") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1 -> +2 -0 kept 0
    hold slot=09:00 who=ada at=0s   -> held
    extend who=ada at=1s            -> held until 600s
    move who=ada slot=09:20 at=2s   -> held 09:20
    holds                           -> 1
    extend who=ada at=3s            -> held until 600s already
    move who=ada slot=09:00 at=601s -> hold-expired
    confirm who=ada at=600s         -> confirmed
    look who=ada                    -> confirmed 09:20 by ada
  )") == "");
}

TEST_CASE("a move to a taken, unknown or other channel's slot changes nothing") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1 09:40=phone:1 -> +3 -0 kept 0
    hold slot=09:00 who=ada at=0s   -> held
    hold slot=09:20 who=bert at=0s  -> held
    move who=ada slot=09:20 at=1s   -> slot-taken
    move who=ada slot=09:30 at=1s   -> slot-taken
    move who=ada slot=09:40 at=1s   -> slot-taken
    look who=ada                    -> held 09:00 by ada
    free slot=09:40                 -> phone:1
  )") == "");
}

TEST_CASE("the name of a seat that was moved to is not a reservation's name") {
  Script script;
  REQUIRE(script.Run(R"(
    publish 09:00=web:1 09:20=web:1 -> +2 -0 kept 0
    hold slot=09:20 who=old at=0s   -> held
    tick at=301s cool=0s            -> expired old
    tick at=302s                    -> free
    hold slot=09:00 who=ada at=400s -> held
    note who=old as=stale           -> noted
    move who=ada slot=09:20 at=401s -> held 09:20
    look who=stale                  -> unknown
    look who=ada                    -> held 09:20 by ada
    tick at=8000s                   -> free, expired somebody moved
  )") == "");
}

TEST_CASE("an old name never reaches the seat's next holder") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1 09:20=web:1  -> +2 -0 kept 0
    hold slot=09:00 who=ada at=0s    -> held
    move who=ada slot=09:20 at=1s    -> held 09:20
    note who=ada as=past             -> noted
    tick at=400s cool=10s            -> expired somebody moved
    look who=past                    -> expired 09:20 by ada
    tick at=4000s                    -> free, free
    hold slot=09:00 who=bert at=4000s -> held
    hold slot=09:20 who=cleo at=4000s -> held
    look who=past                    -> unknown
    confirm who=past at=4000s        -> unknown-reservation
    cancel who=past at=4000s         -> unknown-reservation
    move who=bert slot=09:20 at=4000s -> slot-taken
    look who=bert                    -> held 09:00 by bert
    look who=cleo                    -> held 09:20 by cleo
  )") == "");
}

TEST_CASE("a seat at its last generation is withdrawn, never given again") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1              -> +1 -0 kept 0
    age generation=131070            -> aged
    hold slot=09:00 who=ada at=0s    -> held
    tick at=301s cool=0s             -> expired ada
    tick at=302s                     -> withdrawn
    free slot=09:00                  -> none
    hold slot=09:00 who=bert at=303s -> slot-taken
    publish 09:00=web:2              -> +2 -0 kept 0
    free slot=09:00                  -> web:2
  )") == "");
}

TEST_CASE("a withdrawn seat with no generation left to hold does not come back") {
  CHECK(Script().Run(R"(
    publish 09:00=web:1              -> +1 -0 kept 0
    age generation=131070            -> aged
    publish 09:00=web:0              -> +0 -1 kept 0
    publish 09:00=web:1              -> +1 -0 kept 0
    hold slot=09:00 who=ada at=0s    -> held
    tick at=301s cool=0s             -> expired ada
    tick at=302s                     -> free
  )") == "");
}
