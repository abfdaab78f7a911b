// mandate new, approve, list, due, withdraw: seats that a court has ordered. What the decision says
// and whom it is about come from files or stdin, never from arguments.
#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/made_files.h"
#include "tools/creneauctl/reserve_input.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

std::string Line(const json::object& mandate) {
  std::string line = Text(mandate, "mandate") + "  " + Text(mandate, "mandate_state") + " in " +
                     Text(mandate, "agenda") + ", " + Text(mandate, "court") + " of " +
                     Text(mandate, "date") + ", by " + Text(mandate, "deadline") + " (" +
                     Text(mandate, "days_left") + " days), " + Text(mandate, "penalty_eur") +
                     " EUR a day, entered by " + Text(mandate, "proposed_by");
  for (const char* by : {"approved_by", "withdrawn_by"}) {
    const std::string person = Text(mandate, by);
    if (!person.empty())
      line += std::string(", ") + (by[0] == 'a' ? "approved" : "withdrawn") + " by " + person;
  }
  const std::string seat = Text(mandate, "seat");
  if (!seat.empty()) line += ", seat: " + seat;
  const std::string decision = Text(mandate, "decision");
  return decision.empty() ? line : line + "\n    " + decision;
}

int Send(const Session& session, const HttpRequest& request) {
  if (session.command().dry_run) {
    session.Print(DescribeRequest(request, session.command().json));
    return kExitOk;
  }
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  if (session.command().json) {
    session.Print(reply->body);
    return kExitOk;
  }
  const json::object mandate = ParseDocument(reply->body);
  session.Print(Line(mandate));
  if (Text(mandate, "mandate_state") == "proposed")
    session.Print("next          a colleague: creneauctl mandate approve " +
                  Text(mandate, "mandate"));
  return kExitOk;
}

}  // namespace

int MandateNew(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> applicant = Applicant(session);
  if (!applicant.ok()) return FailOnInput(session, applicant.status(), "--applicant");
  const absl::StatusOr<std::string> hold = HoldBody(*applicant, "");
  if (!hold.ok()) return FailOnInput(session, hold.status(), "--applicant");
  const absl::StatusOr<std::string> decision = ReadInput(command.decision_file);
  if (!decision.ok()) return FailOnInput(session, decision.status(), "--decision");
  json::object body = json::parse(*hold).as_object();
  const std::string_view text = Stripped(*decision);
  body["agenda"] = command.agenda;
  body["court"] = command.court;
  body["decision"] = json::string_view(text.data(), text.size());
  body["date"] = command.day;
  body["deadline"] = command.until;
  body["penalty_eur"] = command.penalty_eur;
  return Send(
      session,
      {"POST", "/v1/mandates", {{"Content-Type", "application/json"}}, json::serialize(body)});
}

int MandateEnd(const Session& session) {
  return Send(session, {"DELETE", "/v1/mandates/" + PercentEncode(session.command().act), {}, ""});
}

int MandateApprove(const Session& session) {
  const Command& command = session.command();
  const HttpRequest request{
      "POST", "/v1/mandates/" + PercentEncode(command.act) + "/approve", {}, ""};
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  absl::StatusOr<MadeFiles> files = MadeFiles::Create(command);
  if (!files.ok()) return session.Fail(kExitIo, std::string(files.status().message()));
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  return files->Report(session, reply->body);
}

int MandateList(const Session& session) {
  const Command& command = session.command();
  const std::string due = command.due_days < 0 ? "" : "?due=" + std::to_string(command.due_days);
  const absl::StatusOr<HttpReply> reply =
      session.client().Send({"GET", "/v1/mandates" + due, {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  if (command.json) {
    session.Print(reply->body);
    return kExitOk;
  }
  const json::object all = ParseDocument(reply->body);
  if (Array(all, "mandates").empty())
    session.Print(due.empty() ? "there is no mandate" : "no mandate is due");
  for (const json::value& mandate : Array(all, "mandates")) {
    if (mandate.is_object()) session.Print(Line(mandate.as_object()));
  }
  return kExitOk;
}

}  // namespace creneau::ctl
