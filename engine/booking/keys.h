// The engine's secrets, under --keys: made on first start, 0600, never logged, never copied
// together with the data (design 8).
//
//   pepper.N        turns applicants into subjects; without it nobody finds a reservation again by
//                   identity. Which groups of agendas use which, the log says (pepper_epochs.h);
//                   pepper.1 is the first. How one is made and destroyed: pepper_files.h
//   names.key       makes reservation names and keys; without it the references people hold mean
//                   nothing
//   mac.key         makes tags and tickets of queues; made anew when it is missing: tickets given
//                   out before are then void
//   chain.key       where the K of openings come from; without it a queue that was published cannot
//                   open
//   checkpoint.key  signs checkpoints; made anew when it is missing: what it signed stays good, and
//                   checkpoint.pub beside it is the public key, to be published
//   receipt.key     signs receipts; made anew when it is missing: what it signed stays good, and
//                   receipt.pub beside it is the public key. The public keys of earlier ones stay
//                   as receipt.1.pub, receipt.2.pub and so on; a start that finds receipt.pub of
//                   another key than receipt.key gives it the next such name.
//
// Each holds 64 hexadecimal digits and a newline. Start-up code only; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "booking/names.h"
#include "booking/pepper_epochs.h"
#include "env/entropy.h"
#include "env/file.h"
#include "proof/checkpoint.h"
#include "rules/identity.h"

namespace creneau::booking {

struct Keys {
  std::map<uint32_t, rules::Pepper> peppers;  // by epoch: those asked for
  Names::Secret names;
  KeyedHash::Key mac;
  KeyedHash::Key chain;
  proof::Seed checkpoint;
  proof::Seed receipt;
  std::vector<proof::PublicKey> earlier_receipts;  // receipt.1.pub and so on, the latest first
  // Of states that were lost, which attempts still rest on: by the era that began then (loss.h).
  std::map<uint64_t, KeyedHash::Key> lost_macs;
  bool made = false;          // by this call
  bool mac_made = false;      // likewise, mac.key alone
  bool receipt_made = false;  // likewise, receipt.key alone
};

// `may_make`: nothing has been written under any keys yet. Otherwise missing keys are
// FailedPrecondition: with new ones the log's subjects and references would mean nothing.
// `may_make_chain`: no queue has been published yet.
absl::StatusOr<Keys> LoadKeys(env::FileSystem& files, const std::string& directory,
                              Entropy& entropy, const std::vector<NeededPepper>& peppers,
                              bool may_make, bool may_make_chain);

// Where the public key lies that checkpoints are checked with.
std::string PublicKeyFile(const std::string& directory);
// That key: its secret's, and where that is gone what was exported of it. Changes nothing; nothing
// where neither is there.
absl::StatusOr<std::optional<proof::PublicKey>> CheckpointKey(env::FileSystem& files,
                                                              const std::string& directory);

// Whether what a log cannot do without is there: FailedPrecondition, or what the disk said. Changes
// nothing.
absl::Status RequireKeys(env::FileSystem& files, const std::string& directory,
                         const std::vector<NeededPepper>& peppers);

}  // namespace creneau::booking
