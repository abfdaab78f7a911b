// reserve hold, confirm, extend, show, move, cancel: the routes of design 7, as a person at a desk
// would use them.
#include <optional>
#include <utility>

#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

// Asks on the terminal for one of the agenda's alternatives, field by field.
absl::StatusOr<std::string> AskForApplicant(const Session& session) {
  const absl::StatusOr<HttpReply> reply = session.client().Send(
      {"GET", "/v1/agendas/" + PercentEncode(session.command().agenda), {}, ""});
  if (!reply.ok()) return reply.status();
  if (!IsSuccess(*reply)) return absl::NotFoundError(RenderProblem(reply->status, reply->body));
  const std::vector<std::vector<std::string>> ways = IdentityAlternatives(reply->body);
  if (ways.empty()) {
    return absl::FailedPreconditionError("the engine does not say what names an applicant in " +
                                         session.command().agenda + "; give --applicant FILE");
  }
  size_t chosen = 0;
  if (ways.size() > 1) {
    std::string question = "The applicant is named by";
    for (size_t i = 0; i < ways.size(); ++i) {
      question += (i == 0 ? " " : ", ") + std::to_string(i + 1) + ") ";
      for (size_t j = 0; j < ways[i].size(); ++j) question += (j == 0 ? "" : " and ") + ways[i][j];
    }
    const absl::StatusOr<std::string> answer = Ask(question + "; which", Echo::kShown);
    if (!answer.ok()) return answer.status();
    if (answer->size() != 1 || (*answer)[0] < '1' ||
        (*answer)[0] >= static_cast<char>('1' + ways.size())) {
      return absl::InvalidArgumentError("expected 1 to " + std::to_string(ways.size()));
    }
    chosen = static_cast<size_t>((*answer)[0] - '1');
  }
  Fields fields;
  for (const std::string& field : ways[chosen]) {
    const absl::StatusOr<std::string> value = Ask(field, Echo::kShown);
    if (!value.ok()) return value.status();
    fields.emplace_back(field, *value);
  }
  return ApplicantJson(fields);
}

int FailOnInput(const Session& session, const absl::Status& status, const char* option) {
  if (absl::IsFailedPrecondition(status)) {
    return session.Fail(
        kExitUsage, std::string(status.message()) + "; give " + option + " FILE, or - for stdin");
  }
  if (absl::IsInvalidArgument(status))
    return session.Fail(kExitUsage, std::string(status.message()));
  if (absl::IsNotFound(status)) return session.Fail(kExitRefused, std::string(status.message()));
  if (absl::IsUnknown(status)) return session.Fail(kExitIo, std::string(status.message()));
  return session.FailToSend(status);  // while asking the engine what names an applicant
}

// A secret that becomes a header: one line, or it would be two.
absl::StatusOr<std::string> OneLine(absl::StatusOr<std::string> text, const char* expected) {
  if (!text.ok()) return text;
  *text = Stripped(*text);
  if (text->empty() || text->find_first_of("\r\n") != std::string::npos) {
    return absl::InvalidArgumentError(expected);
  }
  return text;
}

absl::StatusOr<std::string> IdempotencyKey(const Command& command) {
  if (command.idempotency_key_file.empty()) return RandomKey();
  return OneLine(ReadInput(command.idempotency_key_file),
                 "expected an Idempotency-Key, one line of 22 to 64 characters");
}

// A hold whose outcome is not known is there for whoever has its Idempotency-Key, and for the
// applicant it is in the way: without the key a repeat is already-reserved.
Fields HowToRepeat(const std::string& idempotency_key) {
  return {{"idempotency_key", idempotency_key},
          {"repeat",
           "put this key into a file and give the same command again with --idempotency-key FILE; "
           "what was done is then answered, not done twice"}};
}

absl::StatusOr<std::string> Key(const Command& command) {
  return OneLine(command.key_file.empty() ? Ask("Key of " + command.reservation, Echo::kHidden)
                                          : ReadInput(command.key_file),
                 "expected a key, one line of 22 characters");
}

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
  absl::StatusOr<std::string> applicant =
      command.applicant_file.empty() ? AskForApplicant(session) : ReadInput(command.applicant_file);
  if (!applicant.ok()) return FailOnInput(session, applicant.status(), "--applicant");
  const absl::StatusOr<std::string> body = HoldBody(*applicant, command.slot);
  if (!body.ok()) return FailOnInput(session, body.status(), "--applicant");
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
  return ReportHold(session, *reply, std::move(key_file));
}

int ReserveAct(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> key = Key(command);
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
