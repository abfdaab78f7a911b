// From what is on disk to the state: the newest snapshot that is whole, then the log from the place
// it names; without one, the log from its beginning (SNAPSHOT.md). Start-up code and audits; one
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "booking/loss.h"
#include "booking/people.h"
#include "booking/registry.h"
#include "booking/snapshot_file.h"
#include "booking/witness.h"
#include "env/file.h"
#include "ledger/ledger.h"
#include "wal/log.h"

namespace creneau::booking {

// The log ends there, newer checkpoints or not, and an operator has said that the rest is lost.
struct Accepting {
  Lsn after;
  std::optional<proof::Checkpoint> newest;  // that is known of it
};

struct Recovered {
  wal::Recovery log;
  std::optional<SnapshotHeader> snapshot;  // that it began with
  std::optional<Instant> owed_since;       // replay.h
  std::vector<std::string> damaged;        // newer snapshots that could not be used, and why
  ledger::Rebuilt rebuilt;
  std::vector<codec::OpeningState> openings;
  std::vector<codec::TurnLapsed> turns;
  std::unique_ptr<People> people;
  ToldService service{Lsn{UINT64_MAX}};
  std::vector<codec::ChannelTotals> totals;
  LastLine last;  // of the checkpoints, which the log continues
  std::vector<codec::LossAccepted> losses;
  std::optional<Accepting> accepting;  // is to be carried out (loss.h)
  bool accepted_before = false;        // what was to be accepted, the log has already
};

// Into an empty ledger, registry and rosters. Repairs a torn tail of the log, as wal::Recover does.
// The log must continue the last checkpoint in DATA that the key under `keys` signed. DataLoss:
// refused, nothing was changed. FailedPrecondition: keys are missing, or what `restoring` accepts
// is not where the log ends. Service records after `service_after` are handed on.
absl::StatusOr<Recovered> RecoverState(env::FileSystem& files, const std::string& data,
                                       const std::string& keys, ledger::Ledger& ledger,
                                       Registry& registry, Rosters& rosters,
                                       const Restoring& restoring = {},
                                       Lsn service_after = Lsn{UINT64_MAX});

// Reads a snapshot to its end, whatever is in it.
absl::StatusOr<SnapshotHeader> CheckSnapshot(env::FileSystem& files, const std::string& path);

}  // namespace creneau::booking
