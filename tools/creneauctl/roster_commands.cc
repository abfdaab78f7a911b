// roster import: whom the office knows. The file is read here first, so that what is wrong with it
// is said with its line before anything is sent; nothing of what stands in it is ever printed.
#include <algorithm>

#include "base/limits.h"
#include "codec/roster_csv.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

// Spelled alike: the engine, which knows how numbers are spelled, may find more of them the same.
size_t DifferentPeople(std::vector<codec::RosterFile::Person> people) {
  const auto earlier = [](const auto& a, const auto& b) { return a.fields < b.fields; };
  const auto same = [](const auto& a, const auto& b) { return a.fields == b.fields; };
  std::sort(people.begin(), people.end(), earlier);
  return static_cast<size_t>(std::unique(people.begin(), people.end(), same) - people.begin());
}

int ReportErrors(const Session& session, const rules::Diagnostics& errors) {
  const Command& command = session.command();
  if (command.json) {
    session.Print(
        JsonObject({{"valid", "false"}, {"errors", JsonDiagnostics(command.file, errors)}}));
    return kExitRefused;
  }
  for (const rules::Diagnostic& error : errors) {
    session.Warn(command.file + ":" + std::to_string(error.line) + ":" +
                 std::to_string(error.column) + ": " + error.message);
  }
  return kExitRefused;
}

int ReportDryRun(const Session& session, size_t people) {
  const Command& command = session.command();
  if (command.json) {
    session.Print(JsonObject({{"agenda", JsonText(command.agenda)},
                              {"dry_run", "true"},
                              {"adds", command.adds ? "true" : "false"},
                              {"people", std::to_string(people)}}));
  } else {
    session.Print(command.agenda + ": would " + (command.adds ? "add " : "list ") +
                  std::to_string(people) + " people" +
                  (command.adds ? "" : ", instead of those listed now") +
                  "; whether their fields are those of the agenda, only the engine can tell\n"
                  "nothing was sent");
  }
  return kExitOk;
}

}  // namespace

int RosterImport(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> text = ReadInput(command.file);
  if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
  const codec::RosterFile file = codec::ReadRosterCsv(*text);
  if (!file.errors.empty()) return ReportErrors(session, file.errors);
  if (text->size() > limits::kMaxAdminBodyBytes) {
    return session.Fail(kExitRefused,
                        command.file + " is larger than the engine takes at a time, " +
                            std::to_string(limits::kMaxAdminBodyBytes) +
                            " bytes: import the first part, then the others with --add");
  }
  if (command.dry_run) return ReportDryRun(session, DifferentPeople(file.people));
  const HttpRequest request{command.adds ? "POST" : "PUT",
                            "/v1/agendas/" + PercentEncode(command.agenda) + "/roster",
                            {{"Content-Type", "text/csv"}},
                            *text};
  const absl::StatusOr<HttpReply> reply = session.client().Send(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(command.json ? reply->body : RenderRoster(reply->body));
  return kExitOk;
}

}  // namespace creneau::ctl
