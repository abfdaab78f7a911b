#include "tools/audit/export.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "booking/audit.h"
#include "booking/keys.h"
#include "proof/checkpoint.h"

namespace creneau::audit {
namespace {

// Writes the table while the log is read, and stops at the end of the batch that has the last
// position wanted.
class Table final : public wal::RecordReader {
 public:
  Table(Recount& recount, Output& out, std::optional<Lsn> to)
      : recount_(recount), out_(out), to_(to) {}

  absl::Status Read(Lsn lsn, Instant written_at, std::string_view record) override {
    auto line = recount_.Take(lsn, written_at, record);
    if (!line.ok()) return line.status();
    batch_at_ = written_at;
    if (!*line) return absl::OkStatus();
    ++lines_;
    return out_.Add(**line + "\n");
  }
  absl::Status EndBatch(const wal::Head& head) override {
    head_ = head;
    written_at_ = batch_at_;
    return to_ && head.lsn >= *to_ ? absl::CancelledError("enough") : absl::OkStatus();
  }

  const wal::Head& head() const { return head_; }
  Instant written_at() const { return written_at_; }  // the last batch with records
  uint64_t lines() const { return lines_; }

 private:
  Recount& recount_;
  Output& out_;
  const std::optional<Lsn> to_;
  wal::Head head_;
  Instant batch_at_;
  Instant written_at_;
  uint64_t lines_ = 0;
};

absl::Status MakeDirectories(env::FileSystem& files, const std::string& out) {
  if (files.List(out).ok())
    return absl::AlreadyExistsError(absl::StrCat(out, " is there already: name a new directory"));
  for (const std::string& directory : {out, out + "/log", out + "/keys"}) {
    if (absl::Status status = files.CreateDirectory(directory); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// The public ones; where KEYS cannot be read, none.
absl::Status CopyKeys(env::FileSystem& files, const ExportOptions& options, Manifest* manifest) {
  const auto names = files.List(options.keys);
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
    if (!absl::EndsWith(name, ".pub")) continue;
    const auto text = ReadWholeText(files, options.keys + "/" + name);
    if (!text.ok()) continue;
    const auto sum = WriteWhole(files, absl::StrCat(options.out, "/keys/", name), *text);
    if (!sum.ok()) return sum.status();
    manifest->files["keys/" + name] = *sum;
  }
  return absl::OkStatus();
}

// The lines that this engine's key has signed and that are of this log up to its end here.
absl::Status CopyCheckpoints(env::FileSystem& files, const ExportOptions& options,
                             Manifest* manifest) {
  const auto text = ReadWholeText(files, booking::CheckpointFile(options.data));
  const auto key_text = ReadWholeText(files, booking::PublicKeyFile(options.keys));
  const auto key = key_text.ok() ? proof::ParsePublicKey(*key_text) : std::nullopt;
  std::string kept;
  for (std::string_view rest = text.ok() && key ? *text : std::string_view(); !rest.empty();) {
    const std::string line(rest.substr(0, std::min(rest.find('\n') + 1, rest.size())));
    rest.remove_prefix(line.size());
    const auto read = proof::ReadLines(line, *key);
    if (read.ok() && read->checkpoints.size() == 1 &&
        read->checkpoints[0].batch <= manifest->end.batch)
      kept += line;
  }
  if (kept.empty()) return absl::OkStatus();
  const auto sum = WriteWhole(files, absl::StrCat(options.out, "/", kCheckpoints), kept);
  if (!sum.ok()) return sum.status();
  manifest->files[kCheckpoints] = *sum;
  return absl::OkStatus();
}

absl::Status WriteTable(env::FileSystem& files, const ExportOptions& options, Recount& recount,
                        Manifest* manifest) {
  auto out = Output::Create(files, absl::StrCat(options.out, "/", kDecisions));
  if (!out.ok()) return out.status();
  Table table(recount, *out, options.to);
  const auto read = wal::Verify(files, booking::LogDirectory(options.data), table, {},
                                booking::ArchiveDirectory(options.data));
  if (!read.ok() && !absl::IsCancelled(read.status())) return read.status();
  const wal::Head& head = table.head();
  if (head.batch == 0)
    return absl::InvalidArgumentError("the log is empty: there is nothing in it");
  if (options.to && head.lsn < *options.to) {
    return absl::InvalidArgumentError(absl::StrCat("the log ends at position ", head.lsn.value,
                                                   ": there is no --to ", options.to->value));
  }
  if (!options.agenda.empty() && !recount.knows(options.agenda))
    return absl::InvalidArgumentError(
        absl::StrCat("the log knows no agenda called ", options.agenda));
  manifest->end = head;
  manifest->written_at = table.written_at();
  manifest->records = recount.records();
  manifest->lines = table.lines();
  const auto sum = out->Finish();
  if (!sum.ok()) return sum.status();
  manifest->files[kDecisions] = *sum;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Exported> Export(env::FileSystem& files, const ExportOptions& options) {
  // A mistyped DATA is not an office whose log is empty.
  if (const auto log = files.List(booking::LogDirectory(options.data)); !log.ok())
    return log.status();
  if (absl::Status status = MakeDirectories(files, options.out); !status.ok()) return status;
  Exported exported;
  Manifest& manifest = exported.manifest;
  manifest.made_by = options.made_by;
  manifest.made_at = options.made_at;
  manifest.agenda = options.agenda;
  manifest.cut = options.to.has_value();
  Recount recount(options.agenda);
  absl::Status status = WriteTable(files, options, recount, &manifest);
  if (status.ok())
    status = CopyLog(files, options.data, options.out, manifest.end.batch, &manifest.files);
  if (status.ok()) status = CopyKeys(files, options, &manifest);
  if (status.ok()) status = CopyCheckpoints(files, options, &manifest);
  if (!status.ok()) return status;
  const std::pair<const char*, std::string> texts[] = {{kAgendas, recount.AgendasJson()},
                                                       {kTotals, recount.TotalsJson()},
                                                       {"LISEZMOI.txt", FrenchText(manifest)},
                                                       {"README.txt", EnglishText(manifest)}};
  for (const auto& [name, text] : texts) {
    const auto sum = WriteWhole(files, absl::StrCat(options.out, "/", name), text);
    if (!sum.ok()) return sum.status();
    manifest.files[name] = *sum;
  }
  const auto sum = WriteWhole(files, absl::StrCat(options.out, "/", kManifest), ToJson(manifest));
  if (!sum.ok()) return sum.status();
  exported.manifest_sha256 = sum->sha256;
  exported.finding = recount.finding();
  if (status = files.SyncDirectory(options.out); !status.ok()) return status;
  return exported;
}

}  // namespace creneau::audit
