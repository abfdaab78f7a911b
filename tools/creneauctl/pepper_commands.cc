// key peppers, new-pepper, retire: what applicants are hashed with. By the engine, which knows who
// uses which; a dry run asks it too.
#include <string>

#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/session.h"
#include "tools/creneauctl/table.h"

namespace creneau::ctl {
namespace {

std::string Names(const json::object& of) {
  std::string names;
  for (const json::value& name : Array(of, "agendas")) {
    if (!name.is_string()) continue;
    if (!names.empty()) names += ", ";
    names.append(name.as_string().data(), name.as_string().size());
  }
  return names;
}

// The verb that goes with Names, of one or of several.
std::string Agreeing(const json::object& of, const char* one, const char* many) {
  return Array(of, "agendas").size() == 1 ? one : many;
}

std::string RenderPeppers(std::string_view body) {
  const json::object reply = ParseDocument(body);
  Table table({Align::kRight, Align::kLeft, Align::kLeft});
  for (const json::value& value : Array(reply, "peppers")) {
    if (!value.is_object()) continue;
    const json::object& pepper = value.as_object();
    const std::string retired = Text(pepper, "retired_at");
    const std::string kept = Text(pepper, "retention_until");
    std::string state = Names(pepper);
    if (state.empty()) state = "no agenda";
    if (!retired.empty()) {
      state = "destroyed " + retired;
    } else if (!kept.empty()) {
      state += "; not to be retired before " + kept;
    }
    table.Row({Text(pepper, "epoch"), IsTrue(pepper, "newest") ? "newest" : "", state});
  }
  return table.Text();
}

std::string RenderRenewal(const Command& command, std::string_view body) {
  const json::object reply = ParseDocument(body);
  const bool dry_run = command.dry_run;
  std::string text;
  if (IsTrue(reply, "made"))
    text += "pepper " + Text(reply, "epoch") + (dry_run ? " would be made\n" : " is made\n");
  for (const json::value& value : Array(reply, "moved")) {
    if (!value.is_object()) continue;
    const json::object& group = value.as_object();
    text += Names(group) + (dry_run ? " would use" : Agreeing(group, " uses", " use")) +
            " pepper " + Text(reply, "epoch") + " from now on\n";
  }
  for (const json::value& value : Array(reply, "stayed")) {
    if (!value.is_object()) continue;
    const json::object& group = value.as_object();
    for (const json::value& because : Array(group, "because")) {
      if (!because.is_object()) continue;
      const json::object& why = because.as_object();
      const std::string count = Text(why, "count");
      const std::string until = Text(why, "until");
      text += Names(group) + Agreeing(group, " stays where it is: ", " stay where they are: ") +
              Text(why, "agenda") + " has " + Text(why, "what") +
              (count.empty() ? "" : " (" + count + ")") + (until.empty() ? "" : " until " + until) +
              "\n";
    }
  }
  if (text.empty()) return "all use it already\n";
  if (dry_run) return text + "nothing was changed";
  if (IsTrue(reply, "made"))
    text += "next          back up KEYS: without the new pepper no start recognises anybody\n";
  if (!Array(reply, "moved").empty())
    text += "next          import the rosters of these agendas anew, where they have one\n";
  return text;
}

std::string Path(const Command& command) { return "/v1/peppers/" + std::to_string(command.epoch); }

}  // namespace

int KeyPeppers(const Session& session) {
  const auto reply = session.client().SendRepeatable({"GET", "/v1/peppers", {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(session.command().json ? reply->body : RenderPeppers(reply->body));
  return kExitOk;
}

int KeyNewPepper(const Session& session) {
  const Command& command = session.command();
  std::string target = Path(command) + (command.dry_run ? "?dry_run=1" : "?dry_run=0");
  if (!command.agenda.empty()) target += "&agenda=" + PercentEncode(command.agenda);
  // Its number says which: a repeat finds it done.
  const auto reply = session.client().SendRepeatable({"PUT", target, {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  session.Print(command.json ? reply->body : RenderRenewal(command, reply->body));
  return kExitOk;
}

int KeyRetire(const Session& session) {
  const Command& command = session.command();
  const auto reply = session.client().SendRepeatable(
      {"DELETE", Path(command) + (command.dry_run ? "?dry_run=1" : ""), {}, ""});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  if (command.json) {
    session.Print(reply->body);
    return kExitOk;
  }
  const std::string pepper = "pepper " + std::to_string(command.epoch);
  session.Print(command.dry_run
                    ? pepper + " would be destroyed\nnothing was changed"
                    : pepper +
                          " is destroyed\nnext          destroy it in every backup of KEYS: "
                          "until then whoever has one can still find people in the log");
  return kExitOk;
}

}  // namespace creneau::ctl
