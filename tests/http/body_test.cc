// JSON bodies: what is read, what is refused, and how the refusal points at its cause.
#include "http/body.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/text.h"
#include "tests/http/verdict.h"

namespace creneau::http {
namespace {

std::string Verdict(std::string_view json) {
  Body body;
  const Body::Verdict verdict = body.Read(json);
  return Word(body, verdict);
}

TEST_CASE("bodies and what becomes of them") {
  struct Case {
    const char* json;
    const char* verdict;
  };
  const Case cases[] = {
      {R"({})", "read"},
      {R"( {"slot":"2026-12-01T09:20"} )", "read"},
      {R"({"applicant":{"dossier":"1","birth_date":"1990-01-01"}})", "read"},
      {R"({"other":[1,{"slot":3}],"slot":"2026-12-01T09:20","more":{"applicant":null}})", "read"},
      {R"({"applicant":{"colour":3,"dossier":"1"}})", "read"},
      {R"({"applicants":{}})", "/applicants "},
      {R"({"applicants":[{"dossier":1},"ada"]})", "/applicants/0 /applicants "},
      {R"({"applicants":[{"dossier":"1","dossier":"2"}]})", "/applicants/0 "},
      {R"({"applicants":[[{"dossier":1}]]})", "/applicants "},
      {R"({"weekdays":"mon"})", "/weekdays "},
      {R"({"weekdays":["mon",2,{"a":"b"}]})", "/weekdays /weekdays "},
      {R"({"weekdays":[],"weekdays":[]})", "/weekdays "},
      {R"({"seats":"3","channel":3})", "/seats /channel "},
      {R"({"same_as":{"dossier":1}})", "/same_as "},
      {"", "malformed"},
      {"   ", "malformed"},
      {R"({"slot":"2026-12-01T09:20"})"
       "x",
       "malformed"},
      {R"({"slot":"2026-12-01T09:20"}{})", "malformed"},
      {R"({"slot":)", "malformed"},
      {R"({slot:"a"})", "malformed"},
      {R"({"slot":"a",})", "malformed"},
      {"{\"a\":\"\xff\"}", "malformed"},
      {"{\"a\":\"\n\"}", "malformed"},
      {R"([[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]])", "malformed"},
      {R"(null)", "(whole) "},
      {R"("text")", "(whole) "},
      {R"([1])", "(whole) "},
      {R"({"slot":1})", "/slot "},
      {R"({"slot":null})", "/slot "},
      {R"({"slot":{"a":1}})", "/slot "},
      {R"({"slot":["a"]})", "/slot "},
      {R"({"slot":"2026-02-30T09:20"})", "/slot "},
      {R"({"slot":"2026-12-01T09:20:00"})", "/slot "},
      {R"({"slot":"2026-12-01T09:20","slot":"2026-12-01T09:40"})", "/slot "},
      {R"({"applicant":"ada"})", "/applicant "},
      {R"({"applicant":[]})", "/applicant "},
      {R"({"applicant":{"dossier":7}})", "/applicant/dossier "},
      {R"({"applicant":{"dossier":true,"birth_date":1.5}})",
       "/applicant/dossier /applicant/birth_date "},
      {R"({"applicant":{"dossier":"1","dossier":"2"}})", "/applicant/dossier "},
      {R"({"applicant":{},"applicant":{}})", "/applicant "},
      {R"({"applicant":{"dossier":{"dossier":"1"}}})", "/applicant/dossier "},
  };
  for (const Case& c : cases) {
    INFO(c.json);
    CHECK(Verdict(c.json) == c.verdict);
  }
}

TEST_CASE("members are read, escapes and all") {
  Body body;
  REQUIRE(body.Read(
              R"({"sl\u006ft":"2026-12-01T09\u003a20","x":{"y":{}},"assertion":"AQ-_","ticket":"t",
                        "applicant":{"dossier":"7\t7\u00e9","passport":"","birth_date":"1990-01-31"}})") ==
          Body::Verdict::kRead);
  CHECK(body.has_applicant());
  CHECK(body.slot() == ParseLocalMinute("2026-12-01T09:20"));
  CHECK(body.assertion() == "AQ-_");
  CHECK(body.ticket() == "t");
  CHECK(FieldOf(body, rules::IdentityField::kDossier) == "7\t7\xc3\xa9");
  CHECK(FieldOf(body, rules::IdentityField::kPassport).empty());
  CHECK(FieldOf(body, rules::IdentityField::kBirthDate) == "1990-01-31");
}

TEST_CASE("several people, and lists of texts") {
  Body body;
  REQUIRE(body.Read(R"({"applicants":[{"dossier":"1","birth_date":"1990-01-31"},
                                      {"more":{"dossier":"9"},"passport":"AB12"},{}],
                        "weekdays":["mon","t\u0075e"],"halves":[],"seats":3,"channel":"phone"})") ==
          Body::Verdict::kRead);
  REQUIRE(body.people().size() == 3);
  const auto field = [&](size_t i, rules::IdentityField name) {
    return body.people()[i].fields[static_cast<size_t>(name)];
  };
  CHECK(field(0, rules::IdentityField::kDossier) == "1");
  CHECK(field(0, rules::IdentityField::kBirthDate) == "1990-01-31");
  CHECK(field(1, rules::IdentityField::kDossier).empty());
  CHECK(field(1, rules::IdentityField::kPassport) == "AB12");
  CHECK_FALSE(body.has_applicant());
  REQUIRE(body.listed(Body::List::kWeekdays) == 2);
  CHECK(body.listed(Body::List::kWeekdays, 0) == "mon");
  CHECK(body.listed(Body::List::kWeekdays, 1) == "tue");
  CHECK(body.listed(Body::List::kHalves) == 0);
  CHECK(body.number(Body::Number::kSeats) == 3);
  CHECK(body.text(Body::Text::kChannel) == "phone");
}

TEST_CASE("no more people than can book together, no more texts than a list takes") {
  const auto with = [](const char* name, const char* element, int count) {
    std::string json = "{\"" + std::string(name) + "\":[";
    for (int i = 0; i < count; ++i) json += std::string(i == 0 ? "" : ",") + element;
    return Verdict(json + "]}");
  };
  CHECK(with("applicants", "{}", limits::kPartyMax) == "read");
  CHECK(with("applicants", R"({"dossier":"1"})", limits::kPartyMax + 1) == "/applicants ");
  CHECK(with("dates", R"("2026-12-01")", 64) == "read");
  CHECK(with("dates", R"("2026-12-01")", 65) == "/dates ");
}

TEST_CASE("a body of the largest size is read, a larger one is not") {
  std::string json = R"({"x":")" + std::string(limits::kMaxBodyBytes - 8, 'a') + R"("})";
  REQUIRE(json.size() == limits::kMaxBodyBytes);
  CHECK(Verdict(json) == "read");
  CHECK(Verdict(json + " ") == "too large");
}

TEST_CASE("the hash of a hold never changes, since it is in the log") {
  CHECK(HashOfHold(std::nullopt) == 0xe220a8397b1dcdafULL);
  CHECK(HashOfHold(ParseLocalMinute("2026-12-01T09:20")) !=
        HashOfHold(ParseLocalMinute("2026-12-01T09:40")));
}

}  // namespace
}  // namespace creneau::http
