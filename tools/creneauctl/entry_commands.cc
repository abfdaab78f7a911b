// draw enter, entry, leave, receipt: what an entrant does.
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/reserve_input.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

std::string RenderEntry(const json::object& entry) {
  Sheet sheet;
  sheet.Add("entry", Text(entry, "entry"));
  sheet.Add("key", Text(entry, "key"));
  sheet.Add("state", Text(entry, "state"));
  sheet.Add("draw", Text(entry, "draw") + " of " + Text(entry, "agenda"));
  sheet.Add("wishes", Text(entry, "wishes"));
  if (const auto rank = Whole(entry, "rank"))
    sheet.Add("rank",
              std::to_string(*rank) + " of " + std::to_string(Whole(entry, "entries").value_or(0)));
  sheet.Add("drawn", Text(entry, "drawn"));
  sheet.Add("reservation", Text(entry, "reservation"));
  sheet.Add("its key", Text(entry, "reservation_key"));
  sheet.Add("slot", Text(entry, "slot"));
  sheet.Add("until", Text(entry, "expires_at"));
  return sheet.Text();
}

absl::StatusOr<std::string> BodyOf(const Command& command, const std::string& applicant) {
  const absl::StatusOr<std::string> plain = HoldBody(applicant, "");
  if (!plain.ok()) return plain.status();
  json::object body = ParseDocument(*plain);
  const auto add = [&body](const char* name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    json::array list;
    for (const std::string& text : texts) list.emplace_back(text);
    body[name] = std::move(list);
  };
  add("weekdays", command.weekdays);
  add("halves", command.halves);
  add("dates", command.dates);
  return json::serialize(body);
}

int Report(const Session& session, const HttpReply& reply, std::optional<SecretFile> key_file) {
  const Command& command = session.command();
  json::object entry = ParseDocument(reply.body);
  if (key_file) {
    if (absl::Status kept = key_file->Keep(Text(entry, "key")); !kept.ok()) {
      session.Warn(std::string(kept.message()) + "; the key is shown instead");
      session.Print(command.json ? reply.body : RenderEntry(entry));
      return kExitIo;
    }
    entry.erase("key");
  }
  session.Print(command.json ? json::serialize(entry) : RenderEntry(entry));
  return kExitOk;
}

}  // namespace

int DrawEnter(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> applicant = Applicant(session);
  if (!applicant.ok()) return FailOnInput(session, applicant.status(), "--applicant");
  const absl::StatusOr<std::string> body = BodyOf(command, *applicant);
  if (!body.ok()) return FailOnInput(session, body.status(), "--applicant");
  const absl::StatusOr<std::string> idempotency_key = IdempotencyKey(command);
  if (!idempotency_key.ok())
    return FailOnInput(session, idempotency_key.status(), "--idempotency-key");
  HttpRequest request{"POST", "/v1/agendas/" + PercentEncode(command.agenda), {}, *body};
  request.target += command.bearer_file.empty() ? "/entries" : "/draw/entries";
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Idempotency-Key", *idempotency_key);
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  std::optional<SecretFile> key_file;
  if (!command.key_file.empty()) {
    absl::StatusOr<SecretFile> made = SecretFile::Create(command.key_file);
    if (!made.ok()) return session.Fail(kExitIo, std::string(made.status().message()));
    key_file.emplace(*std::move(made));
  }
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  const Fields repeat = HowToRepeat(*idempotency_key);
  if (!reply.ok())
    return session.FailToSend(reply.status(),
                              absl::IsUnavailable(reply.status()) ? Fields() : repeat);
  if (!IsSuccess(*reply)) return session.Refused(*reply, reply->status == 503 ? repeat : Fields());
  return Report(session, *reply, std::move(key_file));
}

int EntryAct(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> key =
      OneLine(command.key_file.empty() ? Ask("Key of " + command.entry, Echo::kHidden)
                                       : ReadInput(command.key_file),
              "expected a key, one line of 22 characters");
  if (!key.ok()) return FailOnInput(session, key.status(), "--key-file");
  HttpRequest request{"GET", "/v1/entries/" + PercentEncode(command.entry), {}, ""};
  request.headers.emplace_back("Creneau-Key", *key);
  if (command.verb == Verb::kDrawLeave) request.method = "DELETE";
  if (command.verb == Verb::kDrawReceipt) request.target += "/receipt";
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  const json::object said = ParseDocument(reply->body);
  if (command.verb != Verb::kDrawReceipt) {
    session.Print(command.json ? reply->body : RenderEntry(said));
    return kExitOk;
  }
  const std::string receipt = Text(said, "receipt");
  if (command.out_file.empty()) {
    session.Print(command.json ? reply->body : receipt + "\n");
    return kExitOk;
  }
  absl::StatusOr<SecretFile> file = SecretFile::Create(command.out_file);
  const absl::Status kept = file.ok() ? file->Keep(receipt) : file.status();
  if (!kept.ok()) return session.Fail(kExitIo, std::string(kept.message()));
  session.Print(command.json ? JsonObject({{"file", JsonText(command.out_file)}})
                             : "receipt       in " + command.out_file + "\n");
  return kExitOk;
}

}  // namespace creneau::ctl
