#include "bench/creneau-bench/response.h"

#include <catch2/catch.hpp>
#include <string>

namespace creneau::bench {
namespace {

const std::string kHead =
    "HTTP/1.1 201 Created\r\nDate: x\r\nContent-Length: 5\r\nLocation: /v1/a\r\n\r\n";

TEST_CASE("reply: read whole, and awaited at every byte before") {
  ReplyHead head;
  for (size_t size = 0; size < kHead.size(); ++size) {
    REQUIRE(ReadHead(std::string_view(kHead).substr(0, size), &head) == HeadRead::kMore);
  }
  REQUIRE(ReadHead(kHead + "hello and the next", &head) == HeadRead::kDone);
  CHECK(head.status == 201);
  CHECK(head.head_bytes == kHead.size());
  CHECK(head.body_bytes == 5);
  CHECK_FALSE(head.close);
}

TEST_CASE("reply: names in any case, values trimmed, close seen, no body where there is none") {
  ReplyHead head;
  REQUIRE(ReadHead("HTTP/1.1 200\r\ncontent-LENGTH:\t 7 \r\nCONNECTION: Close\r\n\r\n", &head) ==
          HeadRead::kDone);
  CHECK(head.body_bytes == 7);
  CHECK(head.close);
  REQUIRE(ReadHead("HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", &head) == HeadRead::kDone);
  CHECK(head.body_bytes == 0);
  REQUIRE(ReadHead("HTTP/1.1 204 No Content\r\n\r\n", &head) == HeadRead::kDone);
}

TEST_CASE("reply: what is not believed") {
  for (const char* wire : {
           "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
           "HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\n",
           "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\n",
           "HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\n",
           "HTTP/1.1 200 OK\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
           "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 1\r\n\r\n",
           "garbage\r\n\r\n",
       }) {
    ReplyHead head;
    INFO(wire);
    CHECK(ReadHead(wire, &head) == HeadRead::kBad);
  }
  ReplyHead head;
  CHECK(ReadHead(std::string(20'000, 'x'), &head) == HeadRead::kBad);
  CHECK(ReadHead("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n", &head) ==
        HeadRead::kBad);
}

TEST_CASE("members: found whatever the spaces, absent is empty") {
  const std::string_view body =
      R"({"slots":3,"slot": "2026-12-01T09:20" , "key" :"abc","free":64,"open":"}";)";
  CHECK(JsonText(body, "\"slot\"") == "2026-12-01T09:20");
  CHECK(JsonText(body, "\"key\"") == "abc");
  CHECK(JsonText(body, "\"slots\"").empty());
  CHECK(JsonText(body, "\"state\"").empty());
  CHECK(JsonText(R"({"key":"abc)", "\"key\"").empty());
  CHECK(JsonText(R"({"key")", "\"key\"").empty());
  CHECK(JsonNumber(body, "\"free\"") == 64);
  CHECK(JsonNumber(body, "\"key\"") == -1);
  CHECK(JsonNumber(body, "\"capacity\"") == -1);
}

}  // namespace
}  // namespace creneau::bench
