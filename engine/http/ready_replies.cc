#include "http/ready_replies.h"

#include "base/check.h"

namespace creneau::http {

ReadyReplies::ReadyReplies(const Problem& problem, int first_s, int last_s)
    : status_(AdviceFor(problem.outcome).status), first_(StatusLine(status_)) {
  CHECK(first_s <= last_s && !first_.empty());
  for (int after_s = first_s; after_s <= last_s; ++after_s) {
    Problem one = problem;
    one.retry_after_s = after_s;
    Reply reply;
    WriteProblem(reply, one, Instant{});
    std::string bytes;
    AppendReply(bytes, reply, {.head_only = true, .close = false, .date = {}});
    // The empty line comes again when it is given, behind what the connection needs.
    CHECK(bytes.starts_with(first_) && bytes.ends_with("\r\n\r\n"));
    lines_.push_back(bytes.substr(first_.size(), bytes.size() - first_.size() - 2));
    body_ = reply.body;
  }
}

void ReadyReplies::Append(std::string& out, const Framing& framing) {
  constexpr std::string_view kClose = "Connection: close\r\n";
  const std::string& lines = lines_[next_];
  next_ = (next_ + 1) % lines_.size();
  Widen(out, first_.size() + framing.date.size() + lines.size() + kClose.size() + 2 + body_.size());
  out.append(first_).append(framing.date).append(lines);
  if (framing.close) out.append(kClose);
  out.append("\r\n");
  if (!framing.head_only) out.append(body_);
}

}  // namespace creneau::http
