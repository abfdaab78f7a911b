// From what is on disk to the state: the newest snapshot that is whole, then the log from the place
// it names; without one, the log from its beginning (SNAPSHOT.md). Start-up code and audits; one
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "booking/people.h"
#include "booking/registry.h"
#include "booking/snapshot_file.h"
#include "booking/witness.h"
#include "env/file.h"
#include "ledger/ledger.h"
#include "wal/log.h"

namespace creneau::booking {

struct Recovered {
  wal::Recovery log;
  std::optional<SnapshotHeader> snapshot;  // that it began with
  std::optional<Instant> owed_since;       // replay.h
  std::vector<std::string> damaged;        // newer snapshots that could not be used, and why
  ledger::Rebuilt rebuilt;
  std::vector<codec::OpeningState> openings;
  std::vector<codec::TurnLapsed> turns;
  std::unique_ptr<People> people;
  LastLine last;  // of the checkpoints, which the log continues
};

// Into an empty ledger, registry and rosters. Repairs a torn tail of the log, as wal::Recover does.
// The log must continue the last checkpoint in DATA that the key under `keys` signed. DataLoss:
// refused, nothing was changed.
absl::StatusOr<Recovered> RecoverState(env::FileSystem& files, const std::string& data,
                                       const std::string& keys, ledger::Ledger& ledger,
                                       Registry& registry, Rosters& rosters);

// Reads a snapshot to its end, whatever is in it.
absl::StatusOr<SnapshotHeader> CheckSnapshot(env::FileSystem& files, const std::string& path);

}  // namespace creneau::booking
