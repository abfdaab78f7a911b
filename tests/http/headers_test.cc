#include "http/headers.h"

#include <catch2/catch.hpp>
#include <string>

#include "http/target.h"

namespace creneau::http {
namespace {

TEST_CASE("media types") {
  CHECK(IsMediaType("application/json", "application/json"));
  CHECK(IsMediaType("Application/JSON ; charset=utf-8", "application/json"));
  CHECK_FALSE(IsMediaType("application/jsonx", "application/json"));
  CHECK_FALSE(IsMediaType("text/plain; application/json", "application/json"));
  CHECK_FALSE(IsMediaType("", "application/json"));
}

TEST_CASE("a reservation's form follows Accept") {
  CHECK(NegotiateReservation("") == Form::kJson);
  CHECK(NegotiateReservation("*/*") == Form::kJson);
  CHECK(NegotiateReservation("application/*") == Form::kJson);
  CHECK(NegotiateReservation("text/calendar") == Form::kCalendar);
  CHECK(NegotiateReservation("text/html, text/calendar;q=0.5, */*;q=0.1") == Form::kCalendar);
  CHECK(NegotiateReservation("text/calendar;q=0.5, application/json;q=0.8") == Form::kJson);
  CHECK(NegotiateReservation("text/calendar;q=0, */*") == Form::kJson);
  CHECK(NegotiateReservation("application/json;q=0, */*") == Form::kCalendar);
  CHECK(NegotiateReservation("application/x-protobuf") == Form::kProtobuf);
  CHECK(NegotiateReservation("Application/X-Protobuf, application/json;q=0.9") == Form::kProtobuf);
  CHECK(NegotiateReservation("application/x-protobuf, application/json") == Form::kJson);
  CHECK(NegotiateReservation("application/x-protobuf, */*;q=0.1") == Form::kProtobuf);
  CHECK(NegotiateReservation("application/x-protobuf;q=0, */*") == Form::kJson);
  CHECK(NegotiateReservation("image/png") == Form::kNone);
  CHECK(NegotiateReservation("application/json;q=0") == Form::kNone);
  CHECK(NegotiateReservation("application/json;q=banana") == Form::kNone);
}

TEST_CASE("what is the same for everyone has one other form beside JSON") {
  CHECK(NegotiatePublic("", Form::kText) == Form::kJson);
  CHECK(NegotiatePublic("text/html, */*;q=0.8", Form::kText) == Form::kJson);
  CHECK(NegotiatePublic("text/plain", Form::kText) == Form::kText);
  CHECK(NegotiatePublic("text/plain", Form::kCalendar) == Form::kNone);
  CHECK(NegotiatePublic("text/calendar, */*;q=0.1", Form::kCalendar) == Form::kCalendar);
  CHECK(NegotiatePublic("text/*;q=0.5, application/json;q=0.8", Form::kText) == Form::kJson);
  CHECK(NegotiatePublic("application/json;q=0, text/*", Form::kText) == Form::kText);
  CHECK(NegotiatePublic("image/png", Form::kText) == Form::kNone);
}

TEST_CASE("weak idempotency keys are known") {
  CHECK(IsStrongIdempotencyKey("8e03978e-40d5-43e8-bc93-6894a57f9324"));
  CHECK(IsStrongIdempotencyKey("q83vASNFZ4mrze8BI0VniQ"));
  CHECK(IsStrongIdempotencyKey("q83vASNFZ4mrze8BI0+niQ=="));
  CHECK_FALSE(IsStrongIdempotencyKey(""));
  CHECK_FALSE(IsStrongIdempotencyKey("q83vASNFZ4mrze8BI0Vni"));  // 21
  CHECK_FALSE(IsStrongIdempotencyKey(std::string(65, 'a')));
  CHECK_FALSE(IsStrongIdempotencyKey("aaaaaaaaaaaaaaaaaaaaaaaaa"));
  CHECK_FALSE(IsStrongIdempotencyKey("0000000000000000000001234"));
  CHECK_FALSE(IsStrongIdempotencyKey("q83vASNFZ4mrze8BI0Vni Q abc"));
}

TEST_CASE("versions and tags") {
  CHECK(VersionFromTag("\"3\"") == 3);
  CHECK(VersionFromTag("\"12.8f01\"") == 12);
  CHECK_FALSE(VersionFromTag("3"));
  CHECK_FALSE(VersionFromTag("W/\"3\""));
  CHECK_FALSE(VersionFromTag("\"3x\""));
  CHECK_FALSE(VersionFromTag("\"\""));
  CHECK(NamesTag("\"a\", W/\"b\"", "\"b\""));
  CHECK(NamesTag("*", "\"b\""));
  CHECK_FALSE(NamesTag("\"ab\"", "\"b\""));
  CHECK_FALSE(NamesTag("", "\"b\""));
}

TEST_CASE("targets are taken apart") {
  Target target;
  REQUIRE(target.Parse("/v1/agendas/92%2Dx/slots?from=2026-12-01&to=2026%2D12-07&empty"));
  REQUIRE(target.segments() == 4);
  CHECK(target.segment(2) == "92-x");
  CHECK(target.Parameter("from") == "2026-12-01");
  CHECK(target.Parameter("to") == "2026-12-07");
  CHECK(target.Parameter("empty") == "");
  CHECK_FALSE(target.Parameter("x"));
  CHECK(target.repeated().empty());

  CHECK_FALSE(target.Parse("/v1/%zz"));
  CHECK_FALSE(target.Parse("/v1/%2"));
  REQUIRE(target.Parse("/a?x=1&x=2"));
  CHECK(target.repeated() == "x");
  REQUIRE(target.Parse("/a/b/c/d/e/f/g/h"));
  CHECK(target.segments() == Target::kMaxSegments);
  CHECK_FALSE(target.Parse("/" + std::string("%41%41%41%41%41%41%41%41").append(2000, '%')));
  CHECK_FALSE(target.Parse("/a?1&2&3&4&5&6&7&8&9"));
  std::string escaped = "/";
  for (int i = 0; i < 300; ++i) escaped += "%41";
  CHECK_FALSE(target.Parse(escaped));
}

TEST_CASE("the token of Authorization") {
  CHECK(BearerToken("Bearer abc") == "abc");
  CHECK(BearerToken("bEaReR abc def") == "abc def");
  CHECK(BearerToken("Bearer  abc") == " abc");
  CHECK(BearerToken("Bearer ") == "");
  for (const char* other : {"", "Bearer", "Bearer\tabc", "Bearerabc", "Basic abc", "Bear"})
    CHECK(!BearerToken(other));
}

}  // namespace
}  // namespace creneau::http
