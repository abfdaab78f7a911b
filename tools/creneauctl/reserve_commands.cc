// reserve hold, confirm, extend, show, move, cancel: the routes of design 7, as a person at a desk
// would use them.
#include <optional>
#include <utility>

#include "tools/creneauctl/asking.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/reserve_input.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

HttpRequest RequestFor(const Command& command, const std::string& key) {
  HttpRequest request{"POST", "/v1/reservations/" + PercentEncode(command.reservation), {}, ""};
  request.headers.emplace_back("Creneau-Key", key);
  switch (command.verb) {
    case Verb::kReserveConfirm:
      request.target += "/confirm";
      break;
    case Verb::kReserveExtend:
      request.target += "/extend";
      break;
    case Verb::kReserveMove:
      request.target += "/move";
      request.headers.emplace_back("Content-Type", "application/json");
      request.body = MoveBody(command.slot);
      break;
    case Verb::kReserveCancel:
      request.method = "DELETE";
      break;
    default:
      request.method = "GET";
      break;
  }
  return request;
}

// Of a family each has a key of its own, and confirms for itself.
std::string FamilyInWords(const Command& command, const std::string& reply) {
  return RenderFamily(reply) + "next          creneauctl --admin " + command.admin +
         " reserve confirm RESERVATION, for each of them";
}

std::string HoldInWords(const Command& command, const std::string& reply, bool key_kept) {
  std::string text = RenderReservation(reply);
  if (key_kept) text += "key           in " + command.key_file + ", for you alone\n";
  return text + "next          creneauctl --admin " + command.admin + " reserve confirm " +
         NameOf(reply) + (key_kept ? " --key-file " + command.key_file : "");
}

}  // namespace

int ReserveHold(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> body = BodyForApplicant(session, command.slot);
  if (!body.ok()) return FailOnInput(session, body.status(), "--applicant");
  const bool family = IsOfFamily(*body);
  if (family && !command.key_file.empty())
    return session.Fail(kExitUsage, "--key-file: of a family each has a key; leave it out");
  return AskFor(session, "/v1/agendas/" + PercentEncode(command.agenda) + "/holds", *body,
                [&](const std::string& reply, bool key_kept) {
                  return family ? FamilyInWords(command, reply)
                                : HoldInWords(command, reply, key_kept);
                });
}

int ReserveAct(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> key = HolderKey(command, command.reservation);
  if (!key.ok()) return FailOnInput(session, key.status(), "--key-file");
  const HttpRequest request = RequestFor(command, *key);
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(command.json ? reply->body : RenderReservation(reply->body));
  return kExitOk;
}

}  // namespace creneau::ctl
