#include "http/reply.h"

#include "base/check.h"
#include "http/text.h"

namespace creneau::http {
namespace {

std::string_view ContentTypeText(ContentType type) {
  switch (type) {
    case ContentType::kNone:
      return "";
    case ContentType::kJson:
      return "application/json";
    case ContentType::kProblem:
      return "application/problem+json";
    case ContentType::kCalendar:
      return "text/calendar; charset=utf-8";
    case ContentType::kMetrics:
      return "text/plain; version=0.0.4; charset=utf-8";
  }
  CHECK(false);
}

std::string_view CachingText(Caching caching) {
  switch (caching) {
    case Caching::kNoStore:
      return "no-store";
    case Caching::kOneSecond:
      return "max-age=1";
  }
  CHECK(false);
}

void AppendLine(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

void Reply::Clear() {
  status = 200;
  type = ContentType::kNone;
  caching = Caching::kNoStore;
  headers.clear();
  body.clear();
}

void Reply::AddHeader(std::string_view name, std::string_view value) {
  AppendLine(headers, name, value);
}

void AppendReply(std::string& out, const Reply& reply, const Framing& framing) {
  // RFC 9110 15.4.5: a 304 speaks of a body that it does not carry.
  const bool may_have_body = reply.status != 304;
  out += "HTTP/1.1 ";
  AppendNumber(out, reply.status);
  out += ' ';
  out += ReasonPhrase(reply.status);
  out += "\r\n";
  AppendLine(out, "Date", framing.date);
  if (may_have_body) {
    if (reply.type != ContentType::kNone)
      AppendLine(out, "Content-Type", ContentTypeText(reply.type));
    out += "Content-Length: ";
    AppendNumber(out, static_cast<int64_t>(reply.body.size()));
    out += "\r\n";
  }
  AppendLine(out, "Cache-Control", CachingText(reply.caching));
  out += reply.headers;
  if (framing.close) AppendLine(out, "Connection", "close");
  out += "\r\n";
  if (may_have_body && !framing.head_only) out += reply.body;
}

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

}  // namespace creneau::http
