// receipt get: the signed receipt of an attempt, and its nonce, each into a file of its own. The
// attempt is as good as a key, so it is read from a file and not from an argument.
#include <utility>

#include "tools/creneauctl/documents.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/secrets.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

// `text`: the attempt alone, or a refusal that has it as `attempt`. Empty: neither.
std::string AttemptOf(std::string_view text) {
  const std::string_view given = Stripped(text);
  if (!given.empty() && given.front() == '{') return Text(ParseDocument(given), "attempt");
  return std::string(given);
}

std::string Render(const json::object& reply, const Command& command) {
  return "receipt       in " + command.out_file + ": " + Text(reply, "outcome") + ", " +
         Text(reply, "agenda") + ", " + Text(reply, "at") + ", week " + Text(reply, "iso_week") +
         "\nnonce         in " + command.nonce_file + ", for the applicant alone\n";
}

}  // namespace

int ReceiptGet(const Session& session) {
  const Command& command = session.command();
  const absl::StatusOr<std::string> text = ReadInput(command.file);
  if (!text.ok()) return session.Fail(kExitIo, std::string(text.status().message()));
  const std::string attempt = AttemptOf(*text);
  if (attempt.empty()) {
    return session.Fail(kExitUsage, command.file +
                                        " has no attempt: expected its 112 characters, or the "
                                        "refusal (JSON) that has them");
  }
  absl::StatusOr<SecretFile> receipt = SecretFile::Create(command.out_file);
  if (!receipt.ok()) return session.Fail(kExitIo, std::string(receipt.status().message()));
  absl::StatusOr<SecretFile> nonce = SecretFile::Create(command.nonce_file);
  if (!nonce.ok()) return session.Fail(kExitIo, std::string(nonce.status().message()));
  const absl::StatusOr<HttpReply> reply =
      session.client().SendRepeatable({"POST",
                                       "/v1/receipts",
                                       {{"Content-Type", "application/json"}},
                                       "{\"attempt\":" + JsonText(attempt) + "}"});
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  json::object said = ParseDocument(reply->body);
  absl::Status kept = receipt->Keep(Text(said, "receipt"));
  if (kept.ok()) kept = nonce->Keep(Text(said, "nonce"));
  if (!kept.ok()) return session.Fail(kExitIo, std::string(kept.message()));
  said.erase("receipt");
  said.erase("nonce");
  session.Print(command.json ? json::serialize(said) : Render(said, command));
  return kExitOk;
}

}  // namespace creneau::ctl
