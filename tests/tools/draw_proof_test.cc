// A draw's files, as they are and with one thing in them altered.
#include <functional>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/tools/draw_proof_fixture.h"

namespace creneau::ctl {
namespace {

std::string LineOf(const std::string& text, size_t number) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  return lines[number - 1];
}

void Put(std::string* text, size_t number, const std::string& line) {
  *text = absl::StrReplaceAll(*text, {{LineOf(*text, number), line}});
}

std::string Verdict(const DrawFiles& files) {
  const absl::StatusOr<DrawReport> report = VerifyDraw(files);
  return report.ok() ? "right" : std::string(report.status().message());
}

// One thing that somebody alters, and what the verdict has to say.
struct Altered {
  const char* what;
  std::function<void(DrawFiles&)> alter;
  std::vector<std::string> says;
};

void CheckNamed(const std::vector<Altered>& rows) {
  for (const Altered& row : rows) {
    DrawFiles files = Make(40, 3);
    row.alter(files);
    INFO(row.what);
    const std::string verdict = Verdict(files);
    for (const std::string& says : row.says) CHECK_THAT(verdict, Catch::Contains(says));
    CHECK(absl::IsDataLoss(VerifyDraw(files).status()));
  }
}

}  // namespace

TEST_CASE("what was drawn is found right, however many came") {
  for (const size_t entries : {0, 1, 2, 7, 40}) {
    INFO(entries);
    CHECK(Verdict(Make(entries, 3)) == "right");
    CHECK(Verdict(Make(entries, 3, {kRules, kValue, As().closed_at, /*holders=*/false})) ==
          "right");
  }
  const absl::StatusOr<DrawReport> report = VerifyDraw(Make(40, 3));
  REQUIRE(report.ok());
  CHECK(report->entries == 40);
  CHECK(report->seats == 6);
  CHECK(report->given == 6);
  CHECK(report->value == kValue);
  CHECK(report->round == "34670212");
  CHECK(report->round_at == "2026-12-09T12:00");
  // What nobody can make anew is named.
  CHECK(report->unchecked == std::vector<std::string>{"announced_at", "closed_at", "done_at",
                                                      "log_position", "surprise_of_entries"});
}

TEST_CASE("an altered entry is found, and named: file, line, what was expected") {
  const std::string entry = LineOf(Make(40, 3).entries, 18);  // "mon,tue any any"
  CheckNamed({
      {"its wishes",
       [&](DrawFiles& f) {
         Put(&f.entries, 18, absl::StrReplaceAll(entry, {{"mon,tue", "any"}}));
       },
       {"entries.txt line 18: the entry was altered"}},
      {"itself and its leaf",
       [&](DrawFiles& f) {
         const auto read = *proof::ReadEntryLine(entry);
         Put(&f.entries, 18, proof::EntryLine(proof::LeafOf(read.tag, "any any any", read.holder)));
       },
       {"draw.json root: expected"}},
      {"whose it is",
       [&](DrawFiles& f) {
         const auto read = *proof::ReadEntryLine(entry);
         Put(&f.entries, 18, proof::EntryLine(proof::LeafOf(read.tag, read.wishes, proof::Hash{})));
       },
       {"draw.json root: expected"}},
      {"whose it is left out",
       [&](DrawFiles& f) {
         const auto read = *proof::ReadEntryLine(entry);
         Put(&f.entries, 18, proof::EntryLine(proof::LeafOf(read.tag, read.wishes)));
       },
       {"entries.txt line 18: is no \"TAG WEEKDAYS HALVES DATES HOLDER LEAF\""}},
      {"whose they are denied",
       [](DrawFiles& f) { Replace(&f.facts, "creneau draw 3", "creneau draw 2"); },
       {"entries.txt line 1", "are no wishes"}},
      {"left out",
       [&](DrawFiles& f) { Replace(&f.entries, entry + "\n", ""); },
       {"draw.json entries: expected \"39\", found \"40\""}},
      {"twice",
       [&](DrawFiles& f) { Replace(&f.entries, entry + "\n", entry + "\n" + entry + "\n"); },
       {"entries.txt line 19: its tag does not come after"}},
      {"wishes that nobody can have",
       [&](DrawFiles& f) { Replace(&f.entries, "any any 2027-01-05", "any any 2027-02-30"); },
       {"entries.txt line 4", "are no wishes"}},
  });
}

TEST_CASE("an altered seed, or what it is made of, is found and named") {
  CheckNamed({
      {"the seed",
       [](DrawFiles& f) { Replace(&f.facts, "\"seed\": \"", "\"seed\": \"0"); },
       {"draw.json seed: expected"}},
      {"the value",
       [](DrawFiles& f) { Replace(&f.facts, "89abcdef", "89abcdee"); },
       {"draw.json seed: expected"}},
      {"the root",
       [](DrawFiles& f) { Replace(&f.facts, "\"root\": \"", "\"root\": \"0"); },
       {"draw.json root: expected"}},
      {"the rules",
       [](DrawFiles& f) { Replace(&f.rules, "08T18:00", "08T17:00"); },
       {"draw.json rules: expected"}},
      {"another draw's name",
       [](DrawFiles& f) { Replace(&f.facts, "2026-12", "2026-11"); },
       {"draw.json draw: expected \"2026-12\", found \"2026-11\""}},
      {"how well it was drawn",
       [](DrawFiles& f) { Replace(&f.facts, "\"surprise\": \"", "\"surprise\": \"1"); },
       {"draw.json surprise: expected"}},
  });
}

TEST_CASE("an altered rank or result is found and named") {
  const DrawFiles right = Make(40, 3);
  const std::string rank = LineOf(right.ranks, 5);
  const std::string next = LineOf(right.ranks, 6);
  const std::string given = LineOf(right.allocation, 2);
  const std::string expected_rank = "ranks.txt line 5: expected \"" + rank + "\"";
  CheckNamed({
      {"a rank",
       [&](DrawFiles& f) { Put(&f.ranks, 5, rank.substr(0, rank.size() - 1) + "-"); },
       {expected_rank}},
      {"two ranks changed places",
       [&](DrawFiles& f) {
         Replace(&f.ranks, rank + "\n" + next + "\n", next + "\n" + rank + "\n");
       },
       {expected_rank}},
      {"the last rank left out",
       [](DrawFiles& f) { Replace(&f.ranks, LineOf(f.ranks, 40) + "\n", ""); },
       {"ranks.txt line 40: expected", "and the file ends"}},
      {"one rank more",
       [&](DrawFiles& f) { f.ranks += rank + "\n"; },
       {"ranks.txt line 41: the file should have ended"}},
      {"a result",
       [&](DrawFiles& f) { Put(&f.allocation, 2, given.substr(0, given.rfind(' ')) + " -"); },
       {"allocation.txt line 2: expected \"" + given + "\", found"}},
      {"a line cut off",
       [](DrawFiles& f) { f.allocation.pop_back(); },
       {"allocation.txt line 40: the line has no end"}},
      {"a seat more",
       [](DrawFiles& f) { Replace(&f.seats, "T09:00 3", "T09:00 4"); },
       {"draw.json seats: expected"}},
      {"a slot twice",
       [](DrawFiles& f) { f.seats += "2027-01-07T14:00 1\n"; },
       {"seats.txt line 3: its slot does not come after"}},
  });
}

TEST_CASE("nobody chooses ranks by how the value is spelled, though all else fits to it") {
  const std::string value = kValue;
  const std::string cut = value.substr(0, 62);
  for (const std::string& spelled :
       {value + " ", value + "\u200b", " " + value, value + "\\n", value + "0", cut, cut + "EF",
        cut + "\\u0065f", std::string("4 8 15 16 23 42"), std::string()}) {
    INFO(spelled);
    const absl::Status status = VerifyDraw(Make(40, 3, {kRules, spelled})).status();
    CHECK(absl::IsDataLoss(status));
    CHECK_THAT(std::string(status.message()), Catch::StartsWith("draw.json"));
  }
  // A lottery's numbers have one order.
  const std::string lottery = absl::StrReplaceAll(
      kRules, {{"beacon drand quicknet\nround 34670212", "beacon Loto\nround 9 December"}});
  CHECK(Verdict(Make(40, 3, {lottery, "4 8 15 16 23 42"})) == "right");
  for (const char* spelled : {"8 4 15 16 23 42", "4 8 15 16 23 42 ", "4  8 15 16 23 42", "04 8"}) {
    CHECK_THAT(Verdict(Make(40, 3, {lottery, spelled})),
               Catch::StartsWith("draw.json value: \"" + std::string(spelled) + "\" "));
  }
}

TEST_CASE("a list that was closed when the number was public is none") {
  const struct {
    const char* closed_at;
    const char* says;
  } rows[] = {
      {"2026-12-09T12:00:00+01:00", "when the number was public"},
      {"2026-12-10T09:00:00+01:00", "when the number was public"},
      {"2026-12-08T17:59:59+01:00", "before the end"},
      {"2026-12-08T17:00:02Z", "expected \"2026-12-08T18:00:02+01:00\""},
      {"yesterday", "is no time"},
      {"", "is no time"},
  };
  for (const auto& [closed_at, says] : rows) {
    const absl::Status status = VerifyDraw(Make(40, 3, {kRules, kValue, closed_at})).status();
    CHECK(absl::IsDataLoss(status));
    CHECK_THAT(std::string(status.message()),
               Catch::StartsWith("draw.json closed_at") && Catch::Contains(says));
  }
  CHECK(Verdict(Make(40, 3, {kRules, kValue, "2026-12-09T11:59:59+01:00"})) == "right");
}

TEST_CASE("a receipt that names another closing than the files is not of this draw") {
  const DrawFiles files = Make(1, 1);
  const absl::StatusOr<DrawReport> report = VerifyDraw(files);
  REQUIRE(report.ok());
  const auto read = *proof::ReadEntryLine(LineOf(files.entries, 1));
  proof::InclusionReceipt inclusion;
  inclusion.agenda = report->agenda;
  inclusion.draw = report->draw;
  inclusion.root = report->root;
  inclusion.rules = proof::Sha256Of(files.rules);
  inclusion.tag = read.tag;
  inclusion.wishes = read.wishes;
  inclusion.entry = "E0";
  inclusion.holder = *read.holder;
  inclusion.entries = 1;
  proof::Receipt receipt;
  // 2026-12-08T17:00:02Z.
  inclusion.closed_at = Instant{1'796'749'202'000};
  receipt.body = inclusion;
  CHECK(CheckInclusion(receipt, files, *report).ok());
  inclusion.closed_at = inclusion.closed_at + kMsPerSecond;
  receipt.body = inclusion;
  const absl::Status status = CheckInclusion(receipt, files, *report);
  CHECK(absl::IsDataLoss(status));
  CHECK_THAT(std::string(status.message()), Catch::StartsWith("receipt closed_at"));
}

TEST_CASE("seats of other days, or others than those of the closing, are not given") {
  CheckNamed({
      {"a seat more, with its hash",
       [](DrawFiles& f) {
         const std::string before = Hex(proof::Sha256Of(f.seats));
         Replace(&f.seats, "T09:00 3", "T09:00 4");
         Replace(&f.facts, before, Hex(proof::Sha256Of(f.seats)));
       },
       {"draw.json seed: expected"}},
      {"before the first day",
       [](DrawFiles& f) { f.seats = "2027-01-03T09:00 1\n" + f.seats; },
       {"seats.txt line 1: its slot is on none of the dates"}},
      {"after the last day",
       [](DrawFiles& f) { f.seats += "2027-01-30T09:00 1\n"; },
       {"seats.txt line 3: its slot is on none of the dates"}},
  });
}

TEST_CASE("rules that are not written as an engine writes them are named") {
  const struct {
    const char* what;
    const char* instead;
    const char* says;
  } rows[] = {
      {"round 34", "round 1\nround 34", "rules.txt line 9"},
      {"seats_until 2027-01-29\n", "seats_until 2027-01-29\nmore x\n", "rules.txt line 12"},
      {"seats_until 2027-01-29\n", "", "rules.txt line 11"},
      {"quicknet", "quicknet\u200b", "rules.txt line 7"},
      {"agenda 92-naturalisation", "agenda 92-naturalisation ", "rules.txt line 2"},
      {"2026-12-09T12:00", "2026-12-09T12:00:00", "rules.txt line 9"},
      {"Europe/Paris", "Europe/Ville", "rules.txt line 4"},
      {"34670212", "34670211", "rules.txt: round 34670211"},
      {"quicknet", "evernet", "rules.txt: of drand"},
      {"entries_until 2026-12-08", "entries_until 2026-12-10", "rules.txt: its times"},
  };
  for (const auto& [what, instead, says] : rows) {
    const absl::Status status =
        VerifyDraw(Make(40, 3, {absl::StrReplaceAll(kRules, {{what, instead}})})).status();
    CHECK(absl::IsDataLoss(status));
    CHECK_THAT(std::string(status.message()), Catch::StartsWith(says));
  }
  DrawFiles twice = Make(40, 3);
  Replace(&twice.facts, "\"value\"", "\"value\": \"1\", \"value\"");
  CHECK_THAT(Verdict(twice), Catch::Contains("has a member twice"));
}

TEST_CASE("other files are none of a draw") {
  for (const char* facts :
       {"", "[]", "{\"format\": 1}", "{\"format\": \"creneau draw 1\"}", "{}"}) {
    DrawFiles files = Make(3, 1);
    files.facts = facts;
    CHECK(absl::IsInvalidArgument(VerifyDraw(files).status()));
  }
}

}  // namespace creneau::ctl
