// The files of a draw of which all fits together (draw_proof_test.cc, draw_told_test.cc).
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/text.h"
#include "catch2/catch.hpp"
#include "proof/draw.h"
#include "proof/draw_lines.h"
#include "rules/draw_allocation.h"
#include "rules/uniformity.h"
#include "tools/creneauctl/draw_proof.h"

namespace creneau::ctl {

inline constexpr const char* kRules =
    "creneau draw rules 1\nagenda 92-naturalisation\ndraw 2026-12\ntimezone Europe/Paris\n"
    "entries_from 2026-12-01T09:00\nentries_until 2026-12-08T18:00\nbeacon drand quicknet\n"
    "round 34670212\nround_at 2026-12-09T12:00\nseats_from 2027-01-04\nseats_until 2027-01-29\n";
inline constexpr const char* kWishes[] = {"any any any", "mon,tue any any", "any morning any",
                                          "any any 2027-01-05"};

inline constexpr const char* kValue =
    "0f4e1d2c3b4a59687786950413223140fedcba98765432100123456789abcdef";

// What no other file makes.
inline constexpr std::pair<const char*, const char*> kTold[] = {
    {"surprise_of_entries", "2.417"},
    {"announced_at", "2026-11-20T10:11:12+01:00"},
    {"round_at", "2026-12-09T12:00:00+01:00"},
    {"done_at", "2026-12-09T12:34:56+01:00"},
    {"log_position", "4815"},
};

// What its maker may choose.
struct As {
  std::string rules = kRules;
  std::string value = kValue;
  std::string closed_at = "2026-12-08T18:00:02+01:00";
  bool holders = true;
};

inline std::optional<proof::Hash> HolderOf(size_t entry, const As& as) {
  if (!as.holders) return std::nullopt;
  return proof::HolderOf("E" + std::to_string(entry), "its key");
}

// Of `entries` people for two slots of `seats` seats each; all of it fits together.
inline DrawFiles Make(size_t entries, uint32_t seats, const As& as = {}) {
  DrawFiles files;
  files.rules = as.rules;
  std::vector<Subject> subjects;
  for (uint64_t i = 0; i < entries; ++i) subjects.push_back({i * 77, i});
  std::vector<proof::DrawTag> tags = proof::TagsOf({}, subjects);
  std::sort(tags.begin(), tags.end());
  std::vector<proof::Hash> leaves;
  for (size_t i = 0; i < entries; ++i) {
    const std::string leaf = proof::LeafOf(tags[i], kWishes[i % 4], HolderOf(i, as));
    leaves.push_back(proof::HashOfLeaf(leaf));
    absl::StrAppend(&files.entries, proof::EntryLine(leaf), "\n");
  }
  const std::vector<rules::DrawSlot> slots = {{*ParseLocalMinute("2027-01-05T09:00"), seats},
                                              {*ParseLocalMinute("2027-01-07T14:00"), seats}};
  for (const rules::DrawSlot& slot : slots)
    absl::StrAppend(&files.seats, proof::SeatLine(slot.start, slot.seats), "\n");
  proof::DrawFacts facts;
  facts.agenda = "92-naturalisation";
  facts.draw = "2026-12";
  facts.rules = proof::Sha256Of(files.rules);
  facts.root = proof::MerkleTree(leaves).root();
  facts.entries = entries;
  facts.seats = proof::Sha256Of(files.seats);
  facts.value = as.value;
  const proof::Hash seed = proof::SeedOf(facts);
  const std::vector<proof::Hash> ranks = proof::RanksOf(seed, tags);
  const std::vector<uint32_t> order = proof::OrderOf(ranks, tags);
  std::vector<std::string_view> wishes;
  for (const uint32_t at : order) wishes.push_back(kWishes[at % 4]);
  const std::vector<uint32_t> given = rules::Allocate(wishes, slots);
  std::vector<uint32_t> places(entries);
  for (uint32_t i = 0; i < entries; ++i) {
    const uint32_t at = order[i];
    places[at] = i;
    absl::StrAppend(&files.ranks, proof::RankLine(i + 1, tags[at], ranks[at]), "\n");
    absl::StrAppend(
        &files.allocation,
        proof::AllocationLine(
            i + 1, tags[at],
            given[i] == rules::kNoSlot ? std::nullopt : std::optional(slots[given[i]].start)),
        "\n");
  }
  const auto member = [&](const char* name, const std::string& value) {
    absl::StrAppend(&files.facts, files.facts.empty() ? "{" : ",\n", "\"", name, "\": \"", value,
                    "\"");
  };
  member("format", std::string(proof::DrawFormat(as.holders)));
  member("agenda", "92-naturalisation");
  member("draw", "2026-12");
  member("rules", Hex(facts.rules));
  member("entries", std::to_string(entries));
  member("root", Hex(facts.root));
  member("closed_at", as.closed_at);
  member("value", std::string(facts.value));
  member("seed", Hex(seed));
  member("seats", Hex(proof::Sha256Of(files.seats)));
  member("allocation", Hex(proof::Sha256Of(files.allocation)));
  member("surprise", rules::TestUniformity(places).text());
  for (const auto& [name, value] : kTold) member(name, value);
  files.facts += "}\n";
  return files;
}

inline void Replace(std::string* text, const std::string& from, const std::string& to) {
  REQUIRE(text->find(from) != std::string::npos);
  *text = absl::StrReplaceAll(*text, {{from, to}});
}

}  // namespace creneau::ctl
