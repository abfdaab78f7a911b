// An older backup was restored: the log ends before what was already answered (design 4 and 8).
// Such a log is not gone on with unless an operator says, by the position at which it ends, that
// what came then is lost.
//
// What an accepting start does, in this order, so that it can be interrupted anywhere and done
// again with the same result:
//
//   1 notes in DATA/accepting-loss at which position; until 6 no start goes on without being told
//   2 keeps aside what belongs to the lost state, under names that nobody reads (`….lost-ERA`):
//     snapshots and archived segments that are newer than the log
//   3 keeps mac.key aside as KEYS/mac.key.lost-ERA; a new one is made: tickets are void, since whom
//     the queue had let in is lost. It is not destroyed: proofs of attempts rest on it, and those
//     who got nothing must not lose them too
//   4 goes on in a new era of the log (wal/format.h), and logs LossAccepted as its first record
//   5 signs a checkpoint of the new era
//   6 removes the note
//
// Why eras are numbered by the clock: the same backup may be restored twice, and the log knows
// nothing of the first time. A number for each five minutes from 2026 on, and beyond every one that
// log, keys and checkpoints know of, is one that nothing lost has had; unless two accepting starts
// lie within five minutes, served people both, and left no trace in KEYS.
//
// Why names and not just generations: how often a seat was given out in what was lost nobody knows,
// so no generation is surely new. The era in a name is (names.h), and the generation tells the era:
// from the loss on, every seat is given out in a generation above all that the log knows.
//
// Start-up code; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "booking/names.h"
#include "codec/loss.h"
#include "env/file.h"
#include "proof/checkpoint.h"

namespace creneau::booking {

// What an operator says about a log that was restored.
struct Restoring {
  // At this position it ends, and what came after is lost.
  std::optional<Lsn> accept_loss_after;
  // A file of checkpoints that were published, which the log must continue as well; empty: none.
  std::string published;
};

// The position of an accepting start that was not finished; nothing: there is none.
absl::StatusOr<std::optional<Lsn>> UnfinishedAcceptance(env::FileSystem& files,
                                                        const std::string& data);

// Of the era that begins `now`, after a log whose last epoch was this one. `newest`: what is known
// of what was lost.
absl::StatusOr<uint64_t> NextEra(env::FileSystem& files, const std::string& keys, Instant now,
                                 uint64_t epoch, const std::optional<proof::Checkpoint>& newest);
// Of the first record and segment of an era; positions of 14 digits, which JSON's readers can take.
Lsn FirstLsnOf(uint64_t era, Lsn last, const std::optional<proof::Checkpoint>& newest);

// Of that record itself.
Lsn FirstLsnOf(const codec::LossAccepted& loss);
// The loss that took what stood at that position; nothing where none has.
const codec::LossAccepted* LossOfPosition(const std::vector<codec::LossAccepted>& losses, Lsn at);

// Steps 1 to 3. `segment`: the last one of the log that is left. Returns what was kept aside.
absl::StatusOr<std::vector<std::string>> KeepLostAside(env::FileSystem& files,
                                                       const std::string& data,
                                                       const std::string& keys, Lsn after,
                                                       uint64_t segment, uint64_t era);
// Step 6; also where there is nothing to finish.
absl::Status FinishAcceptance(env::FileSystem& files, const std::string& data);

// Whether the checkpoint is of what one of these losses took.
const codec::LossAccepted* LossOf(const std::vector<codec::LossAccepted>& losses,
                                  const proof::Checkpoint& checkpoint);

// The era whose start kept the key of that name aside, "mac.key.lost-95040"; nothing where it is
// another name.
std::optional<uint64_t> EraOfLostMac(const std::string& name);

std::vector<Names::Era> ErasOf(const std::vector<codec::LossAccepted>& losses);

}  // namespace creneau::booking
