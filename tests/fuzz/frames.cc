// How http::RequestReader frames streams of bytes, for nginx_test.py: a stream is four octets of
// length (big-endian) and its bytes, on standard input; the answer is one line of JSON on standard
// output: {"requests": [[method, target, body in hexadecimal], ...], "end": "refused" | "waiting" |
// "closed" | "clean"}.

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>

#include "base/limits.h"
#include "base/text.h"
#include "http/json.h"
#include "http/parser.h"

namespace creneau::http {
namespace {

std::string_view MethodName(const Request& request) {
  switch (request.method) {
    case Method::kGet:
      return request.head ? "HEAD" : "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kDelete:
      return "DELETE";
    case Method::kOther:
      break;
  }
  return "other";
}

// Adds the requests to `json`; how the stream ends, as the connection would see it.
std::string_view Frame(std::string_view stream, JsonWriter& json) {
  RequestReader reader(limits::kMaxBodyBytes);
  while (!stream.empty()) {
    Request request;
    const RequestReader::Step step = reader.Read(stream, request);
    if (step == RequestReader::Step::kRefused) return "refused";
    if (step == RequestReader::Step::kNeedMore) return "waiting";
    json.Array().String(MethodName(request)).String(request.target);
    json.String(
        Hex(std::span(reinterpret_cast<const uint8_t*>(request.body.data()), request.body.size())));
    json.EndArray();
    if (!request.keep_alive) return "closed";
    stream.remove_prefix(reader.consumed());
  }
  return "clean";
}

bool ReadStream(std::string& stream) {
  uint8_t length[4];
  if (std::fread(length, 1, sizeof length, stdin) != sizeof length) return false;
  stream.resize(static_cast<size_t>(length[0]) << 24 | static_cast<size_t>(length[1]) << 16 |
                static_cast<size_t>(length[2]) << 8 | length[3]);
  return std::fread(stream.data(), 1, stream.size(), stdin) == stream.size();
}

}  // namespace
}  // namespace creneau::http

int main() {
  using namespace creneau::http;
  std::string stream;
  while (ReadStream(stream)) {
    std::string out;
    JsonWriter json(out);
    json.Object().Name("requests").Array();
    const std::string_view end = Frame(stream, json);
    json.EndArray().Name("end").String(end).EndObject();
    std::puts(out.c_str());
  }
  return 0;
}
