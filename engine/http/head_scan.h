// Finds the end of a request's head, and refuses octets that have no place in one, before any token
// is looked at. Beast would accept folded lines and leave the search for the end to us. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace creneau::http {

struct HeadScan {
  enum class Verdict { kNeedMore, kWhole, kBad };
  Verdict verdict = Verdict::kNeedMore;
  // kNeedMore: where to go on. kWhole: the length of the head, its empty line included.
  size_t at = 0;
  std::string_view problem;  // kBad: static text
};

// Looks at bytes[from..]; everything before `from` was accepted by an earlier call.
HeadScan ScanHead(std::string_view bytes, size_t from);

}  // namespace creneau::http
