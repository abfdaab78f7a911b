// A refusal put together once, to be given to many: what a thread says that has no time. One for
// each Retry-After of a range, given in turn, so that those who are refused together do not come
// back together. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/problem.h"
#include "http/reply.h"

namespace creneau::http {

class ReadyReplies {
 public:
  // Retry-After is each of the seconds `first_s` to `last_s`, whatever the problem says of it.
  ReadyReplies(const Problem& problem, int first_s, int last_s);

  int status() const { return status_; }
  // The next one. Does not allocate where `out` has room.
  void Append(std::string& out, const Framing& framing);

 private:
  int status_;
  std::string_view first_;          // the first line, up to the date
  std::vector<std::string> lines_;  // the others but Connection, for each Retry-After
  std::string body_;
  size_t next_ = 0;
};

}  // namespace creneau::http
