// log verify, log show: read-only, without an engine, and beside one that is running.
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "booking/audit.h"
#include "booking/loss.h"
#include "codec/event.h"
#include "env/posix/posix_file.h"
#include "proof/checkpoint.h"
#include "tools/creneauctl/checkpoint_files.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"
#include "wal/log.h"

namespace creneau::ctl {
namespace {

// A log has no time zone of its own: it serves offices in several.
std::string Utc(Instant instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(instant.ms),
                          absl::UTCTimeZone());
}

std::string Count(uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

int FailOnLog(const Session& session, const absl::Status& status) {
  return session.Fail(absl::IsDataLoss(status) ? kExitIntegrity : kExitIo,
                      std::string(status.message()));
}

// The checkpoints to hold the log against, all of them signed; none where none were given.
absl::StatusOr<proof::ReadCheckpoints> Published(const Command& command) {
  if (command.checkpoint_file.empty()) return proof::ReadCheckpoints();
  return ReadPublished(command.checkpoint_file, command.public_key_file);
}

// The losses that the log tells of, and which of the checkpoints they took.
std::string LossesAsJson(const booking::AuditReport& report) {
  std::string out = "[";
  for (const codec::LossAccepted& loss : report.losses) {
    if (out.size() > 1) out += ",";
    out += codec::DescribeRecord(codec::EncodeLoss(loss), /*json=*/true);
  }
  return out + "]";
}

void AddLosses(const booking::AuditReport& report, Table* table) {
  for (const codec::LossAccepted& loss : report.losses)
    table->Row({"lost", codec::DescribeRecord(codec::EncodeLoss(loss), /*json=*/false)});
  if (report.lost.empty()) return;
  const proof::Checkpoint& newest = report.lost.back();
  const codec::LossAccepted* loss = booking::LossOf(report.losses, newest);
  table->Row(
      {"", Count(report.lost.size(), "published checkpoint is", "published checkpoints are") +
               " of what was lost, up to position " + std::to_string(newest.lsn.value) + " of " +
               Utc(newest.at) + "; the loss was accepted at " + Utc(loss->at) +
               ". The rest is as published"});
}

std::string ReportAsJson(const booking::AuditReport& report,
                         const proof::ReadCheckpoints& published) {
  const wal::Recovery& log = report.log;
  Fields members = {{"whole", "true"},
                    {"segments", std::to_string(log.segments)},
                    {"batches", std::to_string(log.batches)},
                    {"records", std::to_string(log.records)},
                    {"last_lsn", JsonText(std::to_string(log.last_lsn.value))},
                    {"chain", JsonText(report.chain)},
                    {"torn", log.torn ? "true" : "false"}};
  if (log.torn) {
    members.emplace_back("torn_file", JsonText(log.torn_file));
    members.emplace_back("torn_offset", std::to_string(log.torn_offset));
  }
  members.insert(members.end(), {{"agendas", std::to_string(report.agendas)},
                                 {"slots", std::to_string(report.slots)},
                                 {"seats", std::to_string(report.seats)},
                                 {"held", std::to_string(report.held)},
                                 {"confirmed", std::to_string(report.confirmed)},
                                 {"digest", JsonText(report.digest)},
                                 {"losses", LossesAsJson(report)},
                                 {"checkpoints_lost", std::to_string(report.lost.size())},
                                 {"checkpoints", std::to_string(published.checkpoints.size())},
                                 {"unreadable_lines", std::to_string(published.unreadable)}});
  return JsonObject(members);
}

std::string ReportAsText(const std::string& data, const booking::AuditReport& report,
                         const proof::ReadCheckpoints& published) {
  const wal::Recovery& log = report.log;
  Table table({Align::kLeft, Align::kLeft});
  table.Row({"log", booking::LogDirectory(data) + " is whole: every checksum and the chain fit"});
  table.Row({"records", std::to_string(log.records) + " in " +
                            Count(log.batches, "batch", "batches") + ", " +
                            Count(log.segments, "segment", "segments")});
  if (log.last_lsn.value > 0) {
    table.Row({"last", "position " + std::to_string(log.last_lsn.value) + ", written " +
                           Utc(log.last_written_at)});
  }
  table.Row({"chain", report.chain});
  if (!published.checkpoints.empty() && report.lost.empty()) {
    table.Row({"published", "it continues all " + std::to_string(published.checkpoints.size()) +
                                " checkpoints, the last at position " +
                                std::to_string(published.checkpoints.back().lsn.value)});
  }
  AddLosses(report, &table);
  if (published.unreadable > 0) {
    table.Row({"", Count(published.unreadable, "line of them is", "lines of them are") +
                       " no checkpoint: writes that were cut short"});
  }
  table.Row({"replay", "every seat has one owner, every subject one reservation"});
  table.Row({"state", Count(report.agendas, "agenda", "agendas") + ", " +
                          Count(report.slots, "slot", "slots") + ", " +
                          Count(report.seats, "seat", "seats") + "; " +
                          std::to_string(report.held) + " held, " +
                          std::to_string(report.confirmed) + " confirmed"});
  table.Row({"digest", report.digest});
  table.Row({"tail", log.torn
                         ? "torn at offset " + std::to_string(log.torn_offset) + " of " +
                               log.torn_file + ": never acknowledged; the next start keeps it aside"
                         : "clean"});
  return table.Text();
}

// Prints records from a position on, and stops the reading when it has printed enough.
class Printer : public wal::RecordReader {
 public:
  explicit Printer(const Session& session) : session_(session) {}

  absl::Status Read(Lsn lsn, Instant written_at, std::string_view record) override {
    const Command& command = session_.command();
    if (lsn.value < command.from_lsn) return absl::OkStatus();
    const std::string what = codec::DescribeRecord(record, command.json);
    if (command.json) {
      session_.Print(JsonObject({{"lsn", JsonText(std::to_string(lsn.value))},
                                 {"written_at", JsonText(Utc(written_at))},
                                 {"record", what}}));
    } else {
      session_.Print(std::to_string(lsn.value) + "  " + Utc(written_at) + "  " + what);
    }
    ++printed_;
    if (command.limit > 0 && printed_ >= command.limit) return absl::CancelledError("enough");
    return absl::OkStatus();
  }

 private:
  const Session& session_;
  uint64_t printed_ = 0;
};

}  // namespace

int LogVerify(const Session& session) {
  const std::string& data = session.command().data;
  env::PosixFileSystem files;
  // Before the log is looked at: beside an engine that writes, it then has what they tell of.
  const auto published = Published(session.command());
  if (!published.ok()) return FailOnLog(session, published.status());
  const absl::StatusOr<booking::AuditReport> report =
      booking::AuditLog(files, data, published->checkpoints);
  if (!report.ok()) return FailOnLog(session, report.status());
  session.Print(session.command().json ? ReportAsJson(*report, *published)
                                       : ReportAsText(data, *report, *published));
  // What was published is not there any more, whatever the log says of that.
  return report->lost.empty() ? kExitOk : kExitIntegrity;
}

int LogShow(const Session& session) {
  env::PosixFileSystem files;
  Printer printer(session);
  const absl::StatusOr<wal::Recovery> read =
      wal::Verify(files, booking::LogDirectory(session.command().data), printer, {},
                  booking::ArchiveDirectory(session.command().data));
  if (!read.ok() && !absl::IsCancelled(read.status())) return FailOnLog(session, read.status());
  return kExitOk;
}

}  // namespace creneau::ctl
