#include "http/reply.h"

#include <string.h>

#include <algorithm>

#include "base/check.h"
#include "http/pen.h"

namespace creneau::http {
namespace {

constexpr size_t kUsualBodyBytes = 2048;
// More than the lines that AppendReply adds to a reply's own.
constexpr size_t kMostLines = 320;

// Everything is put together from whole lines, so that a head is a few copies.
std::string_view ContentLines(ContentType type) {
  switch (type) {
    case ContentType::kNone:
      return "\r\nContent-Length: ";
    case ContentType::kJson:
      return "\r\nContent-Type: application/json\r\nContent-Length: ";
    case ContentType::kProtobuf:
      return "\r\nContent-Type: application/x-protobuf\r\nContent-Length: ";
    case ContentType::kProblem:
      return "\r\nContent-Type: application/problem+json\r\nContent-Length: ";
    case ContentType::kCalendar:
      return "\r\nContent-Type: text/calendar; charset=utf-8\r\nContent-Length: ";
    case ContentType::kMetrics:
      return "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: ";
    case ContentType::kEventLines:
      return "\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked";
    case ContentType::kEventStream:
      return "\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked";
    case ContentType::kText:
      return "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ";
  }
  CHECK(false);
}

std::string_view CachingLine(Caching caching) {
  switch (caching) {
    case Caching::kNoStore:
      return "\r\nCache-Control: no-store\r\n";
    case Caching::kOneSecond:
      return "\r\nCache-Control: max-age=1\r\n";
    case Caching::kOneMinute:
      return "\r\nCache-Control: max-age=60\r\n";
  }
  CHECK(false);
}

}  // namespace

std::string_view StatusLine(int status) {
  switch (status) {
    case 200:
      return "HTTP/1.1 200 OK\r\nDate: ";
    case 201:
      return "HTTP/1.1 201 Created\r\nDate: ";
    case 202:
      return "HTTP/1.1 202 Accepted\r\nDate: ";
    case 304:
      return "HTTP/1.1 304 Not Modified\r\nDate: ";
    case 400:
      return "HTTP/1.1 400 Bad Request\r\nDate: ";
    case 401:
      return "HTTP/1.1 401 Unauthorized\r\nDate: ";
    case 403:
      return "HTTP/1.1 403 Forbidden\r\nDate: ";
    case 404:
      return "HTTP/1.1 404 Not Found\r\nDate: ";
    case 405:
      return "HTTP/1.1 405 Method Not Allowed\r\nDate: ";
    case 406:
      return "HTTP/1.1 406 Not Acceptable\r\nDate: ";
    case 408:
      return "HTTP/1.1 408 Request Timeout\r\nDate: ";
    case 409:
      return "HTTP/1.1 409 Conflict\r\nDate: ";
    case 410:
      return "HTTP/1.1 410 Gone\r\nDate: ";
    case 412:
      return "HTTP/1.1 412 Precondition Failed\r\nDate: ";
    case 413:
      return "HTTP/1.1 413 Content Too Large\r\nDate: ";
    case 415:
      return "HTTP/1.1 415 Unsupported Media Type\r\nDate: ";
    case 422:
      return "HTTP/1.1 422 Unprocessable Content\r\nDate: ";
    case 428:
      return "HTTP/1.1 428 Precondition Required\r\nDate: ";
    case 429:
      return "HTTP/1.1 429 Too Many Requests\r\nDate: ";
    case 431:
      return "HTTP/1.1 431 Request Header Fields Too Large\r\nDate: ";
    case 503:
      return "HTTP/1.1 503 Service Unavailable\r\nDate: ";
    case 505:
      return "HTTP/1.1 505 HTTP Version Not Supported\r\nDate: ";
    default:
      return "";
  }
}

void Wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

void Widen(std::string& text, size_t more) {
  if (text.capacity() - text.size() >= more) return;
  std::string wider;
  wider.reserve(std::max(text.size() + more, 2 * text.capacity()));
  wider.append(text);
  Wipe(text);
  text.swap(wider);
}

void Reply::Clear() {
  // What grows leaves a copy behind: what is said of a person fits without growing.
  if (body.capacity() < kUsualBodyBytes) body.reserve(kUsualBodyBytes);
  status = 200;
  type = ContentType::kNone;
  caching = Caching::kNoStore;
  streamed = false;
  Wipe(headers);
  Wipe(body);
  kept_body = {};
}

void Reply::AddHeader(std::string_view name, std::string_view value) {
  headers.append(name).append(": ").append(value).append("\r\n");
}

void AppendReply(std::string& out, const Reply& reply, const Framing& framing) {
  // RFC 9110 15.4.5: a 304 speaks of a body that it does not carry.
  const bool may_have_body = reply.status != 304;
  const std::string_view body = reply.body.empty() ? reply.kept_body : reply.body;
  const std::string_view first = StatusLine(reply.status);
  CHECK(!first.empty());
  Widen(out, kMostLines + reply.headers.size() + body.size());
  {
    Pen pen(out, kMostLines + reply.headers.size());
    pen.Text(first).Text(framing.date);
    if (may_have_body) {
      pen.Text(ContentLines(reply.type));
      if (!reply.streamed) pen.Number(static_cast<int64_t>(body.size()));
    }
    pen.Text(CachingLine(reply.caching)).Text(reply.headers);
    pen.Text(framing.close ? "Connection: close\r\n\r\n" : "\r\n");
  }
  if (may_have_body && !framing.head_only) out.append(body);
}

}  // namespace creneau::http
