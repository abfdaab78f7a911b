#include "booking/recovery.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "booking/audit.h"
#include "booking/keys.h"
#include "booking/replay.h"

namespace creneau::booking {
namespace {

// The newest that is whole, if there is one. All of it is read before any of it is believed.
absl::StatusOr<std::optional<SnapshotHeader>> Choose(env::FileSystem& files,
                                                     const std::string& data,
                                                     std::vector<std::string>* damaged) {
  const absl::StatusOr<std::vector<uint64_t>> numbers = ListSnapshots(files, data);
  if (!numbers.ok()) return numbers.status();
  for (const uint64_t number : *numbers) {
    const std::string path = SnapshotPath(data, number);
    const absl::StatusOr<SnapshotHeader> header = CheckSnapshot(files, path);
    if (header.ok() && header->number == number) return std::optional(*header);
    if (header.ok()) {
      damaged->push_back(absl::StrCat(path, ": this is snapshot ", header->number));
    } else if (absl::IsDataLoss(header.status())) {
      damaged->push_back(std::string(header.status().message()));
    } else {
      return header.status();
    }
  }
  return std::optional<SnapshotHeader>();
}

// Before the end of the log is mended: with another directory's keys, its checkpoints would be
// nobody's, and what they show to be lost a torn tail.
class KeyedWitness final : public Witness {
 public:
  KeyedWitness(env::FileSystem& files, const std::string& keys, Replay& replay,
               const std::vector<proof::Checkpoint>& published, std::string_view where,
               std::string_view if_lost, uint64_t first_batch)
      : Witness(replay, published, where, if_lost, first_batch),
        files_(files),
        keys_(keys),
        replay_(replay) {}

  absl::Status End() override {
    if (absl::Status status = Witness::End(); !status.ok()) return status;
    return replay_.last() == Lsn{} ? absl::OkStatus() : RequireKeys(files_, keys_);
  }

 private:
  env::FileSystem& files_;
  const std::string& keys_;
  const Replay& replay_;
};

}  // namespace

absl::StatusOr<SnapshotHeader> CheckSnapshot(env::FileSystem& files, const std::string& path) {
  return ReadSnapshot(files, path, [](PartKind, std::string_view) { return absl::OkStatus(); });
}

absl::StatusOr<Recovered> RecoverState(env::FileSystem& files, const std::string& data,
                                       const std::string& keys, ledger::Ledger& ledger,
                                       Registry& registry, Rosters& rosters) {
  Recovered recovered;
  auto chosen = Choose(files, data, &recovered.damaged);
  if (!chosen.ok()) return chosen.status();
  recovered.snapshot = *std::move(chosen);
  Replay replay(ledger, registry, rosters);
  wal::StartPoint start;
  if (recovered.snapshot) {
    const std::string path = SnapshotPath(data, recovered.snapshot->number);
    if (absl::Status status = replay.Load(files, path); !status.ok()) {
      if (!absl::IsDataLoss(status)) return status;
      return absl::DataLossError(absl::StrCat(
          std::string(status.message()),
          ". Its checksums fit, so it was written like that: by another version, or by a mistake. "
          "Nothing on disk was changed. Start the version that wrote it, or move that file away: "
          "the engine then reads more of the log."));
    }
    start = recovered.snapshot->start;
  }
  auto last = LastCheckpoint(files, data, keys);
  if (!last.ok()) return last.status();
  recovered.last = *std::move(last);
  std::vector<proof::Checkpoint> checkpoints;
  if (recovered.last.checkpoint) checkpoints.push_back(*recovered.last.checkpoint);
  const std::string where = CheckpointFile(data);
  const std::string if_lost =
      absl::StrCat(" If there is none, what came after is lost: tell whoever is concerned, move ",
                   where, " away, and start again.");
  KeyedWitness witness(files, keys, replay, checkpoints, where, if_lost, start.first_batch);
  absl::StatusOr<wal::Recovery> log =
      wal::Recover(files, LogDirectory(data), witness, start, ArchiveDirectory(data));
  if (!log.ok()) {
    std::string message(log.status().message());
    for (const std::string& damaged : recovered.damaged)
      absl::StrAppend(&message, " This snapshot could not help, as it is damaged: ", damaged, ".");
    return absl::Status(log.status().code(), message);
  }
  recovered.log = *std::move(log);
  recovered.owed_since = replay.owed_since();
  recovered.openings = replay.openings();
  recovered.turns = replay.turns();
  recovered.people = replay.TakePeople();
  recovered.rebuilt = replay.rebuilt();
  return recovered;
}

}  // namespace creneau::booking
