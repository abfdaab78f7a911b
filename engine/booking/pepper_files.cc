#include "booking/pepper_files.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/keyed_hash.h"
#include "booking/secret_files.h"
#include "booking/staff_keys.h"

namespace creneau::booking {
namespace {

constexpr size_t kTombstoneBytes = 64;
// A key has 65; whatever is longer was never one.
constexpr uint64_t kMostOverwritten = 4096;

std::string TombstoneName(uint32_t epoch) { return PepperName(epoch) + ".retired"; }

// When, as the file says; empty: there is none.
absl::StatusOr<std::string> ReadTombstone(env::FileSystem& files, const std::string& directory,
                                          uint32_t epoch) {
  auto file = files.Open(directory + "/" + TombstoneName(epoch), env::OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return std::string();
  if (!file.ok()) return file.status();
  std::array<uint8_t, kTombstoneBytes> text;
  const absl::StatusOr<size_t> size = (*file)->ReadAt(0, text);
  if (!size.ok()) return size.status();
  std::string when(reinterpret_cast<const char*>(text.data()), *size);
  when.erase(std::min(when.size(), when.find('\n')));
  return when.empty() ? "at a time that is not known" : when;
}

absl::Status Missing(env::FileSystem& files, const std::string& path, const std::string& directory,
                     const NeededPepper& needed) {
  const absl::StatusOr<std::string> destroyed = ReadTombstone(files, directory, needed.epoch);
  if (!destroyed.ok()) return destroyed.status();
  if (!destroyed->empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " was destroyed (creneauctl key retire), ", *destroyed, ", and ", needed.used_by,
        " still needs it here: this log is of an older backup. Nothing on disk was changed. "
        "Restore "
        "a backup from after that. If there is none, nobody in this log can be recognised any "
        "more: "
        "start with an empty --data and --keys, and publish the agendas anew."));
  }
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is missing, but the log was written with it (", needed.used_by,
                   "). Restore it from its backup, or point --keys at the directory that has it; "
                   "with a new one, "
                   "nobody's reservation would be found again."));
}

absl::Status Overwrite(env::File& file, size_t bytes) {
  const std::vector<uint8_t> zeros(bytes);
  if (absl::Status status = file.WriteAt(0, zeros); !status.ok()) return status;
  return file.Sync();
}

}  // namespace

std::string PepperName(uint32_t epoch) { return absl::StrCat("pepper.", epoch); }

uint64_t CheckOf(const rules::Pepper& pepper) {
  const KeyedHash hash(pepper);
  KeyedHash::Run run(hash);
  run.Add("creneau pepper check v1");
  const KeyedHash::Digest digest = run.Finish();
  uint64_t check = 0;
  std::memcpy(&check, digest.data(), sizeof check);
  return check | 1;  // never 0, which says that it is not known
}

absl::StatusOr<rules::Pepper> RequirePepper(env::FileSystem& files, const std::string& directory,
                                            const NeededPepper& needed) {
  const std::string path = directory + "/" + PepperName(needed.epoch);
  absl::StatusOr<rules::Pepper> pepper = ReadSecret(files, path);
  if (absl::IsNotFound(pepper.status())) return Missing(files, path, directory, needed);
  if (!pepper.ok()) return pepper;
  if (needed.check != 0 && CheckOf(*pepper) != needed.check) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " is not the pepper that ", needed.used_by,
        " was served with: nobody would be recognised. Restore it from its backup, or point --keys "
        "at the directory that has it."));
  }
  return pepper;
}

absl::StatusOr<rules::Pepper> MakePepper(env::FileSystem& files, const std::string& directory,
                                         uint32_t epoch, Entropy& entropy) {
  const std::string name = PepperName(epoch);
  absl::StatusOr<rules::Pepper> there = ReadSecret(files, directory + "/" + name);
  if (absl::IsNotFound(there.status())) return MakeSecret(files, directory, name, entropy);
  if (!there.ok()) return there;
  // It may have been written by a process that was killed before its name was durable.
  if (absl::Status status = files.SyncDirectory(directory); !status.ok()) return status;
  return there;
}

absl::StatusOr<bool> WasDestroyed(env::FileSystem& files, const std::string& directory,
                                  uint32_t epoch) {
  const absl::StatusOr<std::string> when = ReadTombstone(files, directory, epoch);
  if (!when.ok()) return when.status();
  return !when->empty();
}

absl::StatusOr<bool> DestroyPepper(env::FileSystem& files, const std::string& directory,
                                   uint32_t epoch, uint64_t check, Instant at) {
  const std::string path = directory + "/" + PepperName(epoch);
  auto file = files.Open(path, env::OpenMode::kReadWrite);
  if (absl::IsNotFound(file.status())) return false;
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  const absl::StatusOr<rules::Pepper> pepper = ReadSecret(files, path);
  if (pepper.ok() ? CheckOf(*pepper) != check : !absl::IsFailedPrecondition(pepper.status())) {
    if (!pepper.ok()) return pepper.status();
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is another pepper than the one that was retired, and was left alone"));
  }
  // What is no key is what overwriting has left, if that was ever begun.
  const absl::StatusOr<bool> begun = WasDestroyed(files, directory, epoch);
  if (!begun.ok()) return begun.status();
  if (!pepper.ok() && !*begun) return pepper.status();
  absl::Status status = WriteWhole(files, directory, TombstoneName(epoch), FormatUtc(at) + "\n");
  if (status.ok()) status = Overwrite(**file, std::min(*size, kMostOverwritten));
  if (status.ok()) status = files.Remove(path);
  if (status.ok()) status = files.SyncDirectory(directory);
  if (!status.ok()) return status;
  return true;
}

}  // namespace creneau::booking
