// reserve desk: what an agent or a helper books for whoever calls, comes or writes.
#include <boost/json.hpp>

#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/made_files.h"
#include "tools/creneauctl/reserve_input.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {

int ReserveDesk(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> applicant = Applicant(session);
  if (!applicant.ok()) return FailOnInput(session, applicant.status(), "--applicant");
  const absl::StatusOr<std::string> hold = HoldBody(*applicant, command.slot);
  if (!hold.ok()) return FailOnInput(session, hold.status(), "--applicant");
  if (IsOfFamily(*hold) && (!command.key_file.empty() || !command.ics_file.empty()))
    return session.Fail(kExitUsage,
                        "--key-file, --ics: of a family each has their own; leave it out");
  boost::json::object body = boost::json::parse(*hold).as_object();
  body["channel"] = command.channel;
  const absl::StatusOr<std::string> key = IdempotencyKey(command);
  if (!key.ok()) return FailOnInput(session, key.status(), "--idempotency-key");

  HttpRequest request{"POST",
                      "/v1/agendas/" + PercentEncode(command.agenda) + "/desk",
                      {{"Content-Type", "application/json"}, {"Idempotency-Key", *key}},
                      boost::json::serialize(body)};
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  absl::StatusOr<MadeFiles> files = MadeFiles::Create(command);
  if (!files.ok()) return session.Fail(kExitIo, std::string(files.status().message()));
  const absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  const Fields repeat = HowToRepeat(*key);
  if (!reply.ok()) {
    const bool sent = !absl::IsUnavailable(reply.status());
    return session.FailToSend(reply.status(), sent ? repeat : Fields());
  }
  // Any 503: it may have come to the second attempt, when the first was lost.
  if (!IsSuccess(*reply)) return session.Refused(*reply, reply->status == 503 ? repeat : Fields());
  return files->Report(session, reply->body);
}

}  // namespace creneau::ctl
