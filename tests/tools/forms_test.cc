// What creneauctl sends, and what it shows of it.
#include "tools/creneauctl/forms.h"

#include <catch2/catch.hpp>
#include <string>

namespace creneau::ctl {
namespace {

TEST_CASE("an applicant's file becomes a hold") {
  const std::string plain = R"({"passport": "X1", "birth_date": "1990-05-17"})";
  const std::string wanted =
      R"({"applicant":{"passport":"X1","birth_date":"1990-05-17"},"slot":"2026-12-01T09:20"})";
  CHECK(*HoldBody(plain, "2026-12-01T09:20") == wanted);
  CHECK(*HoldBody("{\"applicant\": " + plain + "}\n", "2026-12-01T09:20") == wanted);
  CHECK(HoldBody(plain, "")->find("slot") == std::string::npos);
}

TEST_CASE("what is not an applicant is refused without quoting it") {
  for (const char* wrong :
       {"", "x", "[]", "{}", "\"SECRET\"", R"({"passport": 7})", R"({"applicant": "SECRET"})",
        R"({"applicant": {}})", R"({"dossier": "SECRET"} trailing)"}) {
    const absl::StatusOr<std::string> body = HoldBody(wrong, "");
    INFO(wrong);
    REQUIRE_FALSE(body.ok());
    CHECK(std::string(body.status().message()).find("JSON object of strings") != std::string::npos);
    CHECK(std::string(body.status().message()).find("SECRET") == std::string::npos);
  }
}

TEST_CASE("a dry run shows neither values nor keys") {
  HttpRequest request{"POST", "/v1/agendas/a/holds", {}, *HoldBody(R"({"passport": "X1"})", "")};
  request.headers.emplace_back("Creneau-Key", "SECRETKEY");
  request.headers.emplace_back("Idempotency-Key", "SECRETTOO");
  for (const bool json : {false, true}) {
    const std::string shown = DescribeRequest(request, json);
    CHECK(shown.find("/v1/agendas/a/holds") != std::string::npos);
    CHECK(shown.find("passport") != std::string::npos);
    CHECK(shown.find("X1") == std::string::npos);
    CHECK(shown.find("SECRETKEY") == std::string::npos);
    CHECK(shown.find("SECRETTOO") == std::string::npos);
  }
}

TEST_CASE("JSON of our own is escaped") {
  CHECK(JsonText("a\"b\n") == R"("a\"b\n")");
  CHECK(JsonObject({{"a", "1"}, {"b", JsonText("é")}}) == "{\"a\":1,\"b\":\"é\"}");
  CHECK(JsonList({"1", "2"}) == "[1,2]");
  CHECK(JsonList({}) == "[]");
  CHECK(JsonDiagnostics("f.toml", {{3, 7, "x"}}) ==
        R"([{"file":"f.toml","line":3,"column":7,"message":"x"}])");
  CHECK(MoveBody("2026-12-01T09:20") == R"({"slot":"2026-12-01T09:20"})");
}

}  // namespace
}  // namespace creneau::ctl
