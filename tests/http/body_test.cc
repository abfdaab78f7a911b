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
