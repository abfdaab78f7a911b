#include "tools/creneauctl/session.h"

#include <cstdio>

#include "tools/creneauctl/exit_code.h"
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

void Session::WarnMore(const Fields& more) const {
  for (const auto& [name, text] : more) Warn(name + ": " + text);
}

int Session::Fail(int exit_code, std::string_view message, const Fields& more) const {
  if (command_.json) {
    Fields members = {{"error", JsonText(message)}, {"exit_code", std::to_string(exit_code)}};
    for (const auto& [name, text] : more) members.emplace_back(name, JsonText(text));
    Print(JsonObject(members));
  } else {
    Warn("creneauctl: " + std::string(message));
    WarnMore(more);
  }
  return exit_code;
}

int Session::FailToSend(const absl::Status& status, const Fields& more) const {
  return Fail(kExitUnreachable, std::string(status.message()), more);
}

int Session::Refused(const HttpReply& reply, const Fields& more) const {
  // Its disk failed under it while it wrote: the one refusal that is an I/O failure.
  const bool unknown = ProblemCode(reply.body) == "outcome-unknown";
  if (command_.json) {
    Print(more.empty() ? reply.body : WithMembers(reply.body, more));
  } else {
    Warn(RenderProblem(reply.status, reply.body));
    WarnMore(more);
  }
  return unknown ? kExitIo : kExitRefused;
}

}  // namespace creneau::ctl
