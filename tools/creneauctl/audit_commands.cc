// audit export, audit verify: without an engine, and beside one that is running.
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "env/posix/posix_clock.h"
#include "env/posix/posix_file.h"
#include "tools/audit/export.h"
#include "tools/audit/verify.h"
#include "tools/creneauctl/checkpoint_files.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

std::string Utc(Instant instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(instant.ms),
                          absl::UTCTimeZone());
}

int FailOnExport(const Session& session, const absl::Status& status) {
  const bool refused = absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status);
  const int otherwise = refused ? kExitRefused : kExitIo;
  return session.Fail(absl::IsDataLoss(status) ? kExitIntegrity : otherwise,
                      std::string(status.message()));
}

void AddManifest(const audit::Manifest& manifest, const std::string& sha256, Table* table) {
  table->Row({"table", (manifest.agenda.empty() ? "all agendas" : manifest.agenda) + ", " +
                           std::to_string(manifest.lines) + " lines"});
  table->Row({"log", "to position " + std::to_string(manifest.end.lsn.value) + ", written " +
                         Utc(manifest.written_at)});
  table->Row({"manifest", "SHA-256 " + sha256 + ": write it into the letter that goes with it"});
}

Fields AsFields(const audit::Manifest& manifest, const std::string& sha256) {
  return {{"last_lsn", JsonText(std::to_string(manifest.end.lsn.value))},
          {"records", std::to_string(manifest.records)},
          {"lines", std::to_string(manifest.lines)},
          {"manifest_sha256", JsonText(sha256)}};
}

std::string VerdictAsText(const audit::Verdict& verdict) {
  Table table({Align::kLeft, Align::kLeft});
  AddManifest(verdict.manifest, verdict.manifest_sha256, &table);
  table.Row({"chain", "every batch continues the one before it"});
  if (verdict.checkpoints > 0) {
    table.Row({"checkpoints", "it continues " + std::to_string(verdict.checkpoints) +
                                  (verdict.published ? " that were published" : " of its own")});
  }
  if (!verdict.published)
    table.Row({"",
               "whether the log was rewritten as a whole, only published ones tell: "
               "--checkpoint FILE --key FILE"});
  if (verdict.later_checkpoints > 0)
    table.Row({"", std::to_string(verdict.later_checkpoints) + " are of positions after its end"});
  table.Row({"rules", "every one that the log allows to recount was kept"});
  table.Row({"end", std::to_string(verdict.held) + " held, " + std::to_string(verdict.confirmed) +
                        " confirmed"});
  for (const std::string_view what : audit::kNotInTheLog)
    table.Row({"not shown", std::string(what)});
  return table.Text();
}

}  // namespace

int AuditExport(const Session& session) {
  const Command& command = session.command();
  env::PosixFileSystem files;
  audit::ExportOptions options;
  options.data = command.data;
  options.keys = command.keys.empty() ? command.data + "/keys" : command.keys;
  options.out = command.out;
  options.agenda = command.agenda;
  if (command.to_lsn > 0) options.to = Lsn{command.to_lsn};
  options.made_by = "creneauctl " CRENEAU_VERSION;
  options.made_at = env::PosixClock().Now();
  std::error_code ignored;
  // A link that leads nowhere is there too, and somebody else's.
  const bool is_new = std::filesystem::symlink_status(command.out, ignored).type() ==
                      std::filesystem::file_type::not_found;
  const auto exported = audit::Export(files, options);
  if (!exported.ok()) {
    // A part of an export is none, and another try wants the name. Not what another run has made
    // meanwhile.
    if (is_new && !absl::IsAlreadyExists(exported.status()))
      std::filesystem::remove_all(command.out, ignored);
    return FailOnExport(session, exported.status());
  }
  if (exported->finding) {
    session.Warn("position " + std::to_string(exported->finding->lsn.value) +
                 ": a rule was not kept: " + exported->finding->what);
  }
  if (command.json) {
    session.Print(JsonObject(AsFields(exported->manifest, exported->manifest_sha256)));
    return kExitOk;
  }
  Table table({Align::kLeft, Align::kLeft});
  table.Row({"export", command.out});
  AddManifest(exported->manifest, exported->manifest_sha256, &table);
  session.Print(table.Text());
  return kExitOk;
}

int AuditVerify(const Session& session) {
  const Command& command = session.command();
  env::PosixFileSystem files;
  std::optional<std::vector<proof::Checkpoint>> published;
  if (!command.checkpoint_file.empty()) {
    auto read = ReadPublished(command.checkpoint_file, command.public_key_file);
    if (!read.ok()) return FailOnExport(session, read.status());
    published = std::move(read->checkpoints);
  }
  const auto verdict = audit::VerifyExport(files, command.out, published);
  if (!verdict.ok()) return FailOnExport(session, verdict.status());
  if (!verdict->differences.empty()) {
    Fields more;
    for (size_t i = 1; i < verdict->differences.size(); ++i)
      more.emplace_back("also", verdict->differences[i]);
    return session.Fail(kExitIntegrity, verdict->differences[0], more);
  }
  if (!command.json) {
    session.Print(VerdictAsText(*verdict));
    return kExitOk;
  }
  Fields members = AsFields(verdict->manifest, verdict->manifest_sha256);
  members.insert(members.begin(), {"whole", "true"});
  members.insert(members.end(), {{"checkpoints", std::to_string(verdict->checkpoints)},
                                 {"later_checkpoints", std::to_string(verdict->later_checkpoints)},
                                 {"published", verdict->published ? "true" : "false"},
                                 {"held", std::to_string(verdict->held)},
                                 {"confirmed", std::to_string(verdict->confirmed)}});
  session.Print(JsonObject(members));
  return kExitOk;
}

}  // namespace creneau::ctl
