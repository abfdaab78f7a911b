#include "tools/creneauctl/reserve_input.h"

#include <utility>

#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/replies.h"
#include "tools/creneauctl/secrets.h"

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

}  // namespace

absl::StatusOr<std::string> Applicant(const Session& session) {
  const std::string& file = session.command().applicant_file;
  return file.empty() ? AskForApplicant(session) : ReadInput(file);
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

absl::StatusOr<std::string> HolderKey(const Command& command, const std::string& name) {
  return OneLine(
      command.key_file.empty() ? Ask("Key of " + name, Echo::kHidden) : ReadInput(command.key_file),
      "expected a key, one line of 22 characters");
}

Fields HowToRepeat(const std::string& idempotency_key) {
  return {{"idempotency_key", idempotency_key},
          {"repeat",
           "put this key into a file and give the same command again with --idempotency-key FILE; "
           "what was done is then answered, not done twice"}};
}

}  // namespace creneau::ctl
