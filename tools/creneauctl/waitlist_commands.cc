// waitlist join, show, leave; agenda close, reopen.
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "tools/creneauctl/asking.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/reserve_input.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

namespace json = boost::json;

void Line(std::string& out, const json::object& from, const char* name, const char* label) {
  const json::value* const value = from.if_contains(name);
  if (value == nullptr) return;
  std::string text(label);
  text.resize(14, ' ');
  out += text + (value->is_string() ? std::string(value->as_string()) : json::serialize(*value)) +
         "\n";
}

std::string Render(const json::object& place) {
  std::string out;
  Line(out, place, "place", "place");
  Line(out, place, "key", "key");
  Line(out, place, "agenda", "agenda");
  Line(out, place, "channel", "channel");
  Line(out, place, "state", "state");
  Line(out, place, "position", "position");
  if (!place.contains("position")) Line(out, place, "drawn_at", "drawn at");
  const json::value* const offer = place.if_contains("offer");
  if (offer == nullptr || !offer->is_object()) return out;
  Line(out, offer->as_object(), "slot", "offered");
  Line(out, offer->as_object(), "expires_at", "until");
  Line(out, offer->as_object(), "reservation", "reservation");
  Line(out, offer->as_object(), "key", "its key");
  return out;
}

std::optional<json::object> Object(const std::string& body) {
  json::error_code failed;
  json::value value = json::parse({body.data(), body.size()}, failed);
  if (failed || !value.is_object()) return std::nullopt;
  return value.as_object();
}

int Show(const Session& session, const std::string& body) {
  const std::optional<json::object> place = Object(body);
  session.Print(session.command().json || !place ? body : Render(*place));
  return kExitOk;
}

}  // namespace

int WaitlistJoin(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> plain = BodyForApplicant(session, "");
  if (!plain.ok()) return FailOnInput(session, plain.status(), "--applicant");
  json::object body = json::parse(*plain).as_object();
  if (!command.channel.empty()) body["channel"] = command.channel;
  return AskFor(session,
                "/v1/agendas/" + PercentEncode(command.agenda) +
                    (command.channel.empty() ? "/waitlist" : "/places"),
                json::serialize(body), [](const std::string& reply, bool /*key_kept*/) {
                  const std::optional<json::object> place = Object(reply);
                  return place ? Render(*place) : reply;
                });
}

int WaitlistPlace(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> key = HolderKey(command, command.place);
  if (!key.ok()) return FailOnInput(session, key.status(), "--key-file");
  const HttpRequest request{command.verb == Verb::kWaitlistLeave ? "DELETE" : "GET",
                            "/v1/waitlist/" + PercentEncode(command.place),
                            {{"Creneau-Key", *key}},
                            ""};
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  return Show(session, reply->body);
}

namespace {

// What the numbers do not say, for whoever has closed or opened a day.
std::string WordsOf(const json::object& answer, bool closes) {
  const json::value* const existed = answer.if_contains("existed");
  const bool was_so = existed != nullptr && existed->is_bool() && existed->as_bool();
  if (!closes) {
    if (was_so) return "it was not closed\n";
    return "its slots come back when the agenda is published the next time: agenda publish\n";
  }
  std::string words = was_so ? "it was closed already\n" : "";
  const json::value* const slots = answer.if_contains("slots");
  if (slots != nullptr && json::serialize(*slots) == "0" && !was_so) {
    words +=
        "no slot of the agenda is on that day: what is published later for it is left out, until "
        "agenda reopen\n";
  }
  return words;
}

}  // namespace

int AgendaClose(const Session& session) {
  const Command& command = session.command();
  json::object body = {{"day", command.day}};
  if (!command.reason.empty()) body["reason"] = command.reason;
  const HttpRequest request{"POST",
                            "/v1/agendas/" + PercentEncode(command.agenda) +
                                (command.verb == Verb::kAgendaClose ? "/close" : "/reopen") +
                                (command.dry_run ? "?dry_run=1" : ""),
                            {{"Content-Type", "application/json"}},
                            json::serialize(body)};
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  const std::optional<json::object> answer = Object(reply->body);
  if (command.json || !answer) {
    session.Print(reply->body);
    return kExitOk;
  }
  std::string text;
  Line(text, *answer, "day", "day");
  Line(text, *answer, "closed", "closed");
  if (command.verb == Verb::kAgendaClose) {
    Line(text, *answer, "slots", "slots");
    Line(text, *answer, "seats_withdrawn", "seats gone");
    Line(text, *answer, "displaced", "displaced");
  }
  text += WordsOf(*answer, command.verb == Verb::kAgendaClose);
  if (command.dry_run) text += "nothing was done\n";
  session.Print(text);
  return kExitOk;
}

}  // namespace creneau::ctl
