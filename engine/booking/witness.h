// Holds a log that is being replayed against signed checkpoints (proof/checkpoint.h): those that
// somebody kept elsewhere, or at start the engine's own last one, which shows what no batch of the
// log can: that the very last one was there. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "booking/replay.h"
#include "env/file.h"
#include "proof/checkpoint.h"
#include "wal/log.h"

namespace creneau::booking {

class Witness : public wal::RecordReader {
 public:
  // `published`: by batch; those before the first batch that is read are taken on trust, and those
  // of what a loss took that the log itself says was accepted are held against nothing. `where`:
  // what they are, for the complaint; `if_lost`: and what to do about a log that was cut back and
  // cannot be restored, up to the position where it ends. All must outlive this.
  Witness(Replay& replay, const std::vector<proof::Checkpoint>& published, std::string_view where,
          std::string_view if_lost = "", uint64_t first_batch = 1);

  // wal::RecordReader. DataLoss: the first place where the log is not what was signed.
  absl::Status Read(Lsn lsn, Instant written_at, std::string_view record) override;
  absl::Status EndRecords() override;
  absl::Status EndBatch(const wal::Head& head) override;
  absl::Status End() override;

  // Those that were held against nothing.
  const std::vector<proof::Checkpoint>& lost() const { return lost_; }

 protected:
  // OK unless one of them is beyond the end of the log.
  absl::Status CheckEnd();
  // The newest that is; after all batches.
  std::optional<proof::Checkpoint> Ahead() const;

 private:
  bool PassLost();
  absl::Status Broken(std::string_view what, std::string_view remedy) const;

  Replay& replay_;
  const std::vector<proof::Checkpoint>& published_;
  const std::string_view where_;
  const std::string_view if_lost_;
  size_t next_ = 0;
  std::vector<proof::Checkpoint> lost_;
};

// A whole file of checkpoints.
absl::StatusOr<std::string> ReadText(env::FileSystem& files, const std::string& path);

struct LastLine {
  std::optional<proof::Checkpoint> checkpoint;
  bool by_another_key = false;  // there are lines after it that this key has not signed
};
// The last line of DATA/checkpoints that is whole and signed by the key under `keys`. Lines that a
// crash cut short, or that another key signed, are none.
absl::StatusOr<LastLine> LastCheckpoint(env::FileSystem& files, const std::string& data,
                                        const std::string& keys);

}  // namespace creneau::booking
