// What an export is of: manifest.json. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "tools/audit/output.h"
#include "wal/log.h"

namespace creneau::audit {

// Files of an export, by their paths in it.
inline constexpr char kManifest[] = "manifest.json";
inline constexpr char kDecisions[] = "decisions.ndjson";
inline constexpr char kAgendas[] = "agendas.json";
inline constexpr char kTotals[] = "totals.json";
inline constexpr char kCheckpoints[] = "checkpoints";
inline constexpr char kCheckpointKey[] = "keys/checkpoint.pub";

struct Manifest {
  std::string made_by;
  Instant made_at;
  std::string agenda;                    // that the table is of; empty: all
  bool cut = false;                      // it was asked for up to a position, and the log may go on
  wal::Head end;                         // of the log that is in it
  Instant written_at;                    // when that batch was
  uint64_t records = 0;                  // of the log
  uint64_t lines = 0;                    // of the table
  std::map<std::string, FileSum> files;  // but the manifest
};

std::string ToJson(const Manifest& manifest);
// DataLoss: it is none, or of a format that this program does not know.
absl::StatusOr<Manifest> ReadManifest(std::string_view text);

}  // namespace creneau::audit
