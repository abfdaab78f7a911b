#include "tools/creneauctl/checkpoint_files.h"

#include "tools/creneauctl/secrets.h"

namespace creneau::ctl {

absl::StatusOr<proof::ReadCheckpoints> ReadPublished(const std::string& checkpoints,
                                                     const std::string& public_key) {
  const absl::StatusOr<std::string> key = ReadInput(public_key);
  if (!key.ok()) return key.status();
  const auto parsed = proof::ParsePublicKey(*key);
  if (!parsed)
    return absl::InvalidArgumentError(public_key +
                                      " is no public key: expected 64 hexadecimal digits");
  const absl::StatusOr<std::string> lines = ReadInput(checkpoints);
  if (!lines.ok()) return lines.status();
  absl::StatusOr<proof::ReadCheckpoints> read = proof::ReadLines(*lines, *parsed);
  if (!read.ok())
    return absl::Status(read.status().code(),
                        checkpoints + ", " + std::string(read.status().message()));
  if (read->checkpoints.empty())
    return absl::InvalidArgumentError(checkpoints + " has no checkpoint in it");
  return read;
}

}  // namespace creneau::ctl
