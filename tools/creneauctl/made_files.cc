#include "tools/creneauctl/made_files.h"

#include <string>
#include <utility>

#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/replies.h"

namespace creneau::ctl {
namespace {

constexpr const char* kLetter = "letter";
constexpr const char* kStdout = "-";

absl::Status Make(const std::string& path, std::optional<SecretFile>* file) {
  return path == kStdout ? absl::OkStatus() : CreateIfNamed(path, file);
}

}  // namespace

absl::StatusOr<MadeFiles> MadeFiles::Create(const Command& command) {
  MadeFiles files;
  if (absl::Status s = Make(command.key_file, &files.key_); !s.ok()) return s;
  if (absl::Status s = Make(command.letter_file, &files.letter_); !s.ok()) return s;
  if (absl::Status s = Make(command.ics_file, &files.ics_); !s.ok()) return s;
  return files;
}

// False: the entry is nowhere, and it was said why. It can be had again with the key.
bool MadeFiles::KeepCalendar(const Session& session, std::string_view body) {
  HttpRequest request{"GET", "/v1/reservations/" + PercentEncode(NameOf(body)), {}, ""};
  request.headers.emplace_back("Creneau-Key", KeyOf(body));
  request.headers.emplace_back("Accept", "text/calendar");
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  absl::Status kept = reply.status();
  if (reply.ok() && !IsSuccess(*reply))
    kept = absl::UnavailableError(RenderProblem(reply->status, reply->body));
  if (kept.ok()) kept = ics_->Keep(Stripped(reply->body));
  if (!kept.ok()) session.Warn("no calendar entry: " + std::string(kept.message()));
  return kept.ok();
}

bool MadeFiles::KeepAll(const Session& session, std::string_view body) {
  bool all = true;
  const auto keep = [&](std::optional<SecretFile>* file, std::string_view text) {
    if (!*file) return;
    const absl::Status kept = (*file)->Keep(text);
    if (kept.ok()) return;
    session.Warn(std::string(kept.message()) + "; it is shown instead");
    file->reset();
    all = false;
  };
  keep(&key_, KeyOf(body));
  keep(&letter_, Stripped(Text(ParseDocument(body), kLetter)));
  return (!ics_ || KeepCalendar(session, body)) && all;
}

int MadeFiles::Report(const Session& session, std::string_view body) {
  const Command& command = session.command();
  const int exit_code = KeepAll(session, body) ? kExitOk : kExitIo;
  json::object shown = ParseDocument(body);
  const std::string letter = Text(shown, kLetter);
  if (key_) shown.erase("key");
  if (command.json) {
    if (letter_) shown.erase(kLetter);
    session.Print(json::serialize(shown));
    return exit_code;
  }
  const std::string text = json::serialize(shown);
  session.Print(shown.contains("reservations") ? RenderFamily(text) : RenderReservation(text));
  if (key_) session.Print("key           in " + command.key_file + ", for its holder alone");
  if (letter_) session.Print("letter        in " + command.letter_file + ", for its holder alone");
  if (ics_) session.Print("calendar      in " + command.ics_file);
  const bool asked_for = command.letter_file == kStdout;
  if (!letter_ && !command.letter_file.empty() && (asked_for || exit_code != kExitOk))
    session.Print("\n" + letter);
  return exit_code;
}

}  // namespace creneau::ctl
