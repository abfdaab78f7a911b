// reserve hold, confirm, extend, show, move, cancel: the routes of design 7, as a person at a desk
// would use them.
#include <optional>
#include <utility>

#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/reserve_input.h"
#include "tools/creneauctl/secrets.h"
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

// Each has a key of its own, and confirms for itself.
int ReportFamily(const Session& session, const HttpReply& reply) {
  const Command& command = session.command();
  if (command.json) {
    session.Print(reply.body);
    return kExitOk;
  }
  session.Print(RenderFamily(reply.body));
  session.Print("next          creneauctl --admin " + command.admin +
                " reserve confirm RESERVATION, for each of them");
  return kExitOk;
}

int ReportHold(const Session& session, const HttpReply& reply, std::optional<SecretFile> key_file) {
  const Command& command = session.command();
  std::string body = reply.body;
  if (key_file) {
    if (absl::Status kept = key_file->Keep(KeyOf(body)); !kept.ok()) {
      session.Warn(std::string(kept.message()) + "; the key is shown instead");
      session.Print(command.json ? body : RenderReservation(body));
      return kExitIo;
    }
    body = WithoutKey(body);
  }
  if (command.json) {
    session.Print(body);
    return kExitOk;
  }
  session.Print(RenderReservation(body));
  if (key_file) session.Print("key           in " + command.key_file + ", for you alone");
  session.Print("next          creneauctl --admin " + command.admin + " reserve confirm " +
                NameOf(body) + (key_file ? " --key-file " + command.key_file : ""));
  return kExitOk;
}

}  // namespace

int ReserveHold(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> applicant = Applicant(session);
  if (!applicant.ok()) return FailOnInput(session, applicant.status(), "--applicant");
  const absl::StatusOr<std::string> body = HoldBody(*applicant, command.slot);
  if (!body.ok()) return FailOnInput(session, body.status(), "--applicant");
  const bool family = IsOfFamily(*body);
  if (family && !command.key_file.empty())
    return session.Fail(kExitUsage, "--key-file: of a family each has a key; leave it out");
  const absl::StatusOr<std::string> idempotency_key = IdempotencyKey(command);
  if (!idempotency_key.ok()) {
    return FailOnInput(session, idempotency_key.status(), "--idempotency-key");
  }

  HttpRequest request{"POST", "/v1/agendas/" + PercentEncode(command.agenda) + "/holds", {}, *body};
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
  if (!reply.ok()) {
    const bool sent = !absl::IsUnavailable(reply.status());
    return session.FailToSend(reply.status(), sent ? repeat : Fields());
  }
  if (!IsSuccess(*reply)) {
    // Any 503: it may have come to the second attempt, when the first was lost.
    return session.Refused(*reply, reply->status == 503 ? repeat : Fields());
  }
  return family ? ReportFamily(session, *reply) : ReportHold(session, *reply, std::move(key_file));
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
