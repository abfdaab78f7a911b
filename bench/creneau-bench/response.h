// What comes back, read in place: as much HTTP/1.1 as the engine and the floors speak, and strict
// about that, since a generator that guesses measures nothing. Pure functions; no allocation.
#pragma once

#include <cstddef>
#include <string_view>

namespace creneau::bench {

struct ReplyHead {
  int status = 0;
  size_t head_bytes = 0;  // the empty line included
  size_t body_bytes = 0;
  bool close = false;     // the server said that it closes after this one
  int retry_after_s = 0;  // 0: not said
};

enum class HeadRead {
  kDone,
  kMore,  // the head is not whole yet
  kBad,   // not HTTP/1.1 with one Content-Length: nothing on this connection can be believed
};

// Reads the head that `wire` begins with. A body that is chunked is kBad: none of the servers that
// are measured sends one. 204 and 304 have no body whatever they say.
HeadRead ReadHead(std::string_view wire, ReplyHead* head);

// The text of a JSON string member, wherever the object has it: `quoted` is its name with the
// quotes,
// "\"key\"". Empty when there is none. No escapes: names, keys, slots, states and codes have none.
std::string_view JsonText(std::string_view body, std::string_view quoted);
// The same for a whole number that is not negative; -1 when there is none.
long JsonNumber(std::string_view body, std::string_view quoted);

}  // namespace creneau::bench
