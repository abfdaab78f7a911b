#include "booking/witness.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "booking/audit.h"
#include "booking/keys.h"
#include "booking/loss.h"

namespace creneau::booking {
namespace {

// A line is some 250 bytes: two hundred of them.
constexpr uint64_t kTailBytes = 64 * 1024;

// The end of a file.
absl::StatusOr<std::string> ReadTail(env::FileSystem& files, const std::string& path,
                                     uint64_t at_most) {
  auto file = files.Open(path, env::OpenMode::kRead);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->Size();
  if (!size.ok()) return size.status();
  std::string text(static_cast<size_t>(std::min(*size, at_most)), '\0');
  const absl::StatusOr<size_t> got = (*file)->ReadAt(
      *size - text.size(), std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  if (!got.ok()) return got.status();
  text.resize(*got);
  return text;
}

}  // namespace

Witness::Witness(Replay& replay, const std::vector<proof::Checkpoint>& published,
                 std::string_view where, std::string_view if_lost, uint64_t first_batch)
    : replay_(replay), published_(published), where_(where), if_lost_(if_lost) {
  while (next_ < published_.size() && published_[next_].batch < first_batch) ++next_;
}

absl::Status Witness::Read(Lsn lsn, Instant written_at, std::string_view record) {
  return replay_.Read(lsn, written_at, record);
}

absl::Status Witness::EndRecords() { return replay_.EndRecords(); }

absl::Status Witness::EndBatch(const wal::Head& head) {
  for (; next_ < published_.size() && published_[next_].batch <= head.batch; ++next_) {
    if (PassLost()) continue;
    const proof::Checkpoint& one = published_[next_];
    // The chain covers every batch's epoch. That of the line was another's where an older version
    // signed what its predecessor had written.
    if (one.batch != head.batch || one.lsn != head.lsn || one.chain != head.chain)
      return Broken("the log has something else there: it was changed", "");
  }
  return absl::OkStatus();
}

// A batch that took the number of one that was lost comes after the record that says so.
bool Witness::PassLost() {
  if (LossOf(replay_.losses(), published_[next_]) == nullptr) return false;
  lost_.push_back(published_[next_]);
  return true;
}

absl::Status Witness::CheckEnd() {
  for (; next_ < published_.size(); ++next_) {
    if (PassLost()) continue;
    const std::string remedy =
        if_lost_.empty() ? "" : absl::StrFormat("%s%d.", if_lost_, replay_.last().value);
    return Broken("the log ends before it: it was cut back", remedy);
  }
  return absl::OkStatus();
}

std::optional<proof::Checkpoint> Witness::Ahead() const {
  std::optional<proof::Checkpoint> newest;
  for (size_t i = next_; i < published_.size(); ++i) {
    if (LossOf(replay_.losses(), published_[i]) != nullptr) continue;
    if (!newest || published_[i].lsn > newest->lsn) newest = published_[i];
  }
  return newest;
}

absl::Status Witness::End() {
  if (absl::Status status = CheckEnd(); !status.ok()) return status;
  return replay_.End();
}

absl::Status Witness::Broken(std::string_view what, std::string_view remedy) const {
  const uint64_t good = next_ == 0 ? 0 : published_[next_ - 1].lsn.value;
  return absl::DataLossError(absl::StrFormat(
      "the log does not continue %s: the checkpoint of position %d (batch %d) was signed, and %s. "
      "Up to position %d it is as published; the first difference is after that. Nothing on disk "
      "was changed. Restore the log from its backup or replica.%s",
      where_, published_[next_].lsn.value, published_[next_].batch, what, good, remedy));
}

absl::StatusOr<std::string> ReadText(env::FileSystem& files, const std::string& path) {
  return ReadTail(files, path, UINT64_MAX);
}

absl::StatusOr<LastLine> LastCheckpoint(env::FileSystem& files, const std::string& data,
                                        const std::string& keys) {
  const absl::StatusOr<std::string> text = ReadTail(files, CheckpointFile(data), kTailBytes);
  if (absl::IsNotFound(text.status())) return LastLine();
  if (!text.ok()) return text.status();
  const absl::StatusOr<std::optional<proof::PublicKey>> key = CheckpointKey(files, keys);
  if (!key.ok()) return key.status();
  LastLine last;
  for (std::string_view rest = *text; !rest.empty();) {
    const size_t before = rest.substr(0, rest.size() - 1).rfind('\n');
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const absl::StatusOr<proof::ReadCheckpoints> line =
        proof::ReadLines(rest.substr(begin), key->value_or(proof::PublicKey{}));
    if (line.ok() && !line->checkpoints.empty()) {
      last.checkpoint = line->checkpoints.front();
      return last;
    }
    last.by_another_key |= !line.ok();
    rest = rest.substr(0, begin);
  }
  return last;
}

}  // namespace creneau::booking
