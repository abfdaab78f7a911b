// What draw.json tells that no other file makes.
#include "tests/tools/draw_proof_fixture.h"

namespace creneau::ctl {

TEST_CASE("what draw.json tells beside the files is held against them and against itself") {
  const auto with = [](const std::string& name, const std::string& value) {
    DrawFiles files = Make(40, 3);
    for (const auto& [told, as] : kTold) {
      if (told == name)
        Replace(&files.facts, "\"" + name + "\": \"" + as, "\"" + name + "\": \"" + value);
    }
    return files;
  };
  const struct {
    const char* name;
    const char* value;
    const char* says;
  } rows[] = {
      {"round_at", "2026-12-09T13:00:00+01:00", "expected \"2026-12-09T12:00:00+01:00\""},
      {"round_at", "2026-12-09T11:00:00Z", "expected \"2026-12-09T12:00:00+01:00\""},
      {"announced_at", "2026-12-08T18:00:03+01:00", "announced after it was closed"},
      {"announced_at", "2026-11-20T09:11:12Z", "expected \"2026-11-20T10:11:12+01:00\""},
      {"announced_at", "soon", "is no time"},
      {"done_at", "2026-12-09T11:59:59+01:00", "before its number was public"},
      {"done_at", "later", "is no time"},
      {"log_position", "-1", "is no position"},
      {"log_position", "04815", "is no position"},
      {"log_position", "1e3", "is no position"},
      {"surprise_of_entries", "27.527", "27.526 at most"},
      {"surprise_of_entries", "-0.001", "27.526 at most"},
      {"surprise_of_entries", "2.4170", "is no number of three decimals"},
      {"surprise_of_entries", "nan", "is no number of three decimals"},
  };
  for (const auto& [name, value, says] : rows) {
    INFO(name << " " << value);
    const absl::Status status = VerifyDraw(with(name, value)).status();
    CHECK(absl::IsDataLoss(status));
    CHECK_THAT(std::string(status.message()),
               Catch::StartsWith("draw.json " + std::string(name)) && Catch::Contains(says));
  }
  // Who does not tell is not wrong; and what no verifier knows is not taken for checked.
  for (const auto& [name, value] : kTold) {
    const absl::StatusOr<DrawReport> report = VerifyDraw(with(name, ""));
    REQUIRE(report.ok());
    CHECK(std::count(report->unchecked.begin(), report->unchecked.end(), name) == 0);
  }
  DrawFiles more = Make(40, 3);
  Replace(&more.facts, "{", "{\"witness\": \"a notary\", ");
  const absl::StatusOr<DrawReport> report = VerifyDraw(more);
  REQUIRE(report.ok());
  CHECK(report->unchecked.back() == "witness");
}

}  // namespace creneau::ctl
