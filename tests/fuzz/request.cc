// http::RequestReader: a stream of bytes as a connection receives it. The last byte of the input
// seeds how the stream is cut. Asserted: the cuts do not change what is read; and what is read as a
// request is one by a second, simple-minded reading, which knows only RFC 9112 and the profile.

#include <cctype>

#include "base/limits.h"
#include "base/prng.h"
#include "http/parser.h"
#include "tests/fuzz/fuzz.h"

namespace creneau::http {
namespace {

constexpr size_t kMaxBody = 600;  // small, so that a short input reaches both sides of it

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
  });
}

// Ends the program unless the first `consumed` bytes are a request in one way only.
void CheckFraming(std::string_view stream, size_t consumed, const Request& request) {
  CHECK(consumed <= stream.size());
  const size_t end = stream.find("\r\n\r\n");
  CHECK(end != std::string_view::npos && end + 4 <= limits::kMaxHeaderBytes);
  fuzz::Source lines(stream.substr(0, end + 2));
  const std::string_view first = lines.Until('\n');
  const size_t target_at = first.find(' ') + 1;
  CHECK(IsToken(first.substr(0, target_at - 1)));
  CHECK(first.substr(target_at) == std::string(request.target) + " HTTP/1.1\r");
  CHECK(request.target.front() == '/' && request.target.size() <= limits::kMaxTargetBytes);
  size_t hosts = 0;
  size_t length = 0;
  size_t lengths = 0;
  size_t count = 0;
  while (!lines.empty()) {
    std::string_view line = lines.Until('\n');
    CHECK(!line.empty() && line.back() == '\r');
    line.remove_suffix(1);
    for (const char c : line) CHECK(c == '\t' || static_cast<unsigned char>(c) >= 0x20);
    const size_t colon = line.find(':');
    CHECK(colon != std::string_view::npos);
    CHECK(IsToken(line.substr(0, colon)));
    const std::string name = Lower(line.substr(0, colon));
    const std::string_view value = Trim(line.substr(colon + 1));
    CHECK(++count <= limits::kMaxHeaders);
    CHECK(name != "transfer-encoding");
    if (name == "host") ++hosts;
    if (name != "content-length") continue;
    ++lengths;
    CHECK(!value.empty());
    for (const char c : value) {
      CHECK(c >= '0' && c <= '9');
      length = length * 10 + static_cast<size_t>(c - '0');
      CHECK(length <= kMaxBody);
    }
  }
  CHECK(hosts == 1 && lengths <= 1);
  CHECK(consumed == end + 4 + length);
  CHECK(request.body == stream.substr(end + 4, length));
}

void Add(std::string& out, std::string_view text) {
  out += text.data() == nullptr ? "-" : std::to_string(text.size()) + ":" + std::string(text);
  out += '\n';
}

// All that the reader says of a stream, as text. `cuts` null: the stream comes whole.
std::string Listen(std::string_view stream, Prng* cuts) {
  RequestReader reader(kMaxBody);
  std::string told;
  size_t from = 0;      // where the request that is being read begins
  size_t received = 0;  // of the stream
  bool asked = false;   // whether the client of this request waits for 100 Continue
  while (received < stream.size()) {
    const uint64_t most = cuts == nullptr ? stream.size() : uint64_t{1} << cuts->Below(9);
    received = cuts == nullptr ? stream.size()
                               : std::min<size_t>(stream.size(), received + 1 + cuts->Below(most));
    for (;;) {
      // What lay in another buffer a moment ago may not be read there any more.
      const fuzz::Copy bytes(stream.substr(from, received - from));
      Request request;
      const RequestReader::Step step = reader.Read(bytes.view(), request);
      if (step == RequestReader::Step::kRefused) {
        Add(told, reader.refusal().detail);
        return told + "refused " + std::to_string(static_cast<int>(reader.refusal().outcome));
      }
      if (step == RequestReader::Step::kNeedMore) {
        const bool waits = reader.TakeContinue();
        CHECK(!waits || (reader.in_body() && !asked));
        asked = asked || waits;
        break;
      }
      CheckFraming(stream.substr(from), reader.consumed(), request);
      told += std::to_string(static_cast<int>(request.method)) + (request.head ? "h" : "") +
              (request.keep_alive ? "k" : "") + "\n";
      for (const std::string_view part :
           {request.target, request.content_type, request.accept, request.if_match,
            request.if_none_match, request.creneau_key, request.idempotency_key, request.body})
        Add(told, part);
      from += reader.consumed();
      asked = false;
      if (from == received) break;
    }
  }
  return told + (reader.in_body() ? "in body" : "");
}

}  // namespace
}  // namespace creneau::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creneau;
  if (size == 0) return 0;
  const std::string_view stream = fuzz::Text(data, size - 1);
  const std::string whole = http::Listen(stream, nullptr);
  Prng cuts(data[size - 1]);
  CHECK(http::Listen(stream, &cuts) == whole);
  return 0;
}
