// agenda shift: free seats of one channel to another.
#include <boost/json.hpp>

#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {

int AgendaShift(const Session& session) {
  const Command& command = session.command();
  json::object body{{"from", command.from_channel}, {"to", command.to_channel}};
  if (command.seats > 0) body["seats"] = command.seats;
  if (!command.slot.empty()) body["slot"] = command.slot;
  if (!command.day.empty()) body["day"] = command.day;
  if (!command.until.empty()) body["until"] = command.until;
  // The engine says what would be moved: it knows what is free.
  const HttpRequest request{"POST",
                            "/v1/agendas/" + PercentEncode(command.agenda) + "/shift" +
                                (command.dry_run ? "?dry_run=1" : ""),
                            {{"Content-Type", "application/json"}},
                            json::serialize(body)};
  const absl::StatusOr<HttpReply> reply = session.client().Send(request);
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  if (command.json) {
    session.Print(reply->body);
    return kExitOk;
  }
  const json::object done = ParseDocument(reply->body);
  session.Print((command.dry_run ? "would move " : "moved ") + Text(done, "seats") + " seats of " +
                Text(done, "slots") + " slots from " + Text(done, "from") + " to " +
                Text(done, "to") + "; version " + Text(done, "version") + " is in force");
  return kExitOk;
}

}  // namespace creneau::ctl
