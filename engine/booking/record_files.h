// The service record as everybody reads it: files under DATA/record, made from the records of the
// log (codec/service.h) so that an answer is a piece of a file. One for each agenda and ISO week at
// its office, `2026-W49.92-naturalisation`, and for each time zone and week one of the engine's
// own, `2026-W49._Europe+Paris`; lines as record_lines.h has them, by LSN.
//
// The log is the truth: the files can be thrown away. A line is written once its record is durable;
// the files are made durable now and then, and `position` says up to where they surely are. A start
// cuts off what is behind that and writes it anew from what the log says, which recovery has read
// anyway; where that is not enough, since the files are gone or a write failed, from the whole log
// and its archive.
//
// A line of an agenda has 160 to 250 bytes. Where each minute of nine to ten on working days and
// each second booking of an ordinary office (50 a day) says something, a week is 100 kB, and a year
// of a hundred agendas 550 MB in 5,200 files.
//
// Threads: Read from any; the rest from the keeper's and whoever takes a snapshot, under a mutex.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "base/instant.h"
#include "booking/record.h"
#include "booking/registry.h"
#include "codec/loss.h"
#include "codec/service.h"
#include "env/file.h"
#include "rules/iso_week.h"

namespace creneau::booking {

class RecordFiles {
 public:
  RecordFiles(env::FileSystem& files, const std::string& data, const Registry& registry)
      : files_(files), data_(data), directory_(data + "/record"), registry_(registry) {}

  // Recovery: makes the directory; then up to where the files are sure to be whole. 0: they are
  // not there, or cannot be believed.
  absl::Status Prepare();
  Lsn position() const { return position_; }
  // Where the log ended: files that say more are of a log that was cut back since, or of what was
  // lost, also where the start that accepted it was interrupted. `losing`: this start accepts one.
  void BelieveUpTo(Lsn last, const std::vector<codec::LossAccepted>& losses, bool losing);

  // Before the first Add of a process, and after a failure. `records`: all that the log has after
  // position(), by LSN; or only some, and then all of the log is read again, up to `last`.
  absl::Status CatchUp(const std::vector<std::pair<Lsn, codec::ServiceMinute>>& records, Lsn last,
                       bool from_all_of_the_log);
  // After a CatchUp.
  absl::Status Add(Lsn lsn, const codec::ServiceMinute& minute);
  // After it, what was added needs the log no more. Before a CatchUp, and after one that failed,
  // nothing was.
  absl::Status Sync();
  // Removes what is older than its agenda's retention_days.
  absl::Status RemoveOld(Instant now);

  // A piece of an agenda's week, from `after` on, of at most limits::kRecordPageBytes of each file.
  // InvalidArgument: `after` is none that was given out.
  absl::StatusOr<RecordPage> Read(const AgendaInfo& agenda, rules::IsoWeek week,
                                  std::string_view after) const;

 private:
  std::string PathOf(const std::string& name) const { return directory_ + "/" + name; }
  class LogReader;
  struct Piece {
    std::string lines;
    uint64_t next = 0;
    bool more = false;
  };
  absl::StatusOr<Piece> ReadPiece(const std::string& name, uint64_t offset) const;
  absl::StatusOr<std::vector<std::string>> Names() const;
  absl::Status Append(const std::string& name, const std::string& lines);
  void Take(Lsn lsn, const codec::ServiceMinute& minute);
  absl::Status Flush();
  absl::Status Cut(Lsn after);
  absl::StatusOr<bool> CutFile(const std::string& name, Lsn after);
  absl::Status SyncAll();
  absl::Status Replace(const std::string& name, std::string_view text);
  // Its last bytes, where there are more than `most`.
  absl::StatusOr<std::string> ReadWhole(const std::string& name, uint64_t most = UINT64_MAX) const;

  env::FileSystem& files_;
  const std::string data_;
  const std::string directory_;
  const Registry& registry_;

  std::mutex mutex_;  // guards what follows
  Lsn position_;
  bool stale_ = false;      // the files, or what is said of their position, may say too much
  bool caught_up_ = false;  // what is added stands in the files, and nothing else
  Lsn added_;
  std::set<std::string> touched_;               // since the last Sync
  std::map<std::string, std::string> pending_;  // lines by file, not written yet
  size_t pending_bytes_ = 0;
};

}  // namespace creneau::booking
