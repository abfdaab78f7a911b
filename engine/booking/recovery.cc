#include "booking/recovery.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "booking/audit.h"
#include "booking/keys.h"
#include "booking/replay.h"

namespace creneau::booking {
namespace {

// The newest that is whole, if there is one, and no later than `at_most`, where that is said. All
// of it is read before any of it is believed.
absl::StatusOr<std::optional<SnapshotHeader>> Choose(env::FileSystem& files,
                                                     const std::string& data,
                                                     const std::optional<Lsn>& at_most,
                                                     std::vector<std::string>* damaged) {
  const absl::StatusOr<std::vector<uint64_t>> numbers = ListSnapshots(files, data);
  if (!numbers.ok()) return numbers.status();
  for (const uint64_t number : *numbers) {
    const std::string path = SnapshotPath(data, number);
    const absl::StatusOr<SnapshotHeader> header = CheckSnapshot(files, path);
    if (header.ok() && at_most && header->covers > *at_most) continue;
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

// What an operator said of this log, and what an earlier start left undone of that.
struct Said {
  std::optional<Lsn> accepts;
  std::optional<Lsn> unfinished;
  std::optional<Lsn> position() const { return accepts ? accepts : unfinished; }
};

// Before the end of the log is mended: with another directory's keys, its checkpoints would be
// nobody's, and what they show to be lost a torn tail.
class KeyedWitness final : public Witness {
 public:
  KeyedWitness(env::FileSystem& files, const std::string& keys, Replay& replay,
               const std::vector<proof::Checkpoint>& published, std::string_view where,
               std::string_view if_lost, uint64_t first_batch, const Said& said)
      : Witness(replay, published, where, if_lost, first_batch),
        files_(files),
        keys_(keys),
        replay_(replay),
        said_(said) {}

  absl::Status End() override {
    if (absl::Status status = JudgeEnd(); !status.ok()) return status;
    if (absl::Status status = replay_.End(); !status.ok()) return status;
    return replay_.last() == Lsn{} ? absl::OkStatus()
                                   : RequireKeys(files_, keys_, replay_.NeededPeppers());
  }

  const std::optional<Accepting>& accepting() const { return accepting_; }
  bool accepted_before() const { return accepted_before_; }

 private:
  absl::Status JudgeEnd() {
    const auto& losses = replay_.losses();
    const std::optional<Lsn> position = said_.position();
    accepted_before_ = position && !losses.empty() && losses.back().after == *position;
    if (!position || accepted_before_) return CheckEnd();
    const uint64_t end = replay_.last().value;
    if (!said_.accepts) {
      return absl::FailedPreconditionError(
          absl::StrCat("a start that was to accept the loss of what came after position ",
                       said_.unfinished->value, " was interrupted. Start with --accept-loss-after ",
                       end, " again: it goes on where that one ended."));
    }
    if (*position != Lsn{end}) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the log ends at position ", end, ", and --accept-loss-after says ", position->value,
          ". Nothing on disk was changed. Restore the newest backup there is; if what came after "
          "position ",
          end, " is lost, start with --accept-loss-after ", end, "."));
    }
    accepting_ = Accepting{*position, Ahead()};
    return absl::OkStatus();
  }

  env::FileSystem& files_;
  const std::string& keys_;
  Replay& replay_;
  const Said& said_;
  std::optional<Accepting> accepting_;
  bool accepted_before_ = false;
};

// Those that somebody kept elsewhere and gives us.
absl::Status AddPublished(env::FileSystem& files, const std::string& keys, const std::string& path,
                          std::vector<proof::Checkpoint>* checkpoints) {
  const absl::StatusOr<std::string> text = ReadText(files, path);
  if (!text.ok()) return text.status();
  const absl::StatusOr<std::optional<proof::PublicKey>> key = CheckpointKey(files, keys);
  if (!key.ok()) return key.status();
  const auto refused = [&](std::string_view why) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": ", std::string(why)));
  };
  if (!*key) return refused("there is no key under --keys that they could be checked with");
  const auto read = proof::ReadLines(*text, **key);
  if (!read.ok()) return refused(std::string(read.status().message()));
  if (read->checkpoints.empty()) return refused("there is no checkpoint in it");
  checkpoints->insert(checkpoints->end(), read->checkpoints.begin(), read->checkpoints.end());
  std::stable_sort(
      checkpoints->begin(), checkpoints->end(),
      [](const proof::Checkpoint& a, const proof::Checkpoint& b) { return a.batch < b.batch; });
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SnapshotHeader> CheckSnapshot(env::FileSystem& files, const std::string& path) {
  return ReadSnapshot(files, path, [](PartKind, std::string_view) { return absl::OkStatus(); });
}

absl::StatusOr<Recovered> RecoverState(env::FileSystem& files, const std::string& data,
                                       const std::string& keys, ledger::Ledger& ledger,
                                       Registry& registry, Rosters& rosters,
                                       const Restoring& restoring, Lsn service_after) {
  Recovered recovered;
  const auto unfinished = UnfinishedAcceptance(files, data);
  if (!unfinished.ok()) return unfinished.status();
  const Said said{restoring.accept_loss_after, *unfinished};
  auto chosen = Choose(files, data, said.position(), &recovered.damaged);
  if (!chosen.ok()) return chosen.status();
  recovered.snapshot = *std::move(chosen);
  Replay replay(ledger, registry, rosters);
  replay.RememberServiceAfter(service_after);
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
  if (!restoring.published.empty()) {
    const absl::Status added = AddPublished(files, keys, restoring.published, &checkpoints);
    if (!added.ok()) return added;
  }
  const std::string where = restoring.published.empty()
                                ? CheckpointFile(data)
                                : absl::StrCat(restoring.published, " or ", CheckpointFile(data));
  constexpr std::string_view kIfLost =
      " If there is none, what came after is lost: tell whoever is concerned, and start with "
      "--accept-loss-after ";
  KeyedWitness witness(files, keys, replay, checkpoints, where, kIfLost, start.first_batch, said);
  absl::StatusOr<wal::Recovery> log =
      wal::Recover(files, LogDirectory(data), witness, start, ArchiveDirectory(data),
                   said.position() ? wal::ArchivedAhead::kLeaveOut : wal::ArchivedAhead::kRefuse);
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
  recovered.service = std::move(replay.service());
  recovered.totals = replay.totals().All();
  recovered.rebuilt = replay.rebuilt();
  recovered.losses = replay.losses();
  recovered.accepting = witness.accepting();
  recovered.accepted_before = witness.accepted_before();
  return recovered;
}

}  // namespace creneau::booking
