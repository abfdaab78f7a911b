// A small office that is exported, and the ways to change a list of lines or records.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/booking/snapshot_fixture.h"
#include "tools/audit/export.h"
#include "tools/audit/verify.h"

namespace creneau::audit {

using booking::Engine;
using booking::Office;
using booking::ReadBytes;
using booking::WriteBytes;
namespace fs = std::filesystem;

inline ExportOptions OptionsFor(const booking::World& world, const std::string& out) {
  ExportOptions options;
  options.data = world.directory + "/data";
  options.keys = world.directory + "/keys";
  options.out = world.directory + "/" + out;
  options.made_by = "test";
  options.made_at = world.clock.now;
  return options;
}

inline std::vector<proof::Checkpoint> PublishedBy(const booking::World& world) {
  const auto key = proof::ParsePublicKey(ReadBytes(world.directory + "/keys/checkpoint.pub"));
  const auto read = proof::ReadLines(ReadBytes(world.directory + "/data/checkpoints"), *key);
  REQUIRE(read.ok());
  return read->checkpoints;
}

// The first difference; empty: there is none.
inline std::string FirstOf(booking::World& world, const std::string& out,
                           const std::optional<std::vector<proof::Checkpoint>>& published = {}) {
  const auto verdict = VerifyExport(world.files, world.directory + "/" + out, published);
  INFO(verdict.status());
  REQUIRE(verdict.ok());
  return verdict->differences.empty() ? "" : verdict->differences.front();
}

inline bool Has(const std::string& text, const std::string& what) {
  INFO(text << "\nshould say: " << what);
  return text.find(what) != std::string::npos;
}

// A small office, of which one reservation was held, confirmed, moved and cancelled; stopped.
struct Exported1 : Office {
  Exported1() {
    for (const char* who : {"ADA1", "BERT1", "CLEO1", "DORA1"}) {
      const auto held = Hold(who, "2026-12-08T09:00");
      if (held.outcome != Outcome::kOk) continue;
      Do(&Engine::Confirm, held.reservation);
      Move(held.reservation, "2026-12-08T10:00");
    }
    Again();
    for (const char* who : {"EMIL1", "FLO1", "GUS1", "HUGO1"}) {
      const auto held = Hold(who, "2026-12-08T11:00");
      if (held.outcome == Outcome::kOk) Do(&Engine::Extend, held.reservation);
      if (held.outcome == Outcome::kOk) Do(&Engine::Cancel, held.reservation);
    }
    Stop();
    Export1("export");
  }
  void Export1(const std::string& out) {
    fs::remove_all(directory + "/" + out);
    const auto exported = Export(files, OptionsFor(*this, out));
    INFO(exported.status());
    REQUIRE(exported.ok());
    if (exported->finding) FAIL(exported->finding->what);
    manifest = exported->manifest;
  }
  std::string In(const std::string& path) const { return directory + "/export/" + path; }
  // As somebody would who knows what the manifest is for.
  void FixManifest() {
    for (auto& [path, sum] : manifest.files) sum = *SumOf(files, In(path));
    WriteBytes(In(kManifest), ToJson(manifest));
  }
  Manifest manifest;
};

inline std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// The four ways to change a list, at one of its places.
struct Change {
  const char* name;
  std::function<void(std::vector<std::string>&, size_t)> make;
};
inline void Alter(std::string& one) {
  // Of a record the channel of a seat's word, of a line the same or the version: still well formed.
  const size_t web = one.find("\"web\"");
  if (web != std::string::npos) return static_cast<void>(one.replace(web, 5, "\"desk\""));
  one[one.size() - 1] = static_cast<char>(one[one.size() - 1] ^ 1);
}
inline const Change kChanges[] = {
    {"altered", [](auto& list, size_t i) { Alter(list[i]); }},
    {"dropped", [](auto& list, size_t i) { list.erase(list.begin() + static_cast<long>(i)); }},
    {"inserted",
     [](auto& list, size_t i) { list.insert(list.begin() + static_cast<long>(i), list[i / 2]); }},
    {"reordered", [](auto& list, size_t i) { std::swap(list[i], list[i - 1]); }},
};

}  // namespace creneau::audit
