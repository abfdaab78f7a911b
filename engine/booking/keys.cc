#include "booking/keys.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "booking/loss.h"
#include "booking/pepper_files.h"
#include "booking/secret_files.h"

namespace creneau::booking {
namespace {

absl::StatusOr<Secret> ReadNeeded(env::FileSystem& files, const std::string& directory,
                                  const std::string& name) {
  absl::StatusOr<Secret> secret = ReadSecret(files, directory + "/" + name);
  if (!absl::IsNotFound(secret.status())) return secret;
  return absl::FailedPreconditionError(absl::StrCat(
      directory, "/", name,
      " is missing, but the log was written with it. Restore it from its backup, or point "
      "--keys at the directory that has it; with a new one, nobody's reservation would be found "
      "again, and no queue could open with the keys that were promised."));
}

}  // namespace

std::string PublicKeyFile(const std::string& directory) { return directory + "/checkpoint.pub"; }

absl::StatusOr<std::optional<proof::PublicKey>> CheckpointKey(env::FileSystem& files,
                                                              const std::string& directory) {
  const absl::StatusOr<Secret> secret = ReadSecret(files, directory + "/checkpoint.key");
  if (secret.ok()) return proof::PublicKeyOf(*secret);
  if (!absl::IsNotFound(secret.status())) return secret.status();
  const absl::StatusOr<Secret> exported = ReadSecret(files, PublicKeyFile(directory));
  if (exported.ok()) return *exported;
  // A start writes it anew.
  if (absl::IsNotFound(exported.status()) || absl::IsFailedPrecondition(exported.status()))
    return std::nullopt;
  return exported.status();
}

absl::Status RequireKeys(env::FileSystem& files, const std::string& directory,
                         const std::vector<NeededPepper>& peppers) {
  for (const NeededPepper& needed : peppers) {
    if (const auto pepper = RequirePepper(files, directory, needed); !pepper.ok())
      return pepper.status();
  }
  return ReadNeeded(files, directory, "names.key").status();
}

namespace {

// Beside its secret, for whoever publishes it; put right where it is another's.
absl::Status ExportPublicKey(env::FileSystem& files, const std::string& directory,
                             const std::string& name, const proof::PublicKey& key) {
  const absl::StatusOr<Secret> there = ReadSecret(files, directory + "/" + name);
  if (there.ok() && *there == key) return absl::OkStatus();
  return WriteSecret(files, directory, name, key);
}

constexpr char kReceiptKey[] = "receipt.key";
constexpr char kReceiptPublic[] = "receipt.pub";

std::string EarlierReceiptPublic(int number) { return absl::StrCat("receipt.", number, ".pub"); }

// The N of all receipt.N.pub, in rising order.
absl::StatusOr<std::vector<int>> EarlierReceiptKeys(env::FileSystem& files,
                                                    const std::string& directory) {
  const auto names = files.List(directory);
  if (!names.ok()) return names.status();
  std::vector<int> numbers;
  for (const std::string& name : *names) {
    int number = 0;
    const size_t begin = std::string_view("receipt.").size();
    const char* const end = name.data() + name.size();
    if (name.size() > begin && name.compare(0, begin, "receipt.") == 0 &&
        std::from_chars(name.data() + begin, end, number).ec == std::errc() && number > 0 &&
        number < 1'000'000 && name == EarlierReceiptPublic(number))
      numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// Where receipt.pub is of another key than the one that signs from now on, it gets a name of its
// own, since receipts outlive their key.
absl::Status KeepEarlierReceiptKey(env::FileSystem& files, const std::string& directory,
                                   const std::optional<proof::PublicKey>& now, int free_number,
                                   Keys* keys) {
  const std::string path = directory + "/" + kReceiptPublic;
  const absl::StatusOr<Secret> there = ReadSecret(files, path);
  // One that cannot be read checks nothing: it is written anew.
  if (absl::IsNotFound(there.status()) || absl::IsFailedPrecondition(there.status()))
    return absl::OkStatus();
  if (!there.ok()) return there.status();
  std::vector<proof::PublicKey>& earlier = keys->earlier_receipts;
  if ((now && *there == *now) || std::find(earlier.begin(), earlier.end(), *there) != earlier.end())
    return absl::OkStatus();
  earlier.insert(earlier.begin(), *there);
  const absl::Status status =
      files.Rename(path, directory + "/" + EarlierReceiptPublic(free_number));
  return status.ok() ? files.SyncDirectory(directory) : status;
}

absl::StatusOr<Secret> ReadOrMake(env::FileSystem& files, const std::string& directory,
                                  const std::string& name, Entropy& entropy, bool may_make,
                                  bool* made) {
  if (!may_make) return ReadNeeded(files, directory, name);
  absl::StatusOr<Secret> secret = ReadSecret(files, directory + "/" + name);
  if (secret.ok() || !absl::IsNotFound(secret.status())) return secret;
  *made = true;
  return MakeSecret(files, directory, name, entropy);
}

}  // namespace

namespace {

absl::Status LoadReceiptKeys(env::FileSystem& files, const std::string& directory, Entropy& entropy,
                             Keys* keys) {
  const absl::StatusOr<std::vector<int>> numbers = EarlierReceiptKeys(files, directory);
  if (!numbers.ok()) return numbers.status();
  for (auto number = numbers->rbegin(); number != numbers->rend(); ++number) {
    const auto earlier = ReadSecret(files, directory + "/" + EarlierReceiptPublic(*number));
    if (!earlier.ok()) return earlier.status();
    keys->earlier_receipts.push_back(*earlier);
  }
  const absl::StatusOr<Secret> there = ReadSecret(files, directory + "/" + kReceiptKey);
  if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
  const auto now = there.ok() ? std::optional(proof::PublicKeyOf(*there)) : std::nullopt;
  const absl::Status kept = KeepEarlierReceiptKey(files, directory, now,
                                                  numbers->empty() ? 1 : numbers->back() + 1, keys);
  if (!kept.ok()) return kept;
  const auto key =
      ReadOrMake(files, directory, kReceiptKey, entropy, /*may_make=*/true, &keys->receipt_made);
  if (!key.ok()) return key.status();
  keys->receipt = *key;
  return ExportPublicKey(files, directory, kReceiptPublic, proof::PublicKeyOf(*key));
}

absl::Status LoadLostMacs(env::FileSystem& files, const std::string& directory, Keys* keys) {
  const auto names = files.List(directory);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    const std::optional<uint64_t> era = EraOfLostMac(name);
    if (!era) continue;
    const auto mac = ReadSecret(files, directory + "/" + name);
    if (!mac.ok()) return mac.status();
    keys->lost_macs[*era] = *mac;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Keys> LoadKeys(env::FileSystem& files, const std::string& directory,
                              Entropy& entropy, const std::vector<NeededPepper>& peppers,
                              bool may_make, bool may_make_chain) {
  if (const absl::Status status = files.CreateDirectory(directory); !status.ok()) return status;
  Keys keys;
  for (const NeededPepper& needed : peppers) {
    const auto pepper = may_make ? ReadOrMake(files, directory, PepperName(needed.epoch), entropy,
                                              may_make, &keys.made)
                                 : RequirePepper(files, directory, needed);
    if (!pepper.ok()) return pepper.status();
    keys.peppers[needed.epoch] = *pepper;
  }
  const auto names = ReadOrMake(files, directory, "names.key", entropy, may_make, &keys.made);
  if (!names.ok()) return names.status();
  bool made_later = false;  // not held against an older log: nothing in it was made with these
  const auto mac =
      ReadOrMake(files, directory, "mac.key", entropy, /*may_make=*/true, &keys.mac_made);
  if (!mac.ok()) return mac.status();
  if (const absl::Status lost = LoadLostMacs(files, directory, &keys); !lost.ok()) return lost;
  const auto chain =
      ReadOrMake(files, directory, "chain.key", entropy, may_make_chain, &made_later);
  if (!chain.ok()) return chain.status();
  const auto checkpoint = ReadOrMake(files, directory, "checkpoint.key", entropy,
                                     /*may_make=*/true, &keys.made);
  if (!checkpoint.ok()) return checkpoint.status();
  // What is wrong with one of them is said before anything that was there is changed.
  if (const absl::Status receipts = LoadReceiptKeys(files, directory, entropy, &keys);
      !receipts.ok())
    return receipts;
  const absl::Status exported =
      ExportPublicKey(files, directory, "checkpoint.pub", proof::PublicKeyOf(*checkpoint));
  if (!exported.ok()) return exported;
  keys.checkpoint = *checkpoint;
  // Keys that an earlier start made may not have been durable when it was killed.
  if (const absl::Status status = files.SyncDirectory(directory); !status.ok()) return status;
  keys.names = *names;
  keys.mac_made = keys.mac_made && !keys.made;
  keys.receipt_made = keys.receipt_made && !keys.made;
  keys.mac = *mac;
  keys.chain = *chain;
  return keys;
}

}  // namespace creneau::booking
