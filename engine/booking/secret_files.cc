#include "booking/secret_files.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace creneau::booking {

absl::StatusOr<Secret> ReadSecret(env::FileSystem& files, const std::string& path) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  std::array<uint8_t, 2 * kSecretBytes + 2> text;
  const absl::StatusOr<size_t> size = (*file)->ReadAt(0, text);
  if (!size.ok()) return size.status();
  std::string_view digits(reinterpret_cast<const char*>(text.data()), *size);
  if (!digits.empty() && digits.back() == '\n') digits.remove_suffix(1);
  const std::optional<std::string> bytes = FromHex(digits);
  if (!bytes || bytes->size() != kSecretBytes) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " is no key: expected 64 hexadecimal digits. Restore it from its backup."));
  }
  Secret secret;
  std::copy(bytes->begin(), bytes->end(), secret.begin());
  return secret;
}

absl::Status WriteWhole(env::FileSystem& files, const std::string& directory,
                        const std::string& name, std::string_view text) {
  // Under another name first, so that a crash leaves a whole key or none. A leftover of such a
  // crash was never used.
  const std::string path = directory + "/" + name;
  const std::string unfinished = path + ".new";
  if (const absl::Status status = files.Remove(unfinished);
      !status.ok() && !absl::IsNotFound(status))
    return status;
  auto file = files.Open(unfinished, env::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  absl::Status status =
      (*file)->WriteAt(0, std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = files.Rename(unfinished, path);
  if (status.ok()) status = files.SyncDirectory(directory);
  return status;
}

absl::Status WriteSecret(env::FileSystem& files, const std::string& directory,
                         const std::string& name, std::span<const uint8_t> secret) {
  return WriteWhole(files, directory, name, Hex(secret) + "\n");
}

absl::StatusOr<Secret> MakeSecret(env::FileSystem& files, const std::string& directory,
                                  const std::string& name, Entropy& entropy) {
  Secret secret;
  entropy.Fill(secret);
  if (absl::Status status = WriteSecret(files, directory, name, secret); !status.ok())
    return status;
  return secret;
}

}  // namespace creneau::booking
