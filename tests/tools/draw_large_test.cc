// Twenty thousand entries for five hundred seats: entered, closed, run, exported and verified from
// the files alone.
#include "absl/strings/str_cat.h"
#include "tests/booking/draw_fixture.h"
#include "tools/creneauctl/draw_proof.h"

namespace creneau::ctl {
namespace {

using booking::DrawView;
using booking::Lottery;

constexpr int kEntries = 20'000;
constexpr int kSeats = 504;

// Six slots on each of two days, with 42 seats.
std::string Toml() { return absl::StrReplaceAll(booking::DrawToml(), {{"web = 2", "web = 42"}}); }

rules::Wishes WishesOf(int number) {
  rules::Wishes wishes;
  if (number % 4 == 1) wishes.weekdays.bits = 1 << 1;  // Tuesdays
  if (number % 4 == 2) wishes.dates = {CivilDate{2026, 12, 10}};
  if (number % 16 == 3) wishes.morning = false;  // nobody has that
  return wishes;
}

void EnterAll(Lottery& lottery) {
  for (int i = 0; i < kEntries; ++i) {
    lottery.act->Begin();
    const auto answer = booking::EnterDraw(
        *lottery.engine, *lottery.act,
        Lottery::Request(booking::EntrantsDossier(i), "", WishesOf(i)), lottery.clock.now);
    REQUIRE(answer.outcome == Outcome::kOk);
    if (i % 1'000 == 999) REQUIRE(lottery.wait.Finish(*lottery.act));
  }
}

DrawFiles Export(Lottery& lottery) {
  const DrawView draw = lottery.State();
  DrawFiles files;
  files.rules = lottery.File(proof::DrawFile::kRules);
  files.entries = lottery.File(proof::DrawFile::kEntries);
  files.seats = lottery.File(proof::DrawFile::kSeats);
  files.ranks = lottery.File(proof::DrawFile::kRanks);
  files.allocation = lottery.File(proof::DrawFile::kAllocation);
  const auto member = [&files](const char* name, const std::string& value) {
    absl::StrAppend(&files.facts, files.facts.empty() ? "{" : ",", "\"", name, "\":\"", value,
                    "\"");
  };
  member("format", std::string(draw.format));
  member("agenda", booking::kAgendaName);
  member("draw", draw.state.rules.id);
  member("rules", Hex(draw.rules));
  member("entries", std::to_string(draw.state.entries));
  member("root", Hex(draw.state.root));
  absl::TimeZone zone;
  REQUIRE(rules::LoadZone("Europe/Paris", &zone));
  member("closed_at", rules::FormatRfc3339(draw.state.closed_at, zone));
  member("value", draw.state.value);
  member("seed", Hex(draw.state.seed));
  member("seats", Hex(draw.state.seats));
  member("allocation", Hex(draw.state.allocation));
  member("surprise", draw.state.surprise_tags);
  files.facts += "}";
  return files;
}

// The same with one character of one line changed.
std::string Altered(std::string text, size_t line, size_t character) {
  size_t at = 0;
  for (size_t i = 1; i < line; ++i) at = text.find('\n', at) + 1;
  char& changed = text[at + character];
  changed = changed == '0' ? '1' : '0';
  return text;
}

}  // namespace

TEST_CASE("twenty thousand entries for five hundred seats: run, exported, verified, offered") {
  Lottery lottery(Toml());
  lottery.GoTo("2026-11-30T10:30");
  EnterAll(lottery);
  lottery.Draw();
  const DrawView draw = lottery.State();
  CHECK(draw.state.entries == kEntries);
  CHECK(draw.seats == kSeats);
  CHECK(draw.given == kSeats);
  CHECK(draw.offered == kSeats);
  const DrawFiles files = Export(lottery);
  const absl::StatusOr<DrawReport> report = VerifyDraw(files);
  INFO(report.status());
  REQUIRE(report.ok());
  CHECK(report->entries == kEntries);
  CHECK(report->given == kSeats);
  const auto named = [&](auto alter, const std::string& where) {
    DrawFiles other = files;
    alter(other);
    const absl::Status status = VerifyDraw(other).status();
    CHECK(absl::IsDataLoss(status));
    CHECK_THAT(std::string(status.message()), Catch::StartsWith(where));
  };
  named([](DrawFiles& f) { f.entries = Altered(f.entries, 12'345, 7); }, "entries.txt line 12345");
  named([](DrawFiles& f) { f.ranks = Altered(f.ranks, 19'999, 90); }, "ranks.txt line 19999");
  named([](DrawFiles& f) { f.allocation = Altered(f.allocation, 77, 80); },
        "allocation.txt line 77");
  named(
      [](DrawFiles& f) {
        f.facts = absl::StrReplaceAll(f.facts, {{"\"seed\":\"", "\"seed\":\"0"}});
      },
      "draw.json seed");
  // A start works all of it out again.
  lottery.Restart();
  CHECK(lottery.State().state == draw.state);
  CHECK(lottery.State().offered == kSeats);
}

}  // namespace creneau::ctl
