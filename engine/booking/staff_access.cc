#include "booking/staff_access.h"

#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace creneau::booking {
namespace {

// All the keys there may be, with as many agendas as each may have, come to more; a file of this
// size is none of ours.
constexpr uint64_t kMostBytes = uint64_t{16} << 20;

absl::StatusOr<std::string> ReadWhole(env::FileSystem& files, const std::string& path) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return std::string();
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  if (*size > kMostBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is larger than keys can be. Restore the file from its backup."));
  }
  std::string text(*size, '\0');
  const absl::StatusOr<size_t> read =
      (*file)->ReadAt(0, std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  if (!read.ok()) return read.status();
  text.resize(*read);
  return text;
}

}  // namespace

absl::Status StaffAccess::Reload(env::FileSystem& files, const std::string& keys_directory) {
  const std::string path = StaffKeysFile(keys_directory);
  const absl::StatusOr<std::string> text = ReadWhole(files, path);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<StaffKey>> keys = ReadStaffKeys(*text, path);
  if (!keys.ok()) return keys.status();
  auto next = std::make_shared<const StaffKeys>(*std::move(keys));
  const std::lock_guard lock(mutex_);
  keys_.swap(next);
  return absl::OkStatus();
}

std::shared_ptr<const StaffKeys> StaffAccess::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

Admission StaffAccess::Admit(const Bearer& bearer, Instant now) const {
  Admission admission{.keys = keys()};
  admission.key = admission.keys->Find(bearer);
  if (admission.key == nullptr) return admission;
  using Verdict = Admission::Verdict;
  admission.verdict = admission.key->revoked       ? Verdict::kRevoked
                      : admission.key->Stands(now) ? Verdict::kStands
                                                   : Verdict::kExpired;
  return admission;
}

bool StaffAccess::StillStands(const Actor& actor, Instant now) const {
  if (actor.key.empty()) return true;
  const std::shared_ptr<const StaffKeys> all = keys();
  const StaffKey* const key = all->FindId(actor.key);
  return key != nullptr && key->Stands(now);
}

}  // namespace creneau::booking
