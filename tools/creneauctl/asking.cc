#include "tools/creneauctl/asking.h"

#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/proof_work.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/reserve_input.h"
#include "tools/creneauctl/secrets.h"

namespace creneau::ctl {
namespace {

// Once more with a proof of work, where that is what the engine asks for. The same Idempotency-Key
// stands for it, since nothing was done.
absl::StatusOr<HttpReply> SendWithProof(const Session& session, HttpRequest request) {
  absl::StatusOr<HttpReply> reply = session.client().SendRepeatable(request);
  if (!reply.ok() || ProblemCode(reply->body) != "proof-of-work-required") return reply;
  const json::object refusal = ParseDocument(reply->body);
  const std::optional<std::string> proof = SolveChallenge(Object(refusal, "challenge"));
  if (!proof) return reply;
  json::object body = ParseDocument(request.body);
  body["proof"] = *proof;
  request.body = json::serialize(body);
  return session.client().SendRepeatable(request);
}

}  // namespace

absl::StatusOr<std::string> BodyForApplicant(const Session& session, std::string_view slot) {
  const absl::StatusOr<std::string> applicant = Applicant(session);
  if (!applicant.ok()) return applicant.status();
  return HoldBody(*applicant, slot);
}

int AskFor(const Session& session, const std::string& target, const std::string& body,
           const ReportAsked& report) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> idempotency_key = IdempotencyKey(command);
  if (!idempotency_key.ok())
    return FailOnInput(session, idempotency_key.status(), "--idempotency-key");
  const HttpRequest request{
      "POST",
      target,
      {{"Content-Type", "application/json"}, {"Idempotency-Key", *idempotency_key}},
      body};
  if (command.dry_run) {
    session.Print(DescribeRequest(request, command.json));
    return kExitOk;
  }
  std::optional<SecretFile> key_file;
  if (const absl::Status made = CreateIfNamed(command.key_file, &key_file); !made.ok())
    return session.Fail(kExitIo, std::string(made.message()));
  const absl::StatusOr<HttpReply> reply = SendWithProof(session, request);
  const Fields repeat = HowToRepeat(*idempotency_key);
  if (!reply.ok())
    return session.FailToSend(reply.status(),
                              absl::IsUnavailable(reply.status()) ? Fields() : repeat);
  // Any 503: it may have come to the second attempt, when the first was lost.
  if (!IsSuccess(*reply)) return session.Refused(*reply, reply->status == 503 ? repeat : Fields());
  const absl::Status kept = key_file ? key_file->Keep(KeyOf(reply->body)) : absl::OkStatus();
  if (!kept.ok()) session.Warn(std::string(kept.message()) + "; the key is shown instead");
  const bool in_file = key_file && kept.ok();
  const std::string shown = in_file ? WithoutKey(reply->body) : reply->body;
  session.Print(command.json ? shown : report(shown, in_file));
  return kept.ok() ? kExitOk : kExitIo;
}

}  // namespace creneau::ctl
