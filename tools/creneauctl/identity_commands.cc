// reserve lookup, recover, link, correct, repair; act list, approve, withdraw: what agents do about
// whose reservation it is. Who is concerned is read from files, never from arguments, and never
// printed.
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

namespace json = boost::json;

std::string Text(const json::object& object, const char* name) {
  const json::value* const value = object.if_contains(name);
  const json::string* const text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : std::string(text->data(), text->size());
}

std::optional<json::object> Object(std::string_view body) {
  json::error_code failed;
  json::value value = json::parse({body.data(), body.size()}, failed);
  if (failed || !value.is_object()) return std::nullopt;
  return value.as_object();
}

// What the members of an object name, one applicant after the other; a status says what was
// expected.
absl::StatusOr<json::object> Applicants(const Session& session) {
  const Command& command = session.command();
  json::object body;
  const auto add = [&](const char* member, const std::string& file) -> absl::Status {
    const absl::StatusOr<std::string> text = ReadInput(file);
    if (!text.ok()) return text.status();
    const absl::StatusOr<std::string> hold = HoldBody(*text, "");
    if (!hold.ok())
      return absl::InvalidArgumentError(file + ": " + std::string(hold.status().message()));
    body[member] = json::parse(*hold).as_object().at("applicant");
    return absl::OkStatus();
  };
  if (const absl::Status status = add("applicant", command.applicant_file); !status.ok())
    return status;
  if (!command.other_applicant_file.empty()) {
    const char* const member = command.verb == Verb::kReserveLink ? "same_as" : "booked";
    if (const absl::Status status = add(member, command.other_applicant_file); !status.ok())
      return status;
  }
  if (!command.reason.empty()) body["reason"] = command.reason;
  return body;
}

std::string Target(const Command& command) {
  const std::string agenda = "/v1/agendas/" + PercentEncode(command.agenda);
  const std::string reservation = "/v1/reservations/" + PercentEncode(command.reservation);
  switch (command.verb) {
    case Verb::kReserveLookup:
      return agenda + "/lookup";
    case Verb::kReserveRecover:
      return agenda + "/recoveries";
    case Verb::kReserveLink:
      return agenda + "/links";
    case Verb::kReserveCorrect:
      return reservation + "/corrections";
    default:
      return reservation + "/repairs";
  }
}

void Report(const Session& session, const std::string& body) {
  const Command& command = session.command();
  if (command.json) return session.Print(body);
  const std::optional<json::object> object = Object(body);
  if (!object) return session.Print(body);
  if (object->contains("act")) session.Print(RenderAct(body));
  if (object->contains("reservation")) {
    session.Print(RenderReservation(body));
  } else if (command.verb == Verb::kReserveLookup) {
    session.Print("this applicant has no reservation");
  } else if (command.verb == Verb::kReserveRecover) {
    session.Print("accepted: the website writes to the holder, if there is one");
  } else if (command.verb == Verb::kReserveLink && !object->contains("act")) {
    session.Print(object->contains("existed") ? "they were one person already"
                                              : "they are one person from now on");
  }
  if (Text(*object, "what").empty() || object->contains("approved_by") ||
      object->contains("withdrawn_by"))
    return;
  session.Print("next          a colleague: creneauctl act approve " + Text(*object, "act"));
}

int SendAndReport(const Session& session, const HttpRequest& request) {
  if (session.command().dry_run) {
    session.Print(DescribeRequest(request, session.command().json));
    return kExitOk;
  }
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  Report(session, reply->body);
  return kExitOk;
}

}  // namespace

int ReserveIdentity(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<json::object> body = Applicants(session);
  if (!body.ok()) {
    return session.Fail(absl::IsInvalidArgument(body.status()) ? kExitUsage : kExitIo,
                        std::string(body.status().message()));
  }
  const HttpRequest request{
      "POST", Target(command), {{"Content-Type", "application/json"}}, json::serialize(*body)};
  return SendAndReport(session, request);
}

int ActList(const Session& session) {
  const absl::StatusOr<HttpReply> reply = session.client().Send({"GET", "/v1/acts", {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  const std::optional<json::object> object = Object(reply->body);
  const json::value* const acts = object ? object->if_contains("acts") : nullptr;
  if (session.command().json || acts == nullptr || !acts->is_array()) {
    session.Print(reply->body);
    return kExitOk;
  }
  if (acts->as_array().empty()) session.Print("nothing waits for a second person");
  for (const json::value& act : acts->as_array()) {
    if (act.is_object()) session.Print(RenderAct(json::serialize(act)));
  }
  return kExitOk;
}

int ActWithdraw(const Session& session) {
  const Command& command = session.command();
  const HttpRequest request{"DELETE", "/v1/acts/" + PercentEncode(command.act), {}, ""};
  return SendAndReport(session, request);
}

int ActApprove(const Session& session) {
  const Command& command = session.command();
  const HttpRequest request{"POST", "/v1/acts/" + PercentEncode(command.act) + "/approve", {}, ""};
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  std::optional<SecretFile> key_file;
  if (const absl::Status made = CreateIfNamed(command.key_file, &key_file); !made.ok())
    return session.Fail(kExitIo, std::string(made.message()));
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  const std::string key = KeyOf(reply->body);
  if (!key_file || key.empty()) {
    Report(session, reply->body);
    return kExitOk;
  }
  if (const absl::Status kept = key_file->Keep(key); !kept.ok()) {
    session.Warn(std::string(kept.message()) + "; the key is shown instead");
    Report(session, reply->body);
    return kExitIo;
  }
  Report(session, WithoutKey(reply->body));
  if (!command.json)
    session.Print("key           in " + command.key_file + ", for the owner alone");
  return kExitOk;
}

}  // namespace creneau::ctl
