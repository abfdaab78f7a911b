// draw enter, entry, leave, receipt: what an entrant does.
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "tools/creneauctl/asking.h"
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

std::string WithWishes(const Command& command, const std::string& plain) {
  json::object body = ParseDocument(plain);
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

}  // namespace

int DrawEnter(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> plain = BodyForApplicant(session, "");
  if (!plain.ok()) return FailOnInput(session, plain.status(), "--applicant");
  return AskFor(session,
                "/v1/agendas/" + PercentEncode(command.agenda) +
                    (command.bearer_file.empty() ? "/entries" : "/draw/entries"),
                WithWishes(command, *plain), [](const std::string& entry, bool /*key_kept*/) {
                  return RenderEntry(ParseDocument(entry));
                });
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
