// An export: everything that somebody outside needs to recount what was given to whom by which
// rule, and to prove that nothing of it was changed (README.txt in it says how, in French too).
// Reads a log beside the engine that writes it, or one that is stopped; changes nothing there.
// One thread.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/instant.h"
#include "env/file.h"
#include "tools/audit/manifest.h"
#include "tools/audit/recount.h"

namespace creneau::audit {

struct ExportOptions {
  std::string data;  // the daemon's
  std::string keys;  // its keys, of which public ones are taken
  std::string out;   // a directory that does not exist yet
  std::string agenda;
  std::optional<Lsn> to;  // the batch that has it is the last one; nothing: all of the log
  std::string made_by;
  Instant made_at;
};

struct Exported {
  Manifest manifest;
  std::string manifest_sha256;
  std::optional<Finding> finding;  // a rule that this log shows not to have been kept
};

// InvalidArgument: no such agenda or position. AlreadyExists: `out` is there. DataLoss: the log is
// damaged, or its beginning is neither in DATA/log nor in DATA/archive.
absl::StatusOr<Exported> Export(env::FileSystem& files, const ExportOptions& options);

// Writes the segments up to the end of that batch into `out`, in the archive's form; the last one
// has zeros behind it. Adds their sums.
absl::Status CopyLog(env::FileSystem& files, const std::string& data, const std::string& out,
                     uint64_t last_batch, std::map<std::string, FileSum>* sums);

// LISEZMOI.txt and README.txt.
std::string FrenchText(const Manifest& manifest);
std::string EnglishText(const Manifest& manifest);

}  // namespace creneau::audit
