// The strict profile of design 7, as raw bytes and what becomes of them.
#include "http/parser.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/limits.h"
#include "http/problem.h"
#include "tests/operator_new.h"

namespace {

size_t allocations = 0;

}  // namespace

// Counts, so that a test can say that parsing allocates nothing.
void creneau::tests::BeforeAllocation() { ++allocations; }

namespace creneau::http {
namespace {

using Step = RequestReader::Step;

constexpr int kWaits = -1;  // not whole, and nothing wrong so far

// 200 for a request that would be served, kWaits, or the status of the refusal.
int StatusOf(std::string_view bytes) {
  RequestReader reader(limits::kMaxBodyBytes);
  Request request;
  switch (reader.Read(bytes, request)) {
    case Step::kRequest:
      return 200;
    case Step::kNeedMore:
      return kWaits;
    case Step::kRefused:
      return AdviceFor(reader.refusal().outcome).status;
    case Step::kHead:  // only where that was asked for
      break;
  }
  return 0;
}

// The same when the bytes come one at a time: how they are cut must not matter.
int StatusByDrops(std::string_view bytes) {
  RequestReader reader(limits::kMaxBodyBytes);
  Request request;
  for (size_t size = 1; size <= bytes.size(); ++size) {
    const std::string copy(
        bytes.substr(0, size));  // a new address each time, as when a buffer moves
    const Step step = reader.Read(copy, request);
    if (step == Step::kRequest) return 200;
    if (step == Step::kRefused) return AdviceFor(reader.refusal().outcome).status;
  }
  return kWaits;
}

struct Case {
  const char* what;
  std::string bytes;
  int status;
};

std::string Get(const std::string& rest) { return "GET /v1/agendas HTTP/1.1\r\n" + rest + "\r\n"; }
std::string Post(const std::string& headers, const std::string& body) {
  return "POST /v1/agendas/a/holds HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}
const std::string kHost = "Host: a\r\n";

std::vector<Case> Framing() {
  return {
      {"plain", Get(kHost), 200},
      {"with a body", Post("Content-Length: 5\r\n", "hello"), 200},
      {"half a body", Post("Content-Length: 5\r\n", "hel"), kWaits},
      {"half a head", "GET / HTTP/1.1\r\nHost: a\r\n", kWaits},
      {"chunked", Post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"gzip beside a length", Post("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n", "hello"),
       400},
      {"length, then chunked",
       Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked, then length",
       Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
      {"identity", Post("Transfer-Encoding: identity\r\n", ""), 400},
      {"x-chunked", Post("Transfer-Encoding: xchunked\r\n", ""), 400},
      {"chunked after a tab", Post("Transfer-Encoding:\tchunked\r\n", ""), 400},
      {"blank before the colon", Post("Transfer-Encoding : chunked\r\n", ""), 400},
      {"same length twice", Post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
      {"two lengths", Post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"), 400},
      {"length list", Post("Content-Length: 5, 5\r\n", "hello"), 400},
      {"signed length", Post("Content-Length: +5\r\n", "hello"), 400},
      {"negative length", Post("Content-Length: -5\r\n", "hello"), 400},
      {"hex length", Post("Content-Length: 0x5\r\n", "hello"), 400},
      {"empty length", Post("Content-Length:\r\n", "hello"), 400},
      {"length beyond 64 bits", Post("Content-Length: 18446744073709551616\r\n", ""), 400},
      {"length too large", Post("Content-Length: 8193\r\n", ""), 413},
      {"length at the limit", Post("Content-Length: 8192\r\n", std::string(8192, 'x')), 200},
      {"folded header", Get(kHost + "X: a\r\n b\r\n"), 400},
      {"folded with a tab", Get(kHost + "X: a\r\n\tb\r\n"), 400},
      {"folded at once", Get("Host:\r\n a\r\n"), 400},
      {"bare LF at the line's end", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"one bare LF", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
      {"bare CR in a value", Get(kHost + "X: a\rb\r\n"), 400},
      {"NUL in a value", Get(kHost + std::string("X: a\0b\r\n", 8)), 400},
      {"NUL in the target", std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 29), 400},
      {"DEL in a value", Get(kHost + "X: \x7f\r\n"), 400},
      {"empty line first", "\r\n" + Get(kHost), 400},
      {"CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
      {"wrong end of head", "GET / HTTP/1.1\r\nHost: a\r\n\rX", 400},
      {"no colon", Get(kHost + "nonsense\r\n"), 400},
      {"empty name", Get(kHost + ": x\r\n"), 400},
      {"beyond ASCII in a value", Get(kHost + "X: \xc3\xa9\r\n"), 200},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00", 7), 400},
      {"binary", std::string("\x80\x81\x00\x01", 4), 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
  };
}

std::vector<Case> Heads() {
  std::string many = kHost;
  for (size_t i = 0; i < limits::kMaxHeaders; ++i) many += "X: y\r\n";
  return {
      {"HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/1.0 kept alive", "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", 505},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"lower case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"blank after version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"no Host", Get(""), 400},
      {"two Hosts", Get("Host: a\r\nHost: a\r\n"), 400},
      {"empty Host", Get("Host:\r\n"), 400},
      {"Host with a path", Get("Host: a/b\r\n"), 400},
      {"Host with user", Get("Host: u@a\r\n"), 400},
      {"IPv6 Host", Get("Host: [::1]:8080\r\n"), 200},
      {"absolute form", "GET http://a/v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"backslash", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"beyond ASCII", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"lower case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"method of another world", "G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"long target",
       "GET /" + std::string(limits::kMaxTargetBytes, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 431},
      {"too many headers", Get(many), 431},
      {"endless header", "GET / HTTP/1.1\r\nX: " + std::string(limits::kMaxHeaderBytes, 'a'), 431},
      {"endless first line", std::string(limits::kMaxHeaderBytes, 'a'), 431},
      {"Expect", Post("Content-Length: 5\r\nExpect: 100-continue\r\n", "hello"), 200},
      {"Expect else", Post("Content-Length: 5\r\nExpect: tea\r\n", "hello"), 400},
      {"two keys", Post("Creneau-Key: a\r\nCreneau-Key: b\r\n", ""), 400},
      {"two idempotency keys", Post("Idempotency-Key: a\r\nIdempotency-Key: a\r\n", ""), 400},
      {"two content types", Post("Content-Type: a/b\r\nContent-Type: a/b\r\n", ""), 400},
  };
}

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.what);
    CHECK(StatusOf(c.bytes) == c.status);
    CHECK(StatusByDrops(c.bytes) == c.status);
  }
}

TEST_CASE("what two parsers could frame differently is refused") { Check(Framing()); }
TEST_CASE("heads outside of the profile are refused") { Check(Heads()); }

TEST_CASE("a request is taken apart") {
  const std::string bytes = Post(
      "Content-Length: 2\r\nContent-Type: application/json\r\nCreneau-Key: k\r\nIdempotency-Key: "
      "i\r\n"
      "Accept: text/calendar\r\nIf-Match: \"3\"\r\nIf-None-Match: \"4\"\r\nConnection: close\r\n"
      "X-Forwarded-For: 192.0.2.1\r\nx-forwarded-for:  192.0.2.2, ::1 \r\n",
      "{}tail");
  RequestReader reader(limits::kMaxBodyBytes);
  Request request;
  REQUIRE(reader.Read(bytes, request) == Step::kRequest);
  CHECK(reader.consumed() == bytes.size() - 4);
  CHECK(request.method == Method::kPost);
  CHECK_FALSE(request.head);
  CHECK_FALSE(request.keep_alive);
  CHECK(request.target == "/v1/agendas/a/holds");
  CHECK(request.content_type == "application/json");
  CHECK(request.creneau_key == "k");
  CHECK(request.idempotency_key == "i");
  CHECK(request.accept == "text/calendar");
  CHECK(request.if_match == "\"3\"");
  CHECK(request.if_none_match == "\"4\"");
  CHECK(request.forwarded_for == "192.0.2.2, ::1");
  CHECK(request.body == "{}");
}

TEST_CASE("pipelined requests are told apart") {
  const std::string one = Post("Content-Length: 5\r\n", "GET /");
  const std::string bytes = one + "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  RequestReader reader(limits::kMaxBodyBytes);
  Request request;
  REQUIRE(reader.Read(bytes, request) == Step::kRequest);
  CHECK(request.body == "GET /");
  REQUIRE(reader.consumed() == one.size());
  REQUIRE(reader.Read(std::string_view(bytes).substr(one.size()), request) == Step::kRequest);
  CHECK(request.method == Method::kGet);
  CHECK(request.head);
  CHECK(request.body.empty());
}

TEST_CASE("a client that expects 100 is told once, and only while its body is missing") {
  const std::string bytes = Post("Content-Length: 5\r\nExpect: 100-Continue\r\n", "hello");
  RequestReader reader(limits::kMaxBodyBytes);
  Request request;
  CHECK(reader.Read(std::string_view(bytes).substr(0, bytes.size() - 5), request) ==
        Step::kNeedMore);
  CHECK(reader.in_body());
  CHECK(reader.TakeContinue());
  CHECK_FALSE(reader.TakeContinue());
  CHECK(reader.Read(bytes, request) == Step::kRequest);
  CHECK_FALSE(reader.in_body());
}

#ifndef CRENEAU_SANITIZED
TEST_CASE("parsing allocates nothing") {
  const std::string bytes =
      Post("Content-Length: 5\r\nX: y\r\nContent-Type: application/json\r\n", "hello");
  RequestReader reader(limits::kMaxBodyBytes);
  Request request;
  const size_t before = allocations;
  const Step step = reader.Read(bytes, request);
  const size_t after = allocations;
  CHECK(step == Step::kRequest);
  CHECK(after == before);
}
#endif

TEST_CASE("a head with Authorization is shown before its body, where that is asked for") {
  const std::string large(limits::kMaxBodyBytes + 1, 'x');
  const std::string key = "Authorization: Bearer x\r\n";
  const auto steps = [](const std::string& bytes, bool ask) {
    RequestReader reader(limits::kMaxBodyBytes);
    if (ask) reader.ShowHeads();
    Request request;
    std::vector<Step> seen;
    for (size_t size = 1; size <= bytes.size(); ++size) {
      Step step;
      do {
        const std::string copy(bytes.substr(0, size));
        step = reader.Read(copy, request);
        if (step == Step::kHead) {
          CHECK(request.authorization == "Bearer x");
          CHECK(request.target == "/v1/agendas/a/holds");
          CHECK(request.body.empty());
        }
        if (step != Step::kNeedMore) seen.push_back(step);
      } while (step == Step::kHead);
      if (!seen.empty() && seen.back() != Step::kHead) break;
    }
    return seen;
  };
  const std::string small = Post(key + "Content-Length: 2\r\n", "{}");
  CHECK(steps(small, true) == std::vector<Step>{Step::kHead, Step::kRequest});
  CHECK(steps(small, false) == std::vector<Step>{Step::kRequest});
  CHECK(steps(Post("Content-Length: 2\r\n", "{}"), true) == std::vector<Step>{Step::kRequest});
  const std::string length = "Content-Length: " + std::to_string(large.size()) + "\r\n";
  CHECK(steps(Post(key + length, ""), true) == std::vector<Step>{Step::kHead, Step::kRefused});
  CHECK(steps(Post(key + length, ""), false) == std::vector<Step>{Step::kRefused});
  CHECK(StatusOf(Post(key + key + "Content-Length: 2\r\n", "{}")) == 400);
}

}  // namespace
}  // namespace creneau::http
