// events: what has happened in the engine, a line of JSON for each, and what happens.
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/creneauctl/exit_code.h"
#include "tools/creneauctl/session.h"

namespace creneau::ctl {
namespace {

// Prints whole lines: what is cut off in the middle of one comes again after the one before it.
class LinePrinter {
 public:
  explicit LinePrinter(const Session& session) : session_(session) {}

  // False: nobody reads any more.
  bool Take(std::string_view text) {
    rest_ += text;
    const size_t end = rest_.rfind('\n');
    if (end == std::string::npos) return true;
    session_.Print(std::string_view(rest_).substr(0, end + 1));
    rest_.erase(0, end + 1);
    return std::fflush(stdout) == 0;
  }

 private:
  const Session& session_;
  std::string rest_;
};

}  // namespace

int Events(const Session& session) {
  const Command& command = session.command();
  HttpRequest request{"GET", absl::StrCat("/v1/events?after=", command.after_lsn), {}, ""};
  if (!command.agenda.empty())
    absl::StrAppend(&request.target, "&agenda=", PercentEncode(command.agenda));
  if (!command.follow) absl::StrAppend(&request.target, "&wait_s=0");
  LinePrinter printer(session);
  const absl::StatusOr<HttpReply> reply = session.client().Follow(
      request, [&printer](std::string_view text) { return printer.Take(text); });
  if (!reply.ok()) return session.FailToSend(reply.status());
  if (!IsSuccess(*reply)) return session.Refused(*reply);
  if (!command.follow || std::ferror(stdout) != 0) return kExitOk;  // main says what stdout was
  return session.Fail(kExitUnreachable,
                      "the engine has ended the stream; go on after the last line's lsn");
}

}  // namespace creneau::ctl
