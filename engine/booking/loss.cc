#include "booking/loss.h"

#include <algorithm>
#include <span>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "booking/audit.h"
#include "booking/snapshot_file.h"
#include "ledger/seat_word.h"
#include "wal/archive.h"
#include "wal/format.h"

namespace creneau::booking {
namespace {

constexpr int64_t kMsPerEra = 5 * kMsPerMinute;
// More than any era's records: a thousand a second for eleven days without a pause.
constexpr uint64_t kLsnsPerEra = 1'000'000'000;
constexpr char kMacKey[] = "mac.key";
constexpr char kLost[] = ".lost-";

std::string NotePath(const std::string& data) { return data + "/accepting-loss"; }

absl::Status WriteNote(env::FileSystem& files, const std::string& data, Lsn after) {
  const std::string path = NotePath(data);
  const std::string unfinished = path + ".new";
  absl::Status status = files.Remove(unfinished);
  if (!status.ok() && !absl::IsNotFound(status)) return status;
  auto file = files.Open(unfinished, env::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  const std::string text = absl::StrCat(after.value, "\n");
  status =
      (*file)->WriteAt(0, std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = files.Rename(unfinished, path);
  return status.ok() ? files.SyncDirectory(data) : status;
}

absl::Status Aside(env::FileSystem& files, const std::string& path, uint64_t era,
                   std::vector<std::string>* kept) {
  const std::string aside = absl::StrCat(path, kLost, era);
  if (absl::Status status = files.Rename(path, aside); !status.ok()) return status;
  kept->push_back(aside);
  return absl::OkStatus();
}

// Those that were taken when the log had gone on. One that is damaged says nothing of that, and is
// passed over by every start.
absl::Status SnapshotsAside(env::FileSystem& files, const std::string& data, Lsn after,
                            uint64_t era, std::vector<std::string>* kept) {
  const auto listed = ReadSnapshotHeaders(files, data);
  if (!listed.ok()) return listed.status();
  for (const SnapshotListing& snapshot : *listed) {
    if (snapshot.header && snapshot.header->covers <= after) continue;
    const absl::Status status = Aside(files, SnapshotPath(data, snapshot.number), era, kept);
    if (!status.ok()) return status;
  }
  return files.SyncDirectory(SnapshotDirectory(data));
}

// The log's last segment as well: it was archived only after the log had gone on.
absl::Status SegmentsAside(env::FileSystem& files, const std::string& data, uint64_t segment,
                           uint64_t era, std::vector<std::string>* kept) {
  const std::string archive = ArchiveDirectory(data);
  const auto names = files.List(archive);
  if (absl::IsNotFound(names.status())) return absl::OkStatus();
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    const auto archived = wal::SegmentOfArchived(name);
    if (!archived || *archived < segment) continue;
    const absl::Status status = Aside(files, archive + "/" + name, era, kept);
    if (!status.ok()) return status;
  }
  return files.SyncDirectory(archive);
}

}  // namespace

absl::StatusOr<std::optional<Lsn>> UnfinishedAcceptance(env::FileSystem& files,
                                                        const std::string& data) {
  auto file = files.Open(NotePath(data), env::OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return std::optional<Lsn>();
  if (!file.ok()) return file.status();
  std::string text(32, '\0');
  const absl::StatusOr<size_t> got =
      (*file)->ReadAt(0, std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  if (!got.ok()) return got.status();
  Lsn after;
  if (!absl::SimpleAtoi(text.substr(0, *got), &after.value)) {
    return absl::DataLossError(absl::StrCat(NotePath(data),
                                            " is damaged: it should hold the position after which "
                                            "a loss was being accepted. Nothing on disk was "
                                            "changed. Restore the backup again."));
  }
  return std::optional(after);
}

absl::StatusOr<uint64_t> NextEra(env::FileSystem& files, const std::string& keys, Instant now,
                                 uint64_t epoch, const std::optional<proof::Checkpoint>& newest) {
  const int64_t since_ms = now - ledger::InstantOfDeadline(0);
  uint64_t era = 1 + static_cast<uint64_t>(std::max<int64_t>(0, since_ms) / kMsPerEra);
  era = std::max(era, wal::EraOf(epoch) + 1);
  if (newest) era = std::max(era, wal::EraOf(newest->epoch) + 1);
  const auto names = files.List(keys);
  if (!names.ok() && !absl::IsNotFound(names.status())) return names.status();
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
    if (const auto lost = EraOfLostMac(name)) era = std::max(era, *lost + 1);
  }
  if (era > limits::kMaxEra)
    return absl::FailedPreconditionError("this machine's clock is beyond what eras can number");
  return era;
}

Lsn FirstLsnOf(uint64_t era, Lsn last, const std::optional<proof::Checkpoint>& newest) {
  const uint64_t known = std::max(last.value, newest ? newest->lsn.value : 0);
  return Lsn{std::max(era * kLsnsPerEra, known) + 1};
}

Lsn FirstLsnOf(const codec::LossAccepted& loss) {
  proof::Checkpoint known;
  if (loss.newest) known.lsn = loss.newest->lsn;
  return FirstLsnOf(loss.era, loss.after, known);
}

const codec::LossAccepted* LossOfPosition(const std::vector<codec::LossAccepted>& losses, Lsn at) {
  for (const codec::LossAccepted& loss : losses) {
    if (loss.after < at && at < FirstLsnOf(loss)) return &loss;
  }
  return nullptr;
}

std::optional<uint64_t> EraOfLostMac(const std::string& name) {
  const std::string begin = absl::StrCat(kMacKey, kLost);
  uint64_t era = 0;
  if (name.compare(0, begin.size(), begin) != 0) return std::nullopt;
  if (!absl::SimpleAtoi(name.substr(begin.size()), &era)) return std::nullopt;
  return era;
}

absl::StatusOr<std::vector<std::string>> KeepLostAside(env::FileSystem& files,
                                                       const std::string& data,
                                                       const std::string& keys, Lsn after,
                                                       uint64_t segment, uint64_t era) {
  std::vector<std::string> kept;
  if (absl::Status status = WriteNote(files, data, after); !status.ok()) return status;
  if (absl::Status status = SnapshotsAside(files, data, after, era, &kept); !status.ok())
    return status;
  if (absl::Status status = SegmentsAside(files, data, segment, era, &kept); !status.ok())
    return status;
  const absl::Status mac = Aside(files, absl::StrCat(keys, "/", kMacKey), era, &kept);
  if (absl::IsNotFound(mac)) return kept;
  if (!mac.ok()) return mac;
  if (absl::Status status = files.SyncDirectory(keys); !status.ok()) return status;
  return kept;
}

absl::Status FinishAcceptance(env::FileSystem& files, const std::string& data) {
  const absl::Status removed = files.Remove(NotePath(data));
  if (absl::IsNotFound(removed)) return absl::OkStatus();
  return removed.ok() ? files.SyncDirectory(data) : removed;
}

const codec::LossAccepted* LossOf(const std::vector<codec::LossAccepted>& losses,
                                  const proof::Checkpoint& checkpoint) {
  for (const codec::LossAccepted& loss : losses) {
    if (checkpoint.batch > loss.after_batch && wal::EraOf(checkpoint.epoch) < loss.era)
      return &loss;
  }
  return nullptr;
}

std::vector<Names::Era> ErasOf(const std::vector<codec::LossAccepted>& losses) {
  std::vector<Names::Era> eras;
  for (const codec::LossAccepted& loss : losses) eras.push_back({loss.first_generation, loss.era});
  return eras;
}

}  // namespace creneau::booking
