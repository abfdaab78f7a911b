// A reply before it is bytes, and the bytes of it. One Reply per thread, used again for each
// request, so that its strings keep their capacity.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace creneau::http {

enum class ContentType : uint8_t {
  kNone,
  kJson,
  kProtobuf,
  kProblem,
  kCalendar,
  kMetrics,
  kText,
  kEventLines,   // a JSON object a line
  kEventStream,  // of browsers' EventSource
};
// Public answers may be a second old, or a minute where they change with the minute or less;
// whatever concerns a person, and every problem, is kept nowhere.
enum class Caching : uint8_t { kNoStore, kOneSecond, kOneMinute };

// Empties it, and leaves nothing of it in memory: replies name persons and tell keys.
void Wipe(std::string& text);

// Room for `more` octets behind what is there; where the text has to move for that, it leaves
// nothing behind.
void Widen(std::string& text, size_t more);

struct Reply {
  int status = 200;
  ContentType type = ContentType::kNone;
  Caching caching = Caching::kNoStore;
  std::string headers;  // whole lines beside the usual ones, each with its CRLF
  std::string body;
  // The body follows in chunks, from whoever takes the connection over.
  bool streamed = false;
  // A body that lies elsewhere until the reply is put together, instead of `body`.
  std::string_view kept_body;

  void Clear();
  // `value` is ours, never the client's: it is not checked for line ends.
  void AddHeader(std::string_view name, std::string_view value);
};

// How the reply goes out.
struct Framing {
  bool head_only = false;  // the request was HEAD: everything but the body
  bool close = false;      // last reply of this connection
  std::string_view date;   // as in the Date header
};

void AppendReply(std::string& out, const Reply& reply, const Framing& framing);

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// The statuses that replies have, in rising order.
inline constexpr std::array<int, 22> kStatuses = {200, 201, 202, 304, 400, 401, 403, 404,
                                                  405, 406, 408, 409, 410, 412, 413, 415,
                                                  422, 428, 429, 431, 503, 505};

// A reply's first line and the name of its second, which is Date. Empty: a status that we do not
// send.
std::string_view StatusLine(int status);

}  // namespace creneau::http
