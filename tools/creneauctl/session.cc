#include "tools/creneauctl/session.h"

#include <cstdio>

#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/forms.h"
#include "tools/creneauctl/replies.h"

namespace creneau::ctl {

void Session::Print(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!text.empty() && text.back() != '\n') std::fputc('\n', stdout);
}

void Session::Warn(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stderr);
  if (!text.empty() && text.back() != '\n') std::fputc('\n', stderr);
}

int Session::Fail(int exit_code, std::string_view message) const {
  if (command_.json) {
    Print(JsonObject({{"error", JsonText(message)}, {"exit_code", std::to_string(exit_code)}}));
  } else {
    Warn("creneauctl: " + std::string(message));
  }
  return exit_code;
}

int Session::FailToSend(const absl::Status& status) const {
  return Fail(kExitUnreachable, std::string(status.message()));
}

int Session::Refused(const HttpReply& reply) const {
  // Its disk failed under it while it wrote: the one refusal that is an I/O failure.
  const bool unknown = ProblemCode(reply.body) == "outcome-unknown";
  if (command_.json) {
    Print(reply.body);
  } else {
    Warn(RenderProblem(reply.status, reply.body));
  }
  return unknown ? kExitIo : kExitRefused;
}

}  // namespace creneau::ctl
