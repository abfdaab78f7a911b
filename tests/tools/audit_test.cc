// What is exported recounts, and whatever of the table or its companions is changed is found and
// named (audit_forged_test.cc has the log).

#include <set>

#include "tests/booking/queue_fixture.h"
#include "tests/tools/audit_fixture.h"

namespace creneau::audit {
namespace {

TEST_CASE(
    "an export of an office that lived at random recounts; so does each agenda's, and a part") {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    INFO("seed " << seed);
    Office office;
    REQUIRE(office.Publish("94-titres", booking::AgendaToml("94-titres")).outcome == Outcome::kOk);
    Prng prng(seed);
    for (int day = 0; day < 3; ++day) {
      office.Live(prng, 150);
      office.Hold("OTHER" + std::to_string(day), "", "", "94-titres");
      if (day == 1) office.Snapshot();
      office.Again();
    }
    office.Snapshot();
    // Beside the engine, and its beginning archived.
    const auto exported = Export(office.files, OptionsFor(office, "export"));
    INFO(exported.status());
    REQUIRE(exported.ok());
    if (exported->finding) FAIL(exported->finding->lsn.value << ": " << exported->finding->what);
    CHECK(FirstOf(office, "export").empty());
    CHECK(FirstOf(office, "export", PublishedBy(office)).empty());
    ExportOptions options = OptionsFor(office, "94");
    options.agenda = "94-titres";
    options.to = Lsn{exported->manifest.end.lsn.value / 2};
    const auto part = Export(office.files, options);
    REQUIRE(part.ok());
    CHECK(part->manifest.lines < part->manifest.records / 4);
    CHECK(part->manifest.end.lsn >= *options.to);
    CHECK(FirstOf(office, "94").empty());
    CHECK_FALSE(Has(ReadBytes(office.directory + "/94/decisions.ndjson"), "93-titres"));
  }
}

TEST_CASE("an export of a queue with its openings, and of a roster, recounts") {
  booking::Queue queue(8, "identity_proof = \"listed\"");
  booking::World& world = queue.world;
  booking::RosterRequest roster;
  roster.agenda = "92-naturalisation";
  std::string csv = "dossier,birth_date\n";
  // Nobody in the roster of another pepper is who he was.
  roster.body = "dossier,birth_date\nSOMEBODY,1990-05-17\n";
  REQUIRE(world.engine->ImportRoster(roster, booking::kTester).outcome == Outcome::kOk);
  REQUIRE(world.engine->RenewPepper({2}, booking::kTester).moved.size() == 1);
  for (int i = 0; i < 20; ++i) csv += booking::Dossier(i) + ",1990-05-17\n";
  roster.body = csv;
  REQUIRE(world.engine->ImportRoster(roster, booking::kTester).outcome == Outcome::kOk);
  queue.GoTo(8, 40);
  std::vector<std::string> tickets;
  for (int i = 0; i < 20; ++i) tickets.push_back(queue.TicketOf(booking::Dossier(i)));
  queue.GoTo(9, 0);
  world.Pass(10);
  for (int i = 0; i < 20; ++i) {
    auto held = queue.Hold(booking::Dossier(i), tickets[static_cast<size_t>(i)]);
    // How fast people are let in depends on this machine's disk.
    for (int again = 0; held.outcome == Outcome::kNotAdmitted && again < 120; ++again) {
      world.Pass(1);
      held = queue.Hold(booking::Dossier(i), tickets[static_cast<size_t>(i)]);
    }
    if (held.outcome == Outcome::kOk && i % 3 > 0) world.Do(&Engine::Confirm, held.reservation);
    if (held.outcome == Outcome::kOk && i % 3 == 2) world.Do(&Engine::Cancel, held.reservation);
  }
  world.Pass(400);
  const auto exported = Export(world.files, OptionsFor(world, "export"));
  INFO(exported.status());
  REQUIRE(exported.ok());
  if (exported->finding) FAIL(exported->finding->lsn.value << ": " << exported->finding->what);
  CHECK(FirstOf(world, "export").empty());
  const std::string table = ReadBytes(world.directory + "/export/decisions.ndjson");
  for (const char* what : {R"("rule":"queue")", R"("opening":"2026-12-01")", R"("what":"lapsed")",
                           R"("what":"turn-lapsed")", R"("what":"roster")", R"("subjects":20)",
                           R"("group":"92-naturalisation","left":1)"})
    CHECK(Has(table, what));
}

TEST_CASE("the table names nobody: not by the log's pseudonyms either") {
  Exported1 office;
  const std::string table = ReadBytes(office.In(kDecisions));
  std::set<std::string> subjects;
  for (const std::string& line : LinesOf(table)) {
    CHECK(line.find_first_not_of("0123456789abcdef") != std::string::npos);
    size_t hex = 0;
    for (const char c : line) {
      hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? hex + 1 : 0;
      CHECK(hex < 32);
    }
  }
  CHECK(Has(table, R"("subject":1)"));
  for (const char* file : {"LISEZMOI.txt", "README.txt", "keys/checkpoint.pub", "checkpoints"})
    CHECK(office.manifest.files.contains(file));
  for (const auto& entry : fs::recursive_directory_iterator(office.directory + "/export")) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = ReadBytes(entry.path().string());
    for (const char* key : {"pepper.1", "names.key", "mac.key"})
      CHECK(bytes.find(ReadBytes(office.directory + "/keys/" + key).substr(0, 64)) ==
            std::string::npos);
  }
}

TEST_CASE("a table that was changed: the line is named, with or without a manifest that agrees") {
  Exported1 office;
  const std::string table = ReadBytes(office.In(kDecisions));
  const size_t count = LinesOf(table).size();
  REQUIRE(count > 12);
  for (const Change& change : kChanges) {
    for (const size_t at : {size_t{1}, size_t{6}, count - 1}) {
      for (const bool agrees : {false, true}) {
        INFO(change.name << " at line " << at + 1);
        std::vector<std::string> lines = LinesOf(table);
        change.make(lines, at);
        std::string changed;
        for (const std::string& line : lines) changed += line + "\n";
        REQUIRE(changed != table);
        WriteBytes(office.In(kDecisions), changed);
        if (agrees) office.FixManifest();
        const std::string first = FirstOf(office, "export");
        // Of two that were swapped, the first is not where it should be.
        const size_t line = std::string(change.name) == "reordered" ? at : at + 1;
        CHECK(Has(first, "decisions.ndjson, line " + std::to_string(line)));
        CHECK(Has(first, "xpected"));
      }
    }
  }
}

TEST_CASE("the other files of an export") {
  Exported1 office;
  const auto changed = [&](const std::string& path, bool agrees) {
    const std::string kept = ReadBytes(office.In(path));
    std::string text = kept;
    text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
    WriteBytes(office.In(path), text);
    if (agrees) office.FixManifest();
    const std::string first = FirstOf(office, "export");
    WriteBytes(office.In(path), kept);
    office.FixManifest();
    return first;
  };
  for (const char* path : {"agendas.json", "totals.json"}) {
    CHECK(Has(changed(path, false), std::string(path) + ", character"));
    CHECK(Has(changed(path, true), std::string(path) + ", character"));
  }
  CHECK(Has(changed("checkpoints", true), "checkpoints"));
  CHECK(Has(changed("README.txt", false), "README.txt: manifest.json says"));
  CHECK(Has(changed("manifest.json", false), ""));
  CHECK(FirstOf(office, "export").empty());
  WriteBytes(office.In("log/more"), "");
  CHECK(Has(FirstOf(office, "export"), "log/more is there"));
  fs::remove(office.In("log/more"));
  fs::remove(office.In("totals.json"));
  CHECK(Has(FirstOf(office, "export"), "totals.json"));
  WriteBytes(office.In("manifest.json"), "{}");
  CHECK(Has(FirstOf(office, "export"), "manifest.json is no manifest"));
}

TEST_CASE("what cannot be exported is said, and nothing is overwritten") {
  Exported1 office;
  CHECK(absl::IsAlreadyExists(Export(office.files, OptionsFor(office, "export")).status()));
  ExportOptions options = OptionsFor(office, "other");
  options.agenda = "none";
  CHECK(absl::IsInvalidArgument(Export(office.files, options).status()));
  options = OptionsFor(office, "later");
  options.to = Lsn{1'000'000};
  CHECK(absl::IsInvalidArgument(Export(office.files, options).status()));
}

}  // namespace
}  // namespace creneau::audit
