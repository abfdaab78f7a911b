// roster import: whom the office knows. The file is read here first, so that what is wrong with it
// is said with its line before anything is sent; nothing of what stands in it is ever printed.
// What is larger than the engine takes at a time goes in parts.
#include <algorithm>

#include "base/limits.h"
#include "codec/csv.h"
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

int ReportDryRun(const Session& session, size_t people, size_t parts) {
  const Command& command = session.command();
  if (command.json) {
    session.Print(JsonObject({{"agenda", JsonText(command.agenda)},
                              {"dry_run", "true"},
                              {"adds", command.adds ? "true" : "false"},
                              {"people", std::to_string(people)},
                              {"parts", std::to_string(parts)}}));
    return kExitOk;
  }
  std::string text = command.agenda + ": would " + (command.adds ? "add " : "list ") +
                     std::to_string(people) + " people" +
                     (command.adds ? "" : ", instead of those listed now") +
                     "; whether their fields are those of the agenda, only the engine can tell\n";
  if (parts > 1) {
    text += "in " + std::to_string(parts) +
            " parts, one after the other: those of a later one are not listed before it is there\n";
  }
  session.Print(text + "nothing was sent");
  return kExitOk;
}

HttpRequest RequestFor(const Command& command, const codec::CsvPart& part, bool adds,
                       bool dry_run) {
  return {
      adds ? "POST" : "PUT",
      "/v1/agendas/" + PercentEncode(command.agenda) + "/roster" + (dry_run ? "?dry_run=1" : ""),
      {{"Content-Type", "text/csv"}},
      part.text};
}

// What is in force once not all of several parts were taken, for whoever must decide what to do.
// `taken`: how many surely were; `unknown`: the next one perhaps.
Fields Unfinished(const Command& command, const std::vector<codec::CsvPart>& parts, size_t taken,
                  bool unknown) {
  std::string in_force = command.adds ? "those listed before" : "";
  if (taken > 0) {
    in_force += command.adds ? ", and those" : "only those";
    in_force += " up to line " + std::to_string(parts[taken - 1].last_line) + " of " +
                command.file + ", part " + std::to_string(taken) + " of " +
                std::to_string(parts.size());
  } else if (!command.adds) {
    in_force = "those listed before";
  }
  if (unknown) {
    in_force += taken == 0 && !command.adds ? "; or only those" : "; perhaps those";
    in_force += " up to line " + std::to_string(parts[taken].last_line) +
                (taken == 0 && !command.adds ? "" : " too");
  }
  return {{"in_force", in_force},
          {"remedy",
           "run the same command again: it begins with the first part, and whoever is "
           "listed already counts once"}};
}

bool IsUnknown(const absl::StatusOr<HttpReply>& reply) {
  return reply.ok() ? ProblemCode(reply->body) == "outcome-unknown"
                    : !absl::IsUnavailable(reply.status());
}

int Fail(const Session& session, const absl::StatusOr<HttpReply>& reply, const codec::CsvPart& part,
         const Fields& more) {
  if (!reply.ok()) return session.FailToSend(reply.status(), more);
  HttpReply said = *reply;
  said.body = WithLinesOfFile(said.body, part.lines_before);
  return session.Refused(said, more);
}

// What only the engine finds, and before anything is changed. kExitOk: nothing.
int LookAt(const Session& session, const std::vector<codec::CsvPart>& parts) {
  const Command& command = session.command();
  for (const codec::CsvPart& part : parts) {
    const auto reply = session.client().Send(RequestFor(command, part, command.adds, true));
    if (!reply.ok() || !IsSuccess(*reply)) return Fail(session, reply, part, {});
  }
  return kExitOk;
}

// All of it, one part after the other; the first one replaces, unless all of it adds.
int Import(const Session& session, const std::vector<codec::CsvPart>& parts) {
  const Command& command = session.command();
  if (parts.size() > 1) {
    if (const int wrong = LookAt(session, parts); wrong != kExitOk) return wrong;
  }
  std::string body;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto reply =
        session.client().Send(RequestFor(command, parts[i], command.adds || i > 0, false));
    if (!reply.ok() || !IsSuccess(*reply)) {
      const bool one = parts.size() == 1;
      return Fail(session, reply, parts[i],
                  one ? Fields() : Unfinished(command, parts, i, IsUnknown(reply)));
    }
    body = reply->body;
  }
  session.Print(command.json ? body : RenderRoster(body));
  return kExitOk;
}

}  // namespace

int RosterImport(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> text = ReadInput(command.file);
  if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
  const codec::RosterFile file = codec::ReadRosterCsv(*text);
  if (!file.errors.empty()) return ReportErrors(session, file.errors);
  const std::vector<codec::CsvPart> parts = codec::PartsOfCsv(*text, limits::kMaxAdminBodyBytes);
  for (const codec::CsvPart& part : parts) {
    if (part.text.size() <= limits::kMaxAdminBodyBytes) continue;
    return ReportErrors(session, {{part.last_line, 1, "the line is longer than the engine takes"}});
  }
  // Where an engine was named, it is asked as well.
  if (command.dry_run && !command.admin.empty()) {
    if (const int wrong = LookAt(session, parts); wrong != kExitOk) return wrong;
  }
  if (command.dry_run) return ReportDryRun(session, DifferentPeople(file.people), parts.size());
  return Import(session, parts);
}

}  // namespace creneau::ctl
