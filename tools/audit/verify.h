// Recounts an export, alone: nothing but the export, and what was published where that is given.
// Changes nothing. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "codec/loss.h"
#include "env/file.h"
#include "proof/checkpoint.h"
#include "tools/audit/manifest.h"

namespace creneau::audit {

struct Verdict {
  // What is not as it should be, the first difference first: file, line or offset, position, what
  // was expected and what is there. Empty: all is.
  std::vector<std::string> differences;
  Manifest manifest;
  std::string manifest_sha256;
  size_t checkpoints = 0;        // that the log continues
  size_t later_checkpoints = 0;  // of positions after its end
  bool published = false;        // they came from outside the export
  std::vector<codec::LossAccepted> losses;
  uint64_t held = 0;
  uint64_t confirmed = 0;
};

// `published`: what somebody kept of the checkpoints; nothing: those in the export, by the key in
// it. Not OK: it cannot be read.
absl::StatusOr<Verdict> VerifyExport(
    env::FileSystem& files, const std::string& directory,
    const std::optional<std::vector<proof::Checkpoint>>& published);

}  // namespace creneau::audit
