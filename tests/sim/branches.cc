// What must have happened in some thousand lives (run.h).
#include "tests/sim/run.h"

namespace creneau::sim {
namespace {

// clang-format off: lists of words.
const std::vector<std::string> kOfSeatsAndLog = {
    "act-on-cancelled",
    "act-on-lapsed",
    "already-reserved",
    "cancel-repeated",
    "checkpoint-continued",
    "confirm-repeated",
    "down-failed-log",
    "down-power-loss",
    "extend-confirmed",
    "extend-repeated",
    "fault-in-recovery",
    "hold-repeated",
    "idempotency-mismatch",
    "killed",
    "lapse-perhaps-lost",
    "lapsed",
    "lengthened-by-a-crash",
    "met-io-error",
    "met-no-space",
    "met-power-loss",
    "met-short-write",
    "met-sync-error",
    "misread-harmless",
    "misread-refused",
    "move-not-open",
    "move-refused",
    "move-repeated",
    "moved",
    "moves-used",
    "name-forgotten",
    "not-open",
    "nothing-left",
    "outage-while-running",
    "outcome-unknown",
    "power-loss-in-recovery",
    "publication-refused",
    "published",
    "published-beyond-reservations",
    "read-only",
    "read-only-cancel",
    "recovered-clean",
    "recovered-from-archive",
    "recovered-from-older-snapshot",
    "recovered-from-snapshot",
    "recovered-torn",
    "repeat-of-a-lapsed-hold",
    "several-segments",
    "slot-taken",
    "snapshot-asked-for",
    "snapshot-damaged",
    "snapshot-failed",
    "snapshot-taken",
    "stopped",
    "undelivered-act-kept",
    "undelivered-act-lost",
    "withdrawn-while-cooling",
    "wrong-key",
};

// Lanes that are let in under load are those that begin to be refused later; queues are one life in
// four, so arrivals are few.
const std::vector<std::string> kOfCrowds = {
    "arrived-on-the-floor",      "asked-while-the-log-writes", "came-back-and-was-let-in",
    "let-in-under-load-confirm", "let-in-under-load-hold",     "let-in-under-load-read",
    "refusal-without-effect",    "shed-arrival-for-lag",       "shed-hold-for-lag",
    "shed-hold-for-log",         "shed-read-for-lag",          "storm",
    "thread-stood-still",
};

const std::vector<std::string> kOfQueues = {
    "disk-slow",
    "disk-very-slow",
    "hold-not-listed",
    "hold-overloaded",
    "hold-while-gathering",
    "hold-while-paused",
    "hold-with-a-bad-ticket",
    "hold-without-ticket",
    "new-turn-after-a-missed-one",
    "overnight",
    "queue-admits-under-a-cap",
    "queue-cancel-repeated",
    "queue-drain",
    "queue-exhausted",
    "queue-extend",
    "queue-hold-given-up",
    "queue-hold-granted",
    "queue-hold-lapsed",
    "queue-opened",
    "queue-order-refused",
    "queue-pause",
    "queue-rate",
    "queue-resume",
    "queue-turn-missed",
    "queue-waits",
    "restart-while-gathering",
    "restart-while-open",
    "roster-added",
    "roster-replaced",
    "same-rank-again",
    "same-rank-with-ticket",
    "ticket-for-a-bad-one",
    "ticket-late",
    "ticket-not-listed",
    "ticket-nothing-left",
    "ticket-of-yesterday",
    "ticket-while-closed",
    "ticket-while-draining",
    "ticket-while-gathering",
    "turns-used",
};
// clang-format on

}  // namespace

std::vector<std::string> RareBranches() {
  std::vector<std::string> all = kOfSeatsAndLog;
  all.insert(all.end(), kOfCrowds.begin(), kOfCrowds.end());
  all.insert(all.end(), kOfQueues.begin(), kOfQueues.end());
  return all;
}

}  // namespace creneau::sim
