// Checkpoints that somebody kept, given as files. One thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "proof/checkpoint.h"

namespace creneau::ctl {

// InvalidArgument: no key, or no checkpoint in it. DataLoss: a line that this key has not signed.
absl::StatusOr<proof::ReadCheckpoints> ReadPublished(const std::string& checkpoints,
                                                     const std::string& public_key);

}  // namespace creneau::ctl
