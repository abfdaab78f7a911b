// What a log says when it is read from its beginning, without a running engine: is it whole, does
// its replay keep every invariant, how much is in it. Read-only; for creneauctl and tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "booking/snapshot_file.h"
#include "codec/loss.h"
#include "env/file.h"
#include "proof/checkpoint.h"
#include "wal/log.h"

namespace creneau::booking {

struct AuditReport {
  wal::Recovery log;
  std::string chain;  // hexadecimal
  uint64_t agendas = 0;
  uint64_t slots = 0;  // of all calendars in force
  uint64_t seats = 0;  // of all calendars in force
  uint64_t held = 0;
  uint64_t confirmed = 0;
  std::string digest;  // of the state the log ends in
  std::vector<codec::LossAccepted> losses;
  // Of `published`, those of what these took: the log does not continue them, and says why.
  std::vector<proof::Checkpoint> lost;
};

// DataLoss: the log is damaged, or its replay has a seat with two owners or a subject with two
// reservations, or it does not continue what `published` (by batch) says it was: the first place
// where it does not.
absl::StatusOr<AuditReport> AuditLog(env::FileSystem& files, const std::string& data,
                                     const std::vector<proof::Checkpoint>& published = {});

// What one snapshot is worth: whether it is whole, and where the log leads from it.
struct SnapshotAudit {
  uint64_t number = 0;
  absl::Status status;    // DataLoss: what is wrong with it, or with the log that it needs
  SnapshotHeader header;  // where it could be read
  Lsn last_lsn;           // where the log ends, and the state there
  std::string digest;
};

// All that are there, newest first. Beside an engine that writes, each is followed to another end.
absl::StatusOr<std::vector<SnapshotAudit>> AuditSnapshots(env::FileSystem& files,
                                                          const std::string& data);

// Where the log lies under a data directory.
std::string LogDirectory(const std::string& data);
// Signed checkpoints, one a line.
inline std::string CheckpointFile(const std::string& data) { return data + "/checkpoints"; }
// And the segments of it that no start needs any more.
std::string ArchiveDirectory(const std::string& data);

}  // namespace creneau::booking
