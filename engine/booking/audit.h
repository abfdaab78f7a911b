// What a log says when it is read from its beginning, without a running engine: is it whole, does
// its replay keep every invariant, how much is in it. Read-only; for creneauctl and tests.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "env/file.h"
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
};

// DataLoss: the log is damaged, or its replay has a seat with two owners or a subject with two
// reservations.
absl::StatusOr<AuditReport> AuditLog(env::FileSystem& files, const std::string& data);

// Where the log lies under a data directory.
std::string LogDirectory(const std::string& data);

}  // namespace creneau::booking
